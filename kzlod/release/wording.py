"""The place of a citation in another language: its words rendered one by one, what is printed left as it is.

A place is what the importers write in English: the key of the document, which is left out, then steps such as
`article 11, part 3`, joined by commas, semicolons or `to`. Which words there are, and how they are rendered,
says `data/translations/patterns.toml`.
"""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from kzlod.documents.provisions import UNNUMBERED
from kzlod.phrases import phrase

_JOINTS = re.compile(r"(, |; | to )")
_NUMBER = rf"(?P<number>{UNNUMBERED}|\d[\w.–-]*|[A-Z]\d*|[IVXLC]+|[a-z]{{1,5}})"
_BETWEEN = " – "  # for "to"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a place: what it looks like in English, and how it is rendered in each language.

    `step` is the class of provision that it stands for, `opens` the level of the steps after it; `inside`: it
    counts only where a level is known.
    """

    form: re.Pattern[str]
    texts: Mapping[str, str]
    step: str
    opens: str
    inside: bool
    printed: bool


def read_word(table: Mapping[str, Any], languages: Sequence[str]) -> Word:
    """A word of the file; KeyError when it is neither a step nor rendered in every language."""
    step, english = str(table.get("step", "")), str(table["en"])
    form = re.escape(english).replace(r"\{number\}", _NUMBER).replace(r"\{text\}", "(?P<text>.+)")
    return Word(
        re.compile(form, re.DOTALL),
        {} if step else {language: str(table[language]) for language in languages},
        step,
        str(table.get("opens", "")),
        bool(table.get("inside", False)),
        "{text}" in english,
    )


class Wording:
    """Renders places in one language."""

    def __init__(
        self,
        words: Sequence[Word],
        language: str,
        step: Callable[[Set[str], str], str],
        act: Callable[[str], str],
    ) -> None:
        """Takes how to call a step by classes and number, an act by its printed title; '' when one cannot."""
        self._words, self._language, self._step, self._act = words, language, step, act
        self._known: dict[tuple[str, str], Word | None] = {}

    def render(self, place: str) -> str:
        """The steps of a place in the language, without its first part, the key of the document."""
        return self._steps(place.partition(", ")[2])

    def _steps(self, steps: str) -> str:
        parts = self._parts(steps)
        rendered, level, at = "", "", 0
        while at < len(parts):
            joint = parts[at - 1] if at else ""
            level = level if joint == ", " else ""
            word, end = self._word(parts[at], level), at + 2
            if word is None or word.printed:  # what is printed goes on to the next word
                while end < len(parts) and self._word(parts[end], "") is None:
                    end += 2
            said, level = self._said("".join(parts[at : end - 1]), word, level)
            rendered += (_BETWEEN if joint == " to " else joint) + said
            at = end
        return rendered

    def _parts(self, steps: str) -> list[str]:
        """Step, joint, step …; a `to` that belongs to a word joins nothing."""
        split = _JOINTS.split(steps)
        parts = split[:1]
        for joint, step in zip(split[1::2], split[2::2], strict=True):
            whole = parts[-1] + joint + step
            if joint == " to " and self._word(step, "") is None and self._word(whole, ""):
                parts[-1] = whole
            else:
                parts += (joint, step)
        return parts

    def _word(self, text: str, level: str) -> Word | None:
        """The word that a step is, None when it is none."""
        if (text, level) not in self._known:
            fits = (one for one in self._words if (level or not one.inside) and one.form.fullmatch(text))
            self._known[text, level] = next(fits, None)
        return self._known[text, level]

    def _said(self, text: str, word: Word | None, level: str) -> tuple[str, str]:
        """A step in the language, and the level of the steps after it."""
        match = word.form.fullmatch(text) if word else None
        if word is None or match is None:
            act = self._act(text)
            return act or text, "DomesticProvision" if act else level
        if word.step:
            level = level or "Provision"
            return self._step({"Provision", level, word.step}, match["number"]) or text, level
        said = phrase(word.texts[self._language], match.groupdict(), self._language)
        return said, word.opens or level
