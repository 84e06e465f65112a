"""What the domestic column quotes, gathered by provision: each with every quotation of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kzlod.ingest.profile.convention import Steps
from kzlod.ingest.profile.markup import Text
from kzlod.ingest.profile.records import Quotation, Unit


@dataclass(frozen=True)
class Quoted:
    """A provision in one quotation: its unit, None for an article of which only heading or parts stand."""

    quotation: Quotation
    unit: Unit | None

    @property
    def texts(self) -> tuple[Text, ...]:
        """All that is printed of it: the heading of an article, its number, its own text."""
        heading = self.quotation.heading if self.is_article else None
        return (heading, *self.printed) if heading else self.printed

    @property
    def printed(self) -> tuple[Text, ...]:
        """Its number and its own text, without the heading of an article."""
        own = (self.unit.marker, *(piece.text for piece in self.unit.pieces)) if self.unit else ()
        return tuple(text for text in own if text is not None)

    @property
    def is_article(self) -> bool:
        """Whether it is the article (or unnumbered group) as a whole."""
        return self.unit is None or self.unit.steps == self.quotation.steps

    @property
    def own(self) -> Text | None:
        """Its own text as one, None where it has none."""
        return joined([piece.text for piece in self.unit.pieces]) if self.unit else None


@dataclass
class Content:
    """A provision: the act's key, its steps, and where it is quoted."""

    act: str
    steps: Steps
    quoted: list[Quoted] = field(default_factory=list)

    @property
    def texts(self) -> list[Text]:
        """All that is printed of it, in all quotations."""
        return [text for quoted in self.quoted for text in quoted.texts]


def contents(quotations: Sequence[Quotation]) -> list[Content]:
    """Every provision that the quotations print, in the order of their first print."""
    found: dict[tuple[str, Steps], Content] = {}
    for quotation in quotations:
        for steps, unit in _printed(quotation):
            content = found.setdefault((quotation.instrument, steps), Content(quotation.instrument, steps))
            content.quoted.append(Quoted(quotation, unit))
    return list(found.values())


def _printed(quotation: Quotation) -> Iterator[tuple[Steps, Unit | None]]:
    """The article, then its parts and points; an article without a heading only if it has text of its own."""
    own = next((unit for unit in quotation.units if unit.steps == quotation.steps), None)
    if quotation.steps and (quotation.heading is not None or own is not None):
        yield quotation.steps, own
    for unit in quotation.units:
        if unit.steps != quotation.steps:
            yield unit.steps, unit


def leaves(quotation: Quotation) -> list[Steps]:
    """The provisions at the finest level that a quotation prints: those that contain no other."""
    printed = [unit.steps for unit in quotation.units] or [quotation.steps]
    containers = {steps[:length] for steps in printed for length in range(len(steps))}
    return [steps for steps in dict.fromkeys(printed) if steps not in containers]


def emphasised(unit: Unit) -> bool:
    """Whether the profile emphasises a provision or words in it; the term of a definition in bold is none."""
    if unit.emphasised:
        return True
    own = [piece.text for piece in unit.pieces]
    stretches = [(text, stretch) for text in own for stretch in text.bold]
    if len(stretches) == 1 and stretches[0][0] is own[0]:
        text, (start, end) = stretches[0]
        if start == 0 and text.plain[end:].lstrip()[:1] in ("-", "–", "—", ":"):
            return False
    return bool(stretches)


def joined(texts: Sequence[Text]) -> Text | None:
    """Several texts as one, a space between them; None for none."""
    whole: Text | None = None
    for text in texts:
        whole = text if whole is None else whole.joined(text)
    return whole
