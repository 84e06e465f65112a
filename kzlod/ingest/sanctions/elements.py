"""One punishment in a text, with its measure, and the connective before it."""

from dataclasses import dataclass, replace

from kzlod.ingest.sanctions import wording
from kzlod.ingest.sanctions.measures import Found, measure_at, stated_at
from kzlod.ingest.sanctions.model import Measure


@dataclass(frozen=True, slots=True)
class Link:
    """What joins a punishment to the text before it, in small letters; the punishment starts at ``end``."""

    start: int
    end: int
    conjunction: str
    preposition: str
    comma: bool


@dataclass(frozen=True, slots=True)
class Element:
    """A punishment in a text."""

    type: str
    start: int
    end: int
    found: Found


def skip_blank(text: str, pos: int) -> int:
    """The place of the next character that is not white space."""
    while pos < len(text) and text[pos].isspace():
        pos += 1
    return pos


def link_at(text: str, pos: int) -> Link:
    """The connective at a place; it may be empty."""
    punctuation = wording.PUNCTUATION.match(text, pos)
    at = punctuation.end() if punctuation else pos
    conjunction = wording.CONJUNCTION.match(text, at)
    after = skip_blank(text, conjunction.end()) if conjunction else at
    preposition = wording.PREPOSITION.match(text, after)
    return Link(
        start=skip_blank(text, pos),
        end=skip_blank(text, preposition.end()) if preposition else after,
        conjunction=" ".join(conjunction[0].lower().split()) if conjunction else "",
        preposition=" ".join(preposition[0].lower().split()) if preposition else "",
        comma=bool(punctuation and "," in punctuation[0]),
    )


def _name_at(text: str, pos: int) -> tuple[str, int] | None:
    """The punishment whose name starts at a place, with its end."""
    named = ((notation, pattern.match(text, pos)) for notation, pattern in wording.TYPES.items())
    return next(((notation, match.end()) for notation, match in named if match), None)


def _after_name(text: str, notation: str, end: int) -> Found:
    """The measure after the name; where none is printed, whether that leaves the term open."""
    if found := measure_at(text, end):
        return found
    open_term = notation in wording.TIMED and wording.BOUNDARY.match(text, end) is not None
    return Found(Measure(term_not_stated=open_term), end)


def punishment_at(text: str, pos: int) -> Element | None:
    """The punishment that starts at a place (after any connective), or None.

    The measure may stand after the name, 'imprisonment for the term of up to five years', or before it,
    'up to five years of imprisonment'.
    """
    start = skip_blank(text, pos)
    article = wording.ARTICLE.match(text, start)
    at = skip_blank(text, article.end()) if article else start
    qualifier = wording.QUALIFIER.match(text, at)
    if qualifier:
        at = skip_blank(text, qualifier.end())
    if name := _name_at(text, at):
        notation, end = name
        found = measure_at(text, end) if qualifier is None else None
        if qualifier:
            flags = Measure(life=qualifier["life"] is not None, permanent=qualifier["permanent"] is not None)
            found = Found(flags, end)
        found = found or _after_name(text, notation, end)
        return Element(notation, start, found.end, found)
    return _measure_first(text, start)


def _measure_first(text: str, start: int) -> Element | None:
    """A punishment whose measure is printed before its name, 'five years of imprisonment'."""
    stated = stated_at(text, start)
    if stated is None:
        return None
    of = wording.OF.match(text, stated.end)
    name = _name_at(text, of.end() if of else stated.end)
    return Element(name[0], start, name[1], replace(stated, end=name[1])) if name else None
