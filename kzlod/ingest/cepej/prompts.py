"""Prompts for comments: where the words of the form end and those of the country begin."""

import re

_WORD = re.compile(r"\W*(?:Comments?\b\s*)+", re.IGNORECASE)
_DASH = re.compile(r"[-–—:]\s*|(?=\()")
_ASKS = re.compile(
    r"\b(?:please|could you|if yes, (?:what|which|how|who)|are there exceptions"
    r"|if the situation (?:has )?changed|if rules exist|do they)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?:[^.:?!]|:(?=//)|[.?!](?=\w))*(?:[.:?!]+[”\"'’)]*\s*|$)")
_RUNS_ON = re.compile(
    r"\b[Pp]lease (?:specify|explain|describe|comment)\s+(?=[\"“«A-ZА-Я])|[\"”]\s+(?=[A-Z])"
)
_GOES_ON = re.compile(r"if [^.]*?;[^.]*?(?:\)|\w) [-–] ")


def prompt_end(text: str) -> int:
    """Where the prompt at the beginning of a text ends, white space behind it included.

    The word `Comments` alone is a prompt; behind a dash it goes on as long as sentences ask for something.
    A request that runs on into a capital letter without a colon ends there.
    """
    word = _WORD.match(text)
    dash = _DASH.match(text, word.end()) if word else None
    if word and not dash:
        return word.end()
    end = dash.end() if dash else 0
    masked = _masked(text)
    while end < len(text):
        sentence = _SENTENCE.match(masked, end)
        if sentence is None or sentence.end() == end or not _ASKS.search(sentence.group()):
            break
        runs_on = _RUNS_ON.search(masked, end, sentence.end())
        if runs_on:
            return runs_on.end()
        end = sentence.end()
        if goes_on := _GOES_ON.match(masked, end):
            end = goes_on.end()
    return end


def _masked(text: str) -> str:
    """The text with the marks of sentences hidden in brackets and abbreviations; of the same length."""
    hidden = re.sub(r"\([^()]*\)", lambda match: re.sub(r"[.:?!A-ZА-Я]", "_", match.group()), text)
    return re.sub(r"\b(?:e\.g|i\.e|etc)\.(?!\s+[A-Z])", lambda match: match.group().replace(".", "_"), hidden)
