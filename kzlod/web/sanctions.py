"""What the provisions of an act threaten, side by side."""

from dataclasses import dataclass

from kzlod.namespaces import ONTOLOGY
from kzlod.web.addresses import last_step
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place
from kzlod.web.provisions import Alternative, Group, flat, grouped, provision_view, title_of
from kzlod.web.reading import TYPE, Reader
from kzlod.web.reviews import ARTICLE


@dataclass(frozen=True, slots=True)
class Cost:
    """What one version of a part of an article threatens."""

    part: Value
    version: Value
    summary: Value | None
    sanction: tuple[Alternative, ...]
    places: tuple[Place, ...]

    @property
    def groups(self) -> list[Group]:
        """Its sanction, `grouped`."""
        return grouped(self.sanction)


@dataclass(frozen=True, slots=True)
class ArticleCosts:
    """What the parts of an article threaten; `number` is the article's own."""

    article: Value
    number: str
    title: Value | None
    costs: tuple[Cost, ...]


def punishing(reader: Reader) -> list[str]:
    """The acts whose provisions threaten punishments, by IRI."""
    found = set()
    for one in reader.subjects(TYPE, ONTOLOGY + "SanctionClause"):
        for version in reader.iris(one, ONTOLOGY + "clauseOf"):
            for provision in reader.iris(version, ONTOLOGY + "versionOf"):
                found.update(reader.iris(provision, ONTOLOGY + "provisionOf"))
    return sorted(found)


def read_costs(reader: Reader, act: str, namer: Namer) -> list[ArticleCosts]:
    """What the articles of an act threaten, in their order, part by part."""
    found = []
    for article in sorted(reader.subjects(ONTOLOGY + "provisionOf", act), key=natural):
        if ARTICLE not in reader.iris(article, TYPE):
            continue
        costs = tuple(
            Cost(
                part.place if part.depth else namer.within(article, act),
                version.thing,
                next(iter(version.summaries), None),
                version.sanction,
                version.clause_places,
            )
            for part in flat(provision_view(reader, article, namer))
            for version in part.versions
            if version.sanction
        )
        if costs:
            number = reader.value(article, ONTOLOGY + "number") or last_step(article)
            name, title = namer.within(article, act), title_of(namer, article)
            found.append(ArticleCosts(name, number, title, costs))
    return found
