"""The forms of the domestic column: headings of acts, divisions and articles, numbers, notes, labels."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kzlod.ingest.profile.markup import Block, Text

_ACT_WORDS = (
    "Code|Law|Laws|Act|Acts|Constitution|Resolution|Decree|Decree-Law|Ordinance|Regulation|Regulations|Rules|"
    "Order|Statute|Decision|Charter|Instruction|Edict|Bill"
)
_ACT = re.compile(rf"\b(?:{_ACT_WORDS})\b")
_ACT_START = re.compile(rf"(?:The\s+)?(?:[A-Z][\w’'-]*\s+){{0,5}}(?:{_ACT_WORDS})\b")
_SENTENCE = re.compile(r"\b(?:shall|is|are|may|must|was|were|has|have|will|can)\b|:\s*$")
_ARTICLE = re.compile(
    r"(?P<word>Article|Art\.|Section|Sec\.|§)\s*(?P<number>\d+[a-z]{0,2}(?:[-./]\d+)*(?:bis|ter|quater)?)"
    r"(?P<stop>\s*[.:–—]|\s+-(?=\s))?(?P<space>\s*)(?P<title>.*)",
    re.S,
)
_DIVISION = re.compile(
    r"(?P<word>Part|Book|Title|Chapter|Section|Subsection|Paragraph)\s+(?P<number>\d+(?:-\d+)?|[IVXLC]+)"
    r"\s*[.:–—-]?\s+(?P<title>[A-Z“\"].*)",
    re.S,
)
_NOTE = re.compile(r"(?:Notes?|Explanations?|Annotations?)\s*[.:]", re.I)
_REFERENCE_NOTE = re.compile(
    r"(?:For (?:your )?reference|For information|Reference|Comments?|Commentary|Editor['’]s note)\s*[:.]",
    re.I,
)
_MARKER = re.compile(
    r"(?:(?P<point>\d{1,3}(?:-\d{1,2})?)\)"
    r"|(?P<part>\d{1,3}(?:-\d{1,2})?)\.(?!\d)"
    r"|\((?P<bracket>\d{1,3}(?:-\d{1,2})?)\)"
    r"|(?P<letter>[a-z]{1,2})\)"
    r"|\((?P<bracketletter>[a-z]{1,4})\))(?=\s|[A-Z“\"]|$)"
)
_LABEL = re.compile(r"(?:(?P<number>\d)\.?\s*)?(?P<letters>(?:\(?[a-z]{1,4}[).]\s*)+)(?P<rest>.*)$", re.S)
_LONGEST_HEADING = 320
_TERMINAL = re.compile(r"[.:;!?…–—-][\"'”’»)\]]*$")
# A verb of punishment after a dash: the sanction of the whole part, printed in the line of its last point.
_FUSED_SANCTION = re.compile(
    r"\s*[-–—]\s*(?=(?:shall|is|are|will) (?:be )?(?:punish|sanction|liable|sentenced|fined|imprisoned))"
)


@dataclass(frozen=True, slots=True)
class Marker:
    """A number at the start of a text: its kind (`part`, `point`, `letter`), the number, where it ends."""

    kind: str
    number: str
    end: int


@dataclass(frozen=True, slots=True)
class ArticleHeading:
    """A heading of a domestic article: the word used, its number, where number and title stand."""

    word: str
    number: str
    number_end: int
    title_start: int


def article_heading(text: Text) -> ArticleHeading | None:
    """The article heading that a text is; None for others, such as a sentence beginning `Article 5 of`."""
    plain = text.plain
    match = _ARTICLE.match(plain)
    if not match or len(plain) > _LONGEST_HEADING:
        return None
    title = match["title"]
    bold = bool(text.bold) and text.bold[0][0] == 0
    if title and not match["stop"] and not (bold and title[:1].isupper()):
        return None
    if title and not bold and not text.bold and (title[:1].islower() or _is_sentence(title)):
        return None
    return ArticleHeading(match["word"], match["number"], match.end("number"), match.start("title"))


def _is_sentence(title: str) -> bool:
    return title.rstrip().endswith((".", ";", ",")) and bool(_SENTENCE.search(title))


def division_heading(text: Text) -> bool:
    """Whether a text is the heading of a chapter or other division of a domestic act."""
    plain = text.plain
    return bool(_DIVISION.match(plain)) and len(plain) <= _LONGEST_HEADING and not _SENTENCE.search(plain)


def instrument_heading(text: Text, after: Block | None = None) -> bool:
    """Whether a text names a domestic act as a heading: bold, or followed by a heading of an article."""
    plain = text.plain
    if not _ACT.search(plain) or len(plain) > _LONGEST_HEADING or not plain[:1].isupper():
        return False
    if _SENTENCE.search(plain) or _ARTICLE.match(plain) or _DIVISION.match(plain):
        return False
    if text.bold_share > 0.6 and text.bold[0][0] == 0:
        return True
    followed = after is not None and article_heading(after.text) is not None
    return followed and bool(_ACT_START.match(plain)) and not plain.endswith((";", ","))


def marker(plain: str) -> Marker | None:
    """The number that a text opens with: `1.` a part, `1)` a point, `(1)` a part, `a)` and `(a)` a letter."""
    match = _MARKER.match(plain)
    if not match:
        return None
    kind = match.lastgroup or ""
    kinds = {
        "point": "point",
        "part": "part",
        "bracket": "part",
        "letter": "letter",
        "bracketletter": "letter",
    }
    return Marker(kinds[kind], match[kind], match.end())


def label(text: Text) -> tuple[str, list[str], int] | None:
    """The reference to the convention that a bold text opens with, as in `c) i)` or `a) The Law …`.

    Returns the paragraph number (or an empty string), the letters, and where the rest begins; the rest is
    empty or names an act. None if the text opens with no such label.
    """
    if text.bold_share < 0.6 or not text.bold or text.bold[0][0] != 0:
        return None
    match = _LABEL.match(text.plain)
    if not match:
        return None
    rest = text.cut(match.start("rest"))
    if rest.runs and not instrument_heading(rest):
        return None
    return match["number"] or "", re.findall(r"[a-z]+", match["letters"]), match.start("rest")


def note(text: Text) -> int | None:
    """Where the word of a note to an article ends (`Note.`), None if the text opens with none."""
    match = _NOTE.match(text.plain)
    return match.end() if match else None


def reference_note(text: Text) -> bool:
    """Whether a text opens with the emphasised words of an editors' note (`For reference:`)."""
    if not _REFERENCE_NOTE.match(text.plain):
        return False
    first = text.runs[0]
    return first.bold or first.italic


