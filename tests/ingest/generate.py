"""Made-up legislation profiles: the text of one, and what a reader must find in it.

`generate(seed)` draws laws, numbers, page breaks and forms of print from a random generator; the convention
is made up as well. Nothing of a real profile is copied.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from kzlod.ingest.profile.convention import Convention, Steps, make_convention
from tests.ingest.printed import ACTS, FOOTER, Fragment, Para, Printer

WORDS = (
    *("amber", "basket", "candle", "dolphin", "ember", "falcon", "garnet", "harbour", "island", "jasmine"),
    *("kettle", "lantern", "meadow", "nectar", "orchard", "pebble", "quarry", "ribbon", "saddle", "timber"),
    *("umbrella", "velvet", "walnut", "yarrow", "zephyr", "anchor", "bramble"),
)
TREATY = "https://w3id.org/kzlod/id/treaty/made-up"

# The left column of each row: number and title of the article, and its passages.
Quoted = Sequence[tuple[str, str, Sequence[tuple[Steps, str]]]]


@dataclass
class WantedQuotation:
    """A quotation that must be found: the text and emphasis of each provision by its steps."""

    convention: Steps
    act: int
    article: str
    title: str
    units: dict[Steps, str] = field(default_factory=dict)
    emphasised: set[Steps] = field(default_factory=set)


@dataclass
class Generated:
    """A made-up profile: its text, its convention, what must be found."""

    text: str
    convention: Convention
    quotations: list[WantedQuotation]
    left: list[tuple[Steps, str]]
    commentary: dict[str, str]
    notes: list[tuple[Steps, str]]
    pages: int


class _Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.titles: dict[Steps, str] = {}
        self.quotations: list[WantedQuotation] = []
        self.left: list[tuple[Steps, str]] = []
        self.commentary: dict[str, str] = {}
        self.notes: list[tuple[Steps, str]] = []
        self.word = self.random.choice(("Article", "Article", "Article", "Art.", "Section"))
        self.part = self.random.choice(("{}.", "{}.", "({})"))
        self.cut_word = " the"
        self.lettered = self.random.random() < 0.2

    def words(self, least: int, most: int) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(least, most)))

    def sentence(self, stop: str = ".") -> str:
        return self.words(5, 18).capitalize() + stop

    def title(self) -> str:
        return self.words(2, 6).capitalize()

    # The convention and its text

    def convention_row(self, number: int) -> tuple[Para, list[Para]]:
        article: Steps = (("art", str(number)),)
        title = self.title()
        self.titles[article] = title
        paras: list[Para] = []

        def add(steps: Steps, marker: str, text: str) -> None:
            if steps != article:
                self.titles[steps] = ""
            self.left.append((steps, f"{marker} {text}".strip()))
            paras.append(Para(marker, text))

        if self.random.random() < 0.3:
            add(article, "", self.sentence())
        elif self.random.random() < 0.2:
            add(article, "", self.words(4, 8).capitalize() + ":")
            self.points(article, add)
        else:
            for paragraph in range(1, self.random.randint(2, 5)):
                steps = (*article, ("par", str(paragraph)))
                if self.random.random() < 0.4:
                    add(steps, str(paragraph), self.words(4, 8).capitalize() + ":")
                    self.points(steps, add)
                else:
                    add(steps, str(paragraph), self.sentence())
        return Para("", f"Article {number} – {title}", "heading"), paras

    def points(self, container: Steps, add: Callable[[Steps, str, str], None]) -> None:
        letters = "abcd"[: self.random.randint(2, 4)]
        for letter in letters:
            steps = (*container, ("pt", letter))
            if letter == "b" and self.random.random() < 0.3:
                add(steps, letter, self.words(3, 6) + ":")
                for roman in ("i", "ii"):
                    add((*steps, ("sub", roman)), roman, self.words(3, 9) + ";")
            else:
                add(steps, letter, self.words(3, 9) + ("." if letter == letters[-1] else ";"))

    # The domestic column

    def domestic_row(self, article: Steps) -> list[Para]:
        if self.random.random() < 0.12:
            texts = [self.sentence() for _ in range(self.random.randint(1, 3))]
            self.commentary[article[0][1]] = " ".join(texts)
            return [Para("", text) for text in texts]
        points = [steps for steps in self.titles if steps[:-1] == article and steps[-1][0] == "pt"]
        paras: list[Para] = []
        acts = self.random.sample(range(len(ACTS)), self.random.randint(1, 2))
        for order, act in enumerate(acts):
            answered = article
            heading = self.random.choice(ACTS[act])
            if points and order < len(points) and self.random.random() < 0.5:
                answered = points[order]
                heading = f"{answered[-1][1]}) {heading}"
            elif order and self.quotations:
                answered = self.quotations[-1].convention
            paras.append(Para("", heading, "heading"))
            kind = self.random.random()
            if kind < 0.2:
                paras += self.group(answered, act, chapter=kind < 0.1)
                continue
            for _ in range(self.random.randint(1, 2)):
                paras += self.article(answered, act)
        return paras

    def group(self, answered: Steps, act: int, chapter: bool) -> list[Para]:
        """Provisions whose article is not named: points, or paragraphs below the heading of a chapter."""
        wanted = WantedQuotation(answered, act, "" if chapter else "unnumbered", "")
        self.quotations.append(wanted)
        paras = (
            [Para("", f"Chapter {self.random.randint(1, 9)}. {self.title()}", "heading")] if chapter else []
        )
        for number in sorted(self.random.sample(range(1, 99), self.random.randint(1, 3))):
            steps: Steps = (
                (("par", str(number)),) if chapter else (("art", "unnumbered"), ("pt", str(number)))
            )
            wanted.units[steps] = self.sentence("." if chapter else ";")
            paras.append(Para(self.part.format(number) if chapter else f"{number})", wanted.units[steps]))
        return paras

    def article(self, answered: Steps, act: int) -> list[Para]:
        number = str(self.random.randint(1, 900)) + self.random.choice(("", "", "", "-1"))
        while any(q.act == act and q.article == number for q in self.quotations):
            number = str(self.random.randint(1, 900))
        title = self.title()
        wanted = WantedQuotation(answered, act, number, title)
        self.quotations.append(wanted)
        article: Steps = (("art", number),)
        paras = [Para("", f"{self.word} {number}. {title}", "heading")]
        if self.random.random() < 0.15:
            wanted.units[article] = self.sentence()
            return [*paras, Para("", wanted.units[article])]
        lost = self.random.random() < 0.1
        for part in range(1, self.random.randint(3, 4) if lost else self.random.randint(2, 5)):
            steps = (*article, ("part", str(part)))
            marker = "" if lost and part == 1 else self.part.format(part)
            if self.random.random() < 0.5 or (lost and part == 1):
                wanted.units[steps] = self.sentence()
                paras.append(Para(marker, wanted.units[steps]))
                continue
            opening = self.words(3, 7).capitalize() + ":"
            paras.append(Para(marker, opening))
            numbers = ["1", "2", "2-1", "3"][: self.random.randint(2, 4)]
            if self.lettered:
                numbers = ["a", "b", "c", "d"][: len(numbers)]
            for point in numbers:
                inner = (*steps, ("pt", point))
                bold = self.random.random() < 0.2
                wanted.units[inner] = self.words(3, 9) + (", -" if point == numbers[-1] else ";")
                if bold:
                    wanted.emphasised.add(inner)
                paras.append(Para(f"{point})", wanted.units[inner], "bold" if bold else "item"))
            tail = "shall be " + self.words(5, 9) + "."
            paras.append(Para("", tail))
            wanted.units[steps] = f"{opening} {tail}"
        if self.random.random() < 0.1:
            about = steps
            text = f"For reference: {self.sentence()}"
            self.notes.append((about, text))
            paras.append(Para("", text, "note"))
        return paras

    # Pages

    def flow(self, rows: list[tuple[Para, list[Para], list[Para]]]) -> list[list[Fragment]]:
        """The pages: each a list of fragments of rows, a fragment a left and a right list of paragraphs."""
        pages: list[list[Fragment]] = [[]]
        room = self.random.randint(4, 14)
        for heading, left, right in rows:
            columns = [[heading, *left], list(right)]
            if room < 4:  # a heading never stands alone at the foot of a page
                pages.append([])
                room = self.random.randint(4, 14)
            while columns[0] or columns[1]:
                fragment: tuple[list[Para], list[Para]] = ([], [])
                for side in (0, 1):
                    taken = 0
                    while columns[side] and taken < room:
                        fragment[side].append(columns[side].pop(0))
                        taken += 1
                    if columns[side] and taken:
                        self.break_sentence(fragment[side], columns[side], left=side == 0)
                pages[-1].append(fragment)
                room -= max(len(fragment[0]), len(fragment[1]))
                if columns[0] or columns[1] or room < 2:
                    pages.append([])
                    room = self.random.randint(4, 14)
        return [page for page in pages if page]

    def break_sentence(self, done: list[Para], rest: list[Para], left: bool) -> None:
        """Cuts the last paragraph of a page in a sentence, sometimes."""
        last = done[-1]
        words = last.text.split(" ")
        if last.style in ("heading", "bold") or len(words) < 6 or self.random.random() < 0.4:
            return
        at = self.random.randint(3, len(words) - 2)
        ending = self.cut_word if left else ""
        done[-1] = replace(last, text=" ".join(words[:at]) + ending)
        rest.insert(0, Para("", " ".join(words[at:]), last.style, cut=True))
        if left:
            self.left = [
                (steps, f"{text.removesuffix(last.text)}{done[-1].text} {rest[0].text}")
                if text == f"{last.marker} {last.text}".strip() or (last.cut and text.endswith(last.text))
                else (steps, text)
                for steps, text in self.left
            ]

    def front(self) -> str:
        entries = "\n\n".join(
            f"Article {steps[0][1]} – {title}"
            for steps, title in self.titles.items()
            if len(steps) == 1 and title
        )
        return (
            "\n\n# Ruritania\n\n## Cybercrime legislation\n\nVersion 07 March 2021\n\n"
            "### Table of contents\n\n"
            f"{entries}\n\n*This made-up note binds nobody.*\n\n<b>State:</b>\t\n"
            "<b>Signature of the Budapest Convention:</b>\t01/02/2003\n\n"
        )

    def rows(self) -> list[tuple[Para, list[Para], list[Para]]]:
        rows = []
        for number in range(1, self.random.randint(3, 7)):
            heading, left = self.convention_row(number)
            if number % 3 == 1:
                chapter = ("chap", "I" if number == 1 else "II")
                self.titles[(chapter,)] = self.title()
                left.insert(0, heading)
                heading = Para("", f"Chapter {chapter[1]} – {self.titles[(chapter,)]}", "heading")
            rows.append((heading, left, self.domestic_row((("art", str(number)),))))
        return rows

    def rows_around(self, quoted: Quoted) -> list[tuple[Para, list[Para], list[Para]]]:
        # Real sentences break off at any word; the made-up ones have no words that show it.
        self.cut_word = ""
        rows = []
        for number, title, passages in quoted:
            self.titles[(("art", number),)] = title
            self.titles |= {steps: "" for steps, _ in passages if len(steps) > 1}
            self.left += passages
            paras = [Para("", text) for _, text in passages]
            row = self.domestic_row((("art", number),))
            rows.append((Para("", f"Article {number} – {title}", "heading"), paras, row))
        return rows

    def make(
        self, rows: list[tuple[Para, list[Para], list[Para]]], convention: Convention | None = None
    ) -> Generated:
        pages = self.flow(rows)
        printer = Printer(self.random)
        printed = [printer.page(page) for page in pages]
        text = self.front() + f"\n{self.random.choice(('', FOOTER))}\n\n".join(printed)
        return Generated(
            text,
            convention or make_convention(TREATY, self.titles),
            self.quotations,
            self.left,
            self.commentary,
            self.notes,
            len(pages),
        )


def generate(seed: int) -> Generated:
    """A made-up profile; the same for the same seed."""
    generator = _Generator(seed)
    return generator.make(generator.rows())


def generate_around(seed: int, quoted: Quoted, convention: Convention) -> Generated:
    """A made-up domestic column beside a given left column: number, title and passages of each article."""
    generator = _Generator(seed)
    return generator.make(generator.rows_around(quoted), convention)
