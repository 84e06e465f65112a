"""What stands below a question: tables, fields for figures, lists of options, words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from kzlod.documents.text import Document, Span, trimmed
from kzlod.ingest.cepej.cells import Cell, Status, figure, read_cell
from kzlod.ingest.cepej.lines import (
    LONGEST_OPTION,
    Line,
    bullet_width,
    is_mark,
    is_noise,
    is_prompt,
    is_value,
    split_value,
    without_bullet,
)
from kzlod.ingest.cepej.options import Option, options
from kzlod.ingest.cepej.prompts import prompt_end
from kzlod.ingest.cepej.records import Choice, Entry, Printed, Single, Table, Use, Words
from kzlod.ingest.cepej.tables import printed, read_table

_TYPED = re.compile(r"(?:\bplease\b|\bduration\b|\bspecify\b)[^:]*:")
_ROUND = re.compile(r"\(\s*[xX✓✔]?\s*\)|radio")
_LABEL_FIRST = re.compile(r"(?P<label>\S[^\[\]()<>☐☑☒]*?)\s*(?P<box>\([ xX✓✔]?\)|\[[ xX✓✔]?\]|[☐☑☒])")
_ENDED = re.compile(r"[.?:!)…]\W*$")
_CONNECTING = re.compile(r"\b(?:and|or|of|the|a|an|for|to|with|by|in|on|at|from|as|that|which)\s*$|,\s*$")
_SHORTEST_WRAPPED = 80  # characters; shorter lines are not wrapped
# What may stand in front of an answer in words: help in brackets, a prompt, tags of a list, a dash.
_LEAD = re.compile(
    r"\([a-z][^()]*\)\s*|[a-z][^.:]{0,80}\(please specify\)\s*:\s*|(?:<[^<>]*>\s*)+(?:- )?|[.–-]\s+"
)
_SOURCES = re.compile(r"Sources?\s*:?\s*")


@dataclass
class _Found:
    tables: list[Table] = field(default_factory=list)
    singles: list[Single] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)


def read_entry(
    document: Document,
    kind: Literal["question", "sources"],
    code: str,
    heading: Span,
    lines: Sequence[Line],
) -> tuple[Entry, list[Use]]:
    """The entry whose heading begins in `heading`, with the lines below it up to the next heading."""
    found = _Found()
    heading, behind = _value_behind(document, heading)
    head, body = _heading(document, heading, [*behind, *lines])
    for line in body:
        if is_noise(line):
            found.uses.append(Use(line.span, "noise", code))
    is_text = kind == "sources" or _is_words(document, body)
    useful = [line for line in body if not is_noise(line)]
    found.uses += [Use(span, "heading of a question", code) for span in head.spans]
    if kind == "sources":
        _sources(document, code, useful, found)
    else:
        at = next((number for number, line in enumerate(useful) if is_prompt(line)), len(useful))
        content, comment = useful[:at], useful[at:]
        if is_text:
            _words(document, code, content, found)
        else:
            _content(document, code, content, found)
        _comment(document, code, comment, found)
    entry = Entry(
        code,
        kind,
        head,
        tuple(found.tables),
        tuple(found.singles),
        tuple(found.choices),
        tuple(found.words),
    )
    return entry, found.uses


def _value_behind(document: Document, heading: Span) -> tuple[Span, list[Line]]:
    """A heading and the field for a figure that was printed in the same line, as a line of its own."""
    match = re.search(r"\s(\[[^\[\]]*\].*)$", document.passage(heading))
    if match is None:
        return heading, []
    span = Span(heading.start + match.start(1), heading.end)
    line = Line(span, document.passage(span), False, span)
    if not is_value(line):
        return heading, []
    return trimmed(document.text, heading.start, span.start), [line]


def _heading(document: Document, heading: Span, lines: Sequence[Line]) -> tuple[Printed, Sequence[Line]]:
    """The heading with the lines it goes on over: open brackets, or a sentence without its end."""
    spans = [heading]
    rest = list(lines)
    while rest and not rest[0].tabbed and not rest[0].boxed:
        text = " ".join(document.passage(span) for span in spans)
        bold = rest[0].text.endswith("**") and "**" not in text
        open_bracket = text.count("(") > text.count(")") or bold
        wrapped = len(text) > _SHORTEST_WRAPPED or re.search(_CONNECTING, text)
        unfinished = wrapped and not re.search(_ENDED, text) and re.match(r"[a-z]", rest[0].text)
        if not (open_bracket or unfinished) or is_prompt(rest[0]) or is_mark(rest[0]) or is_value(rest[0]):
            break
        spans.append(rest.pop(0).span)
    whole = printed(document, spans)
    return Printed(whole.text.replace("**", "").strip(), whole.spans), rest


def _is_words(document: Document, lines: Sequence[Line]) -> bool:
    """Whether the question asks for words: its first line is a text, or the field has a limit of length."""
    useful = [line for line in lines if not is_noise(line)]
    if not useful or useful[0].tabbed or useful[0].boxed or is_prompt(useful[0]) or is_value(useful[0]):
        return False
    first = useful[0].text
    if re.match(r"(?!other\b)[a-z][^.:]{0,80}\(please specify\)", first):
        return True
    if re.match(r"[^.]{0,120}\bplease\b[^:.]{0,120}:", first):
        return False
    if any(line.text.startswith("Max characters value") for line in lines):
        return True
    return (
        first.startswith((". ", "<ul>", "<li>", "<p>"))
        or bool(re.match(r"\([a-z]", first))
        or len(without_bullet(first)) > LONGEST_OPTION
    )


def _words(document: Document, code: str, lines: Sequence[Line], found: _Found) -> None:
    """Answers in words; a mark NA or NAP below them is a list of options of its own."""
    marks = [line for line in lines if is_mark(line)]
    texts = [line for line in lines if not is_mark(line)]
    groups: list[list[Line]] = []
    for line in texts:
        if (
            not groups
            or _TYPED.match(line.text)
            or re.match(r"[a-z][^.]{0,80}\(please specify\)\s*:", line.text)
        ):
            groups.append([])
        groups[-1].append(line)
    for group in groups:
        lead = _LEAD.match(document.passage(group[0].span))
        _typed(document, code, group, lead.end() if lead else 0, "answer", found)
    if marks:
        _choice(document, code, marks, found)


def _sources(document: Document, code: str, lines: Sequence[Line], found: _Found) -> None:
    """A note on sources, without the word in front."""
    lead = _SOURCES.match(document.passage(lines[0].span)) if lines else None
    _typed(document, code, lines, lead.end() if lead else 0, "sources", found)


def _comment(document: Document, code: str, lines: Sequence[Line], found: _Found) -> None:
    """What was typed behind a prompt for a comment, without the prompt."""
    if not lines:
        return
    marks = [line for line in lines[1:] if is_mark(line)]
    if marks:
        _choice(document, code, marks, found)
    kept = [line for line in lines if line not in marks]
    _typed(document, code, kept, prompt_end(document.passage(lines[0].span)), "comment", found)


def _typed(
    document: Document,
    code: str,
    lines: Sequence[Line],
    lead: int,
    kind: Literal["answer", "comment", "sources"],
    found: _Found,
) -> None:
    """What a country typed in lines, without the first `lead` characters, which the form prints."""
    if not lines:
        return
    first = lines[0].span
    if lead:
        found.uses.append(Use(trimmed(document.text, first.start, first.start + lead), "prompt", code))
    spans = [trimmed(document.text, first.start + lead, first.end), *(line.span for line in lines[1:])]
    spans = [span for span in spans if span.start < span.end]
    if spans:
        found.words.append(Words(kind, printed(document, spans)))
        purpose = {"answer": "answer in words", "comment": "comment", "sources": "sources"}[kind]
        found.uses += [Use(span, purpose, code) for span in spans]


def _content(document: Document, code: str, lines: Sequence[Line], found: _Found) -> None:
    """Tables, fields for figures and lists of options, in the order of the lines."""
    pending: list[Line] = []
    position = 0
    while position < len(lines):
        line = lines[position]
        if line.tabbed:
            header = pending.pop() if pending and not pending[-1].boxed and _no_header(line) else None
            if pending:
                _choice(document, code, pending, found)
            rest = lines[position:]
            table, left = read_table(document, rest, header)
            found.tables.append(table)
            used = [*([header] if header else []), *(one for one in rest if one not in left)]
            found.uses += [Use(one.span, "table", code) for one in used]
            pending = left
            break
        if is_value(line):
            label = pending.pop() if pending and not pending[-1].boxed else None
            if pending:
                _choice(document, code, pending, found)
                pending = []
            marks = []
            while position + 1 < len(lines) and is_mark(lines[position + 1]):
                position += 1
                marks.append(lines[position])
            found.singles.append(
                Single(printed(document, [label.span]) if label else None, _single(line, marks))
            )
            found.uses += [
                Use(one.span, "figure", code) for one in [line, *marks, *([label] if label else [])]
            ]
        else:
            pending.append(line)
        position += 1
    if pending:
        _choice(document, code, pending, found)


def _no_header(line: Line) -> bool:
    """Whether a line with tabs is a row, not a row of headings."""
    return any(
        bool(options(cell, Span(0, len(cell)))) or figure(cell) is not None or cell.strip() in {"NA", "NAP"}
        for cell in line.text.split("\t")
    )


def _single(line: Line, marks: Sequence[Line]) -> Cell:
    """The cell of a field for one figure: the brackets, then the marks in the lines below."""
    inner, behind = split_value(line.text)
    marked = bool(marks or behind)
    text = " \n".join([inner, behind, *(mark.text for mark in marks)])
    whole = Span(line.span.start, (marks[-1] if marks else line).span.end)
    number = figure(inner)
    cell = read_cell(text, Span(0, len(text)))
    if number is not None:
        return Cell(Status.FIGURE, number, inner, cell.options, whole, cell.conflicting)
    if not marked:
        return Cell(Status.LEFT_BLANK, None, "", (), whole)
    status = cell.status
    if not cell.options:
        # Labels without boxes beside empty brackets: which of them was ticked was lost.
        status = Status.NOT_RECOVERABLE
    return Cell(status, None, "", cell.options, whole, cell.conflicting)


def _choice(document: Document, code: str, lines: Sequence[Line], found: _Found) -> None:
    """The list of options that lines make; a long line, or one behind typed text, goes on with that text."""
    made: list[Option] = []
    typed: dict[int, list[Span]] = {}
    exclusive = False
    bulleted = [bullet_width(line.text) > 0 for line in lines[:2]]
    intro = lines[:1] if lines[0].text.endswith(":") and bulleted == [False, True] else lines[:0]
    found.uses += [Use(line.span, "heading of options", code) for line in intro]
    for line in lines[len(intro) :]:
        found.uses.append(Use(line.span, "options", code))
        start = line.span.start + bullet_width(line.text)
        span = Span(start, line.span.end)
        reverse = _LABEL_FIRST.fullmatch(document.passage(span))
        exclusive = exclusive or bool(line.boxed and _ROUND.search(line.text))
        if reverse:
            ticked = bool(reverse["box"].strip("[]() ☐"))
            made.append(Option(reverse["label"], ticked, span))
            continue
        boxes = options(document.text, span)
        if boxes:
            for option in boxes:
                label, extra = _label(document, option)
                made.append(Option(label, option.ticked, option.span))
                if extra:
                    typed[len(made) - 1] = [extra]
            continue
        lost = Option(" ".join(document.passage(span).split()), None, span)
        label, extra = _label(document, lost)
        long = len(label) > LONGEST_OPTION
        if made and (long or (extra is None and len(made) - 1 in typed and _goes_on(line))):
            typed.setdefault(len(made) - 1, []).append(span)
            continue
        made.append(Option(label, None, span))
        if extra:
            typed[len(made) - 1] = [extra]
    pairs = tuple((number, printed(document, spans)) for number, spans in typed.items())
    found.choices.append(Choice(tuple(made), exclusive, pairs))


def _goes_on(line: Line) -> bool:
    """Whether a line behind typed text is more of it: it does not begin as options do."""
    return len(line.text) > 80 and not line.text.startswith("- ")


def _label(document: Document, option: Option) -> tuple[str, Span | None]:
    """The label of an option up to the colon where a text is asked for, and the text typed behind it."""
    match = _TYPED.search(document.text, option.span.start, option.span.end)
    if match is None or "[" in option.label or match.end() - option.span.start > LONGEST_OPTION:
        return option.label, None
    rest = trimmed(document.text, match.end(), option.span.end)
    if rest.start >= rest.end:
        return option.label, None
    tail = " ".join(document.passage(rest).split())
    return option.label.removesuffix(tail).rstrip(), rest