def part_follows(after: Iterable[Block], number: str) -> bool:
    """Whether the next numbered block, before any heading, is the part of that number."""
    for block in after:
        if is_heading(block.text):
            return False
        found = marker(block.text.plain)
        if found is not None:
            return found.kind == "part" and found.number == number
    return False


def is_domestic(block: Block, after: Block | None = None) -> bool:
    """Whether the form alone shows that a block belongs to the domestic column."""
    text = block.text
    return (
        marker(text.plain) is not None
        or article_heading(text) is not None
        or instrument_heading(text, after)
        or reference_note(text)
        or (label(text) is not None)
        or (division_heading(text) and bool(text.bold))
    )


def is_heading(text: Text) -> bool:
    """Whether a text is a heading of the domestic column, which no sentence runs on from."""
    return article_heading(text) is not None or instrument_heading(text) or division_heading(text)


def openness(plain: str) -> int:
    """How plainly a text breaks off: 0 it ends with a stop, 1 a word, 2 a comma or a function word."""
    stripped = plain.rstrip()
    if not stripped or _TERMINAL.search(stripped):
        return 0
    if stripped.endswith(",") or re.search(
        r"\b(?:a|an|and|any|as|at|be|by|for|from|if|in|is|it|its|not|of|on|or|shall|that|the|their|this|to|"
        r"under|which|with)$",
        stripped,
    ):
        return 2
    return 1


def runs_on(before: Block, block: Block) -> bool:
    """Whether a block goes on with the sentence of the one before it, cut by a page or a lost line end."""
    if block.joint == "paragraph" or block.level or is_domestic(block):
        return False
    if is_heading(before.text):
        return block.text.plain[:1].islower() and block.text.bold_share > 0.6
    return openness(before.text.plain) > 0 or block.text.plain[:1] in ",;.:)"


def unfused(block: Block) -> Iterator[Block]:
    """The block, cut where a bold heading begins or ends in it, and before a sanction fused to a point."""
    text = block.text
    edges = {0, len(text.plain)}
    position = 0
    for run in text.runs:
        start, end = position, position + len(run.text)
        position = end
        rest = text.cut(start, end)
        opening = article_heading(text.cut(0, start)) if start else None
        if opening and opening.title_start >= len(text.cut(0, start).plain):
            continue  # the title of the article whose number stands before it
        if not (run.bold and rest.runs and (is_heading(rest) or reference_note(rest))):
            continue
        edges.add(start)
        following = text.plain[end:].lstrip()
        bare = article_heading(rest)
        titled = bare is None or bare.title_start < len(rest.plain)
        if (
            following
            and titled
            and not reference_note(rest)
            and (following[:1].isupper() or marker(following))
        ):
            edges.add(end)
    found = marker(text.plain)
    if found and found.kind in ("point", "letter") and (match := _FUSED_SANCTION.search(text.plain)):
        edges.add(match.end())
    ordered = sorted(edges)
    joint = block.joint
    for start, end in pairwise(ordered):
        piece = text.cut(start, end)
        if piece.runs:
            yield Block(piece, joint, block.level)
            joint = "paragraph"
