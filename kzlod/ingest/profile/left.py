"""The left column: which provision of the convention a block quotes, by its number or by what comes next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kzlod.ingest.profile.convention import ConventionArticle, Steps, name
from kzlod.ingest.profile.markup import Block
from kzlod.ingest.profile.records import Decision, Passage
from kzlod.ingest.profile.shapes import openness

# Before a capital, or the letter of a point: not `2 through 5` at the head of a page.
_NUMBER = re.compile(r"(?P<number>\d{1,2})\s+(?=[A-Z\"“‘«(]|[a-z]\s)")
_LETTERS = re.compile(r"(?P<letters>[a-z]{1,5})\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a block belongs in an article: its steps, how its number stands there, where its text begins."""

    steps: Steps
    marker: str
    end: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an article of the convention has been quoted: the place of its last part, -1 at its heading."""

    article: ConventionArticle
    position: int = -1
    last: str = ""

    @property
    def steps(self) -> Steps:
        """The provision quoted last."""
        return self.article.parts[self.position] if self.position >= 0 else self.article.steps

    @property
    def complete(self) -> bool:
        """Whether the last part that the convention has has been reached."""
        return self.position == len(self.article.parts) - 1

    @property
    def open(self) -> int:
        """How plainly the last block breaks off (0 to 2)."""
        return openness(self.last)

    @property
    def next(self) -> Steps | None:
        """The part that comes next in the convention."""
        return None if self.complete else self.article.parts[self.position + 1]

    def after(self, placement: Placement, plain: str) -> "Progress":
        """The progress once a block has been placed."""
        if placement.steps in self.article.parts:
            position = max(self.position, self.article.parts.index(placement.steps))
            return replace(self, position=position, last=plain)
        return replace(self, last=plain)


def numbered(progress: Progress, plain: str) -> Placement | None:
    """The part that a block's printed number names, if the convention has it and it was not quoted yet.

    A number that fits nothing, before a capital, stands for the next paragraph: it is misprinted.
    """
    if match := _NUMBER.match(plain):
        steps = (*progress.article.steps, ("par", match["number"]))
        if _ahead(progress, steps):
            return _deeper(progress, steps, plain, match.end()) or Placement(steps, "printed", match.end())
        following = _next_paragraph(progress)
        if following and plain[match.end() : match.end() + 1].isupper():
            return Placement(following, "misprinted", match.end())
        return None
    if (match := _LETTERS.match(plain)) and not (match["letters"] == "a" and progress.open == 2):
        for base in _containers(progress):
            for kind in ("sub", "pt"):
                steps = (*base, (kind, match["letters"]))
                if _ahead(progress, steps) and _is_near(progress, steps):
                    deeper = _deeper(progress, steps, plain, match.end())
                    return deeper or Placement(steps, "printed", match.end())
    return None


def _deeper(progress: Progress, steps: Steps, plain: str, at: int) -> Placement | None:
    """The first point below `steps` when its letter follows at once, as in `1 a` or `a i`."""
    match = _LETTERS.match(plain, at)
    if not match or match["letters"] not in ("a", "i"):
        return None
    # `a a computer system`: the second letter is the indefinite article unless a point a exists there.
    kind = "sub" if steps[-1][0] == "pt" else "pt"
    inner = (*steps, (kind, match["letters"]))
    return Placement(inner, "printed", match.end()) if inner in progress.article.parts else None


def _containers(progress: Progress) -> list[Steps]:
    """What the next letter may stand in: the last provision, and what contains it."""
    steps = progress.steps
    return [steps[:length] for length in range(len(steps), 0, -1)]


def _ahead(progress: Progress, steps: Steps) -> bool:
    return steps in progress.article.parts[progress.position + 1 :]


def _is_near(progress: Progress, steps: Steps) -> bool:
    """Whether at most one sibling is left out before it: a lone letter is weak evidence."""
    between = progress.article.parts[progress.position + 1 : progress.article.parts.index(steps)]
    return len([part for part in between if part[:-1] == steps[:-1]]) <= 1 and all(
        part[: len(steps) - 1] == steps[:-1] for part in between
    )


def _next_paragraph(progress: Progress) -> Steps | None:
    for steps in progress.article.parts[progress.position + 1 :]:
        if len(steps) == 2:
            return steps
    return None


def unnumbered(progress: Progress, plain: str, later: Sequence[str] = ()) -> Placement:
    """Where a block without a number belongs: to the part before it, or to the next, whose number was lost.

    `later` are the blocks that follow in the column: a part that one of them numbers was not lost.
    """
    upcoming = progress.next
    here = Placement(progress.steps, "none")
    if upcoming is None or progress.open or any(_names(progress, text, upcoming) for text in later):
        return here
    ends_list = progress.last.rstrip().endswith(":")
    starts_list = len(upcoming) > len(progress.steps) and upcoming[: len(progress.steps)] == progress.steps
    if progress.position < 0 and not progress.last:
        # The first words below the heading introduce points, or are paragraph 1.
        lost = upcoming[-1][0] == "par" and plain[:1].isupper()
    elif starts_list:
        lost = ends_list
    else:
        lost = plain[:1].isupper() and not ends_list
    return Placement(upcoming, "lost") if lost else here


def _names(progress: Progress, plain: str, steps: Steps) -> bool:
    placement = numbered(replace(progress, last=""), plain)
    return placement is not None and placement.marker == "printed" and placement.steps[: len(steps)] == steps


def number_left(article: ConventionArticle, left: Sequence[Block]) -> tuple[list[Passage], list[Decision]]:
    """The passages of an article's left column, each with its provision, and the decisions that took."""
    progress = Progress(article)
    passages: list[Passage] = []
    decisions: list[Decision] = []
    for index, block in enumerate(left):
        plain = block.text.plain
        placement = numbered(progress, plain)
        if placement is None:
            placement = unnumbered(progress, plain, [other.text.plain for other in left[index + 1 :]])
        if placement.marker in ("lost", "misprinted"):
            decisions.append(
                Decision(
                    block.text.span,
                    f"convention {name(placement.steps)}",
                    f"its number is {placement.marker}; it is the part that comes next in the convention",
                )
            )
        before = passages[-1] if passages else None
        cut = before and placement.marker == "none" and block.joint != "paragraph" and progress.open
        if before and cut:
            passages[-1] = replace(before, text=before.text.joined(block.text))
        else:
            passages.append(Passage(placement.steps, block.text, placement.marker))
        progress = progress.after(placement, plain)
    return passages, decisions
