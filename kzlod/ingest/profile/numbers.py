"""The numbers of domestic provisions: parts, points in them or directly in an article, letters, notes."""

from dataclasses import dataclass, replace

from kzlod.ingest.profile.convention import Steps
from kzlod.ingest.profile.shapes import Marker


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers open at a place within an article; empty strings where there are none."""

    part: str = ""
    point: str = ""
    letter: str = ""
    note: bool = False

    @property
    def parent(self) -> "Numbering":
        """The numbering of what contains the innermost number."""
        if self.letter:
            return replace(self, letter="")
        return replace(self, point="") if self.point else replace(self, part="")

    def after(self, found: Marker) -> "Numbering":
        """The numbering once a number has been read."""
        if found.kind == "part":
            return Numbering(part=found.number, note=self.note)
        if found.kind == "point":
            return replace(self, point=found.number, letter="")
        return replace(self, letter=found.number)

    def follows(self, previous: "Numbering") -> bool:
        """Whether the innermost number is higher than the one before it on its level."""
        for own, before in ((self.part, previous.part), (self.point, previous.point)):
            if own != before:
                return not own or not before or _order(own) > _order(before)
        return True


def steps_of(container: Steps, numbering: Numbering) -> Steps:
    """The steps of the innermost number within an article (or an act, when `container` is empty)."""
    steps = list(container)
    if numbering.note:
        steps.append(("note", numbering.part or "unnumbered"))
    elif numbering.part:
        steps.append(("part" if container else "par", numbering.part))
    if numbering.point:
        steps.append(("pt", numbering.point))
    if numbering.letter:
        steps.append(("sub" if numbering.point else "pt", numbering.letter))
    return tuple(steps)


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("-"))
