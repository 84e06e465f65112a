"""Which quoted provisions make something punishable, and by which clause: from text to records.

A sanction clause is opened by its verb ('shall be punished by'). Where the verb stands after a dash or at the
start of a paragraph, it is one, whatever follows; elsewhere in a sentence only if every word after it was
understood and it is no relative clause ('which is punishable by …' describes, and imposes nothing).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kzlod.ingest import part_references
from kzlod.ingest.circumstances import circumstances
from kzlod.ingest.cybercrime.content import Content, Quoted
from kzlod.ingest.profile.convention import Steps
from kzlod.ingest.profile.markup import Text
from kzlod.ingest.sanctions import Clause, parse_clause
from kzlod.ingest.sanctions.elements import punishment_at
from kzlod.ingest.sanctions.wording import OPENING

_RELATIVE = re.compile(r"\b(?:which|that|who|whom|whose|it|penalty|punishment)\s*$", re.IGNORECASE)
_IMPOSES = re.compile(r"(?:shall|will|must|may)\b|(?:is|are)\s+punished\b", re.IGNORECASE)
_AUXILIARY = re.compile(r"(?:shall|will|must|may|is|are)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Sanctioned:
    """One print of a provision with a sanction clause: the conduct, the clause's text, what it says."""

    quoted: Quoted
    conduct: Text | None
    text: Text
    clause: Clause


@dataclass(frozen=True)
class Offence:
    """A provision that makes something punishable, in all its prints.

    `bases` are the provisions whose offence it aggravates; `circumstances` the concepts that aggravate it,
    each with the provision (itself or a point) and the text that names it.
    """

    content: Content
    prints: tuple[Sanctioned, ...]
    bases: tuple[Steps, ...] = ()
    circumstances: tuple[tuple[str, Steps, Text], ...] = field(default=())


def sanctioned(quoted: Quoted) -> Sanctioned | None:
    """The sanction clause of one print of a provision, None when it has none."""
    whole = quoted.own
    if whole is None:
        return None
    starts = _starts(quoted)
    for match in OPENING.finditer(whole.plain):
        before = whole.plain[: match.start()].rstrip()
        plain = match.start() in starts or before.endswith(("-", "–", "—"))
        if not plain and (_RELATIVE.search(before) or not _AUXILIARY.match(match[0])):
            continue
        text = whole.cut(match.start())
        clause = parse_clause(text.plain)
        understood = clause.complete and bool(clause.alternatives)
        if clause.alternatives and (plain or understood):
            conduct = whole.cut(0, len(before.rstrip("-–— ,")))
            return Sanctioned(quoted, conduct if conduct.runs else None, text, clause)
    return None


def _starts(quoted: Quoted) -> set[int]:
    """The offsets, in the joined text of a provision, at which its paragraphs begin."""
    assert quoted.unit is not None
    offsets: set[int] = set()
    position = 0
    for piece in quoted.unit.pieces:
        offsets.add(position)
        position += len(piece.text.plain) + 1
    return offsets


def suspected(content: Content) -> Iterator[Text]:
    """The sentences with a verb of punishment in a provision that was taken for no offence."""
    for whole in (quoted.own for quoted in content.quoted):
        if whole is None:
            continue
        for match in OPENING.finditer(whole.plain):
            imposed = _IMPOSES.match(match[0]) and not _RELATIVE.search(whole.plain[: match.start()])
            if imposed and punishment_at(whole.plain, match.end()):
                yield whole.cut(match.start())


def unread(found: Sanctioned) -> Iterator[tuple[Text, str]]:
    """The stretches of a clause that were not understood, with their words."""
    for clause in found.clause.walk():
        for span in clause.unparsed:
            text = found.text.cut(span.start, span.end)
            yield text, text.plain


def offences(contents: Sequence[Content]) -> list[Offence]:
    """The offences among the quoted provisions, with what they aggravate and by which circumstances."""
    found: dict[tuple[str, Steps], Offence] = {}
    for content in contents:
        prints = tuple(one for quoted in content.quoted if (one := sanctioned(quoted)))
        if prints:
            found[content.act, content.steps] = Offence(content, prints)
    by_steps = {(content.act, content.steps): content for content in contents}
    return [_aggravated(offence, found, by_steps) for offence in found.values()]


def _aggravated(
    offence: Offence,
    found: Mapping[tuple[str, Steps], Offence],
    contents: Mapping[tuple[str, Steps], Content],
) -> Offence:
    act, steps = offence.content.act, offence.content.steps
    bases = tuple(base for base in _bases(offence, found) if (act, base) in found and base != steps)
    if not bases:
        return offence
    named: list[tuple[str, Steps, Text]] = []
    conduct = offence.prints[0].conduct
    for place, text in [(steps, conduct), *_points(offence, contents)]:
        if text is not None:
            named += [(name, place, text.cut(start, end)) for name, start, end in circumstances(text.plain)]
    return Offence(offence.content, offence.prints, bases, tuple(named))


def _bases(offence: Offence, found: Mapping[tuple[str, Steps], Offence]) -> list[Steps]:
    """The parts of the same article whose offence this one's text takes up."""
    steps = offence.content.steps
    conduct = offence.prints[0].conduct
    if conduct is None or steps[-1][0] not in ("part", "par"):
        return []
    container, kind = steps[:-1], steps[-1][0]
    if numbers := part_references.named_parts(conduct.plain):
        return [(*container, (kind, number)) for number in numbers]
    before = [
        other
        for act, other in found
        if act == offence.content.act and other[:-1] == container and other != steps
    ]
    earlier = before[
        : next((n for n, other in enumerate(before) if _order(other) > _order(steps)), len(before))
    ]
    if part_references.says_the_same(conduct.plain):
        return earlier[-1:]
    if name := part_references.repeated_name(conduct.plain):
        first = earlier[:1]
        opening = found[offence.content.act, first[0]].prints[0].conduct if first else None
        if opening is not None and part_references.named_offence(opening.plain) == name:
            return first
    return []


def _order(steps: Steps) -> tuple[int, ...]:
    digits = re.findall(r"\d+", steps[-1][1])
    return tuple(map(int, digits))


def _points(
    offence: Offence, contents: Mapping[tuple[str, Steps], Content]
) -> list[tuple[Steps, Text | None]]:
    """The points of a part with their own text, in one print."""
    act, steps = offence.content.act, offence.content.steps
    return [
        (other, content.quoted[0].own)
        for (owner, other), content in contents.items()
        if owner == act and other[:-1] == steps and other[-1][0] in ("pt", "sub")
    ]
