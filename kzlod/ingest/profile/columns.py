"""Left or right: running text gives the two columns of a page one after the other, without a delimiter.

On a page, for one row, all of the left column comes before all of the right. A block of a domestic form
(an act, an article, `1.`, `1)`) opens the right column; a block numbered as the convention goes on
proves that all before it is left. What stands between is decided by how far the article is quoted, by
which column breaks off in a sentence, and by whether the block begins in lower case. Each choice is recorded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kzlod.ingest.profile.left import Progress, numbered, unnumbered
from kzlod.ingest.profile.markup import Block
from kzlod.ingest.profile.records import Decision
from kzlod.ingest.profile.shapes import (
    article_heading,
    instrument_heading,
    is_domestic,
    is_heading,
    label,
    marker,
    openness,
)

Key = Callable[[str], str]


@dataclass(frozen=True)
class Parted:
    """Blocks of one row parted into columns: the first `left` blocks are the convention's."""

    left: int
    decisions: tuple[Decision, ...]


def part(blocks: Sequence[Block], progress: Progress, right: Block | None, begun: bool) -> Parted:
    """Parts the blocks of a page that belong to one row.

    `progress` is how far the left column has come, `right` the last block of the right column if it has
    begun, `begun` whether blocks of this row stood on this page before (so that no sentence is cut between).
    """
    limit = next(
        (index for index, block in enumerate(blocks) if is_domestic(block, _after(blocks, index))),
        len(blocks),
    )
    sure, progress = _proven(blocks[:limit], progress)
    alone = begun and right is None and limit == len(blocks)
    following = marker(blocks[limit].text.plain) if limit < len(blocks) else None
    bare = right is not None and article_heading(right.text) is not None
    wanting = bare and (following is None or following.number != "1")
    decisions: list[Decision] = []
    left = sure
    for index in range(sure, limit):
        block = blocks[index]
        at_page_start = index == 0 and not begun
        if index and block.joint == "page" and progress.open:
            is_left, reason = True, "a footer stands within the convention's sentence"
        elif alone and progress.last and block.text.plain[:1].isupper():
            # Both cells of a row begin at the same height: on its first page, something is domestic.
            is_left, reason = False, "the row begins on this page, and nothing else can be its domestic text"
        elif (
            wanting
            and progress.last
            and block.text.plain[:1].isupper()
            and not (at_page_start and progress.open)
        ):
            is_left, reason = (
                False,
                "the domestic article has no text yet, and what follows is not its part 1",
            )
        elif (
            block.text.plain[:1].isupper()
            and progress.next is not None
            and _breaks_off(right)
            and any(other.text.plain[:1].islower() for other in blocks[index + 1 : limit])
        ):
            is_left, reason = True, "the domestic sentence that breaks off goes on below, in lower case"
        else:
            more = any(other.text.plain[:1].islower() for other in blocks[index + 1 : limit])
            is_left, reason = _judge(block, progress, right, at_page_start, more)
        decisions.append(
            Decision(block.text.span, "convention column" if is_left else "domestic column", reason)
        )
        if not is_left:
            break
        left = index + 1
        placement = unnumbered(progress, block.text.plain)
        progress = progress.after(placement, block.text.plain)
    return Parted(left, tuple(decisions))


def _after(blocks: Sequence[Block], index: int) -> Block | None:
    return blocks[index + 1] if index + 1 < len(blocks) else None


def _proven(blocks: Sequence[Block], progress: Progress) -> tuple[int, Progress]:
    """How many blocks are left because a later one is numbered as the convention is, and how far that is."""
    sure = 0
    reached = progress
    for index, block in enumerate(blocks):
        plain = block.text.plain
        placement = numbered(progress, plain)
        if placement is None:
            later = [other.text.plain for other in blocks[index + 1 :]]
            progress = progress.after(unnumbered(progress, plain, later), plain)
            continue
        progress = progress.after(placement, plain)
        sure, reached = index + 1, progress
    return sure, reached


def _judge(
    block: Block, progress: Progress, right: Block | None, at_page_start: bool, more: bool
) -> tuple[bool, str]:
    """Whether a block is left, and why; `more` says that a later one begins in lower case too."""
    lower = block.text.plain[:1].islower()
    cut_left = progress.open
    cut_right = _breaks_off(right)
    if not progress.last and (right is None or not lower):
        return True, "it is the first text below the heading of the row"
    if progress.complete and not cut_left:
        return False, "the convention's article is quoted to its end"
    if right is None:
        if lower or not progress.complete:
            return True, "the domestic column of the row has not begun, the convention's article goes on"
        return (
            cut_left == 2,
            "the convention's article is quoted to its last part, the domestic column begins",
        )
    if lower:
        if cut_left and cut_right and more and at_page_start and not _ends_with_dash(block):
            return True, "both sentences break off, and a second block goes on with one"
        return _judge_lower(progress, cut_left, cut_right, at_page_start, more)
    if at_page_start and cut_left and not cut_right and not progress.complete:
        return True, "the convention's text breaks off before the page, the domestic text does not"
    if cut_left or cut_right:
        return False, "it begins with a capital and the convention's text goes on elsewhere"
    if progress.next is not None:
        return True, "unnumbered, where the convention has a part that is not quoted yet"
    return False, "the convention has no part left to quote"


def _breaks_off(right: Block | None) -> int:
    """How plainly the domestic text breaks off; a clause that ends with a dash wants its consequence."""
    if right is None or is_heading(right.text):
        return 0
    plain = right.text.plain.rstrip()
    return max(openness(plain), int(_ends_with_dash(right)))


def _ends_with_dash(block: Block) -> bool:
    return block.text.plain.rstrip().endswith(("-", "–", "—"))


def _judge_lower(
    progress: Progress, left: int, right: int, at_page_start: bool, more: bool
) -> tuple[bool, str]:
    """The same for a block that begins in lower case and so goes on with something."""
    tail = progress.last.rstrip().endswith(",") and more
    if not at_page_start and left and right and not tail:
        return False, "both sentences break off, and the convention's goes on on the next page"
    if left == 2 and right < 2:
        return True, "it goes on with a sentence, and the convention's breaks off"
    if progress.complete and right >= left and at_page_start:
        return False, "the convention's last part is quoted, the domestic sentence breaks off"
    if left:
        return True, "it goes on with the convention's sentence"
    if progress.next is not None and progress.last.rstrip().endswith(":") and not right:
        return True, "the convention's list begins, its number is lost"
    return False, "it goes on with the domestic sentence"


def share(right: Sequence[Block], rows: int, quoted: Sequence[Block], key: Key) -> tuple[list[int], bool]:
    """Where the domestic column of one page is cut when the left column opens `rows` further rows.

    Returns the index of the first block of each further row, and whether the evidence was enough. An act
    named again after another one opens a new row; failing that, the last acts named do. `quoted` are the
    blocks of the row before, `key` tells the same act in different prints.
    """
    named = [key(block.text.plain) for block in quoted if instrument_heading(block.text)]
    seen = set(named)
    current = named[-1] if named else ""
    again: list[int] = []
    places: list[int] = []
    for index, block in enumerate(right):
        labelled = label(block.text)
        named_act = block.text.cut(labelled[2]) if labelled else block.text
        if not instrument_heading(named_act, _after(right, index)):
            continue
        own = key(named_act.plain)
        places.append(index)
        if own in seen and own != current:
            again.append(index)
            seen = set()
        seen.add(own)
        current = own
    chosen = again[:rows] if len(again) >= rows else places[-rows:] if rows else []
    sure = len(again) >= rows
    return [*chosen, *[len(right)] * (rows - len(chosen))], sure
