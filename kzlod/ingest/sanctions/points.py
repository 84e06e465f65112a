"""The words that open a case: 'and in the cases, provided for by paragraphs 1) and 2), by'."""

from dataclasses import dataclass

from kzlod.ingest.sanctions import wording


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """The opening of a case: the points it names, as printed without brackets, and where it stands.

    ``end`` is where the words that could be read end; without points these are only 'and in the cases'.
    ``governed_by_with``: the verb is repeated, with 'with'.
    """

    start: int
    end: int
    points: tuple[str, ...]
    governed_by_with: bool = False


def _expanded(first: str, last: str) -> list[str]:
    """The labels after ``first`` up to ``last``; only whole numbers and single letters make a range."""
    if first.isdigit() and last.isdigit() and int(last) - int(first) in range(1, 100):
        return [str(number) for number in range(int(first) + 1, int(last) + 1)]
    if first.isalpha() and last.isalpha() and ord(first) < ord(last):
        return [chr(code) for code in range(ord(first) + 1, ord(last) + 1)]
    return [last]


def _points_at(text: str, pos: int, several: bool) -> tuple[tuple[str, ...], int]:
    """The list of points at a place, with its end; ``several``: the noun before it is a plural."""
    points: list[str] = []
    end, at, is_range, closed = pos, pos, False, False
    while label := wording.LABEL.match(text, at):
        name = (label["number"] or label["letter"]).lower()
        # After '1)' a number without a bracket is no point but the start of what follows.
        if closed and not label[0].endswith(")"):
            break
        closed = label[0].endswith(")")
        points += _expanded(points[-1], name) if is_range else [name]
        end = label.end()
        gap = wording.LABEL_GAP.match(text, end)
        if gap is None:
            break
        at, is_range = gap.end(), bool(gap["range"])
    # 'points 1-3' is a range, 'point 2-1' the number of one inserted point.
    if several and len(points) == 1 and "-" in points[0]:
        first, last = points[0].split("-")
        points = [first, *_expanded(first, last)] if int(first) < int(last) else points
    return tuple(dict.fromkeys(points)), end


def case_at(text: str, pos: int) -> CaseOpening | None:
    """The opening of a case that starts at a place, or None."""
    opening = wording.CASE.match(text, pos)
    if opening is None:
        return None
    source = wording.CASE_SOURCE.match(text, opening.end())
    points, end = _points_at(text, source.end(), bool(source["plural"])) if source else ((), opening.end())
    if not points:
        return CaseOpening(pos, opening.end(), ())
    tail = wording.CASE_TAIL.match(text, end)
    return (
        CaseOpening(pos, tail.end(), points, bool(tail["governs"])) if tail else CaseOpening(pos, end, points)
    )
