"""The crosswalk: which provision of a convention is answered by which domestic one, by document."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from kzlod.namespaces import ONTOLOGY
from kzlod.web.index import natural
from kzlod.web.names import Namer, Value
from kzlod.web.passages import Place, documents_of, places
from kzlod.web.provisions import title_of
from kzlod.web.reading import TYPE, Reader
from kzlod.web.reviews import ARTICLE, Finding, Reviews, article_of

_CORRESPONDENCE = ONTOLOGY + "Correspondence"


@dataclass(frozen=True, slots=True)
class OfArticle:
    """Parts of one article, each by its place in it; without `article` a provision of the act."""

    article: Value | None
    provisions: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class OfAct:
    """Provisions of one act (None: of none that is known), those of one article together."""

    act: Value | None
    articles: tuple[OfArticle, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One correspondence: a provision of the convention and what a document sets beside it.

    Without `domestic` the document quotes no domestic provision; `instead` is what it says in its place.
    `notes` are the project's; `one_of` tells that there are several for the same provision.
    """

    correspondence: Value
    provision: Value
    domestic: tuple[OfAct, ...]
    degree: Value | None
    instead: Value | None
    document: str
    places: tuple[Place, ...]
    notes: tuple[Value, ...]
    one_of: bool = False


@dataclass(frozen=True, slots=True)
class Relied:
    """The domestic law that a document's findings on an article rely on, though it sets nothing beside it.

    `together` are the articles that these findings are on, if they are several.
    """

    findings: int
    law: tuple[OfAct, ...]
    together: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An article of a convention with its correspondences, and the law that findings rely on, by document."""

    article: Value
    title: Value | None
    cells: Mapping[str, tuple[Pair, ...]]
    relied: Mapping[str, Relied]

    @property
    def is_answered(self) -> bool:
        """Whether any document sets a domestic provision beside it."""
        return any(pair.domestic for pairs in self.cells.values() for pair in pairs)


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The articles of a convention in their order, and the documents that compare it with domestic law."""

    treaty: Value
    documents: tuple[Value, ...]
    degrees: tuple[Value, ...]
    lines: tuple[Line, ...]


def compared(reader: Reader) -> list[str]:
    """The treaties whose provisions are compared with domestic law, by IRI."""
    found = set()
    for one in reader.subjects(TYPE, _CORRESPONDENCE):
        for provision in reader.iris(one, ONTOLOGY + "conventionProvision"):
            found.update(reader.iris(provision, ONTOLOGY + "provisionOf"))
    return sorted(found)


def read_crosswalk(reader: Reader, treaty: str, namer: Namer) -> Crosswalk:
    """All correspondences of a treaty's provisions, by article and document.

    Where a document sets nothing beside an article but finds something on it, the law that it relies on.
    """
    provisions = reader.subjects(ONTOLOGY + "provisionOf", treaty)
    kinds = {one: set(reader.iris(one, TYPE)) for one in provisions}
    parents = {one: reader.iris(one, ONTOLOGY + "isPartOf") for one in provisions}
    pairs: defaultdict[str, defaultdict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    documents: dict[str, None] = {}
    degrees: dict[str, None] = {}
    for provision in sorted(provisions, key=natural):
        for one in sorted(reader.subjects(ONTOLOGY + "conventionProvision", provision), key=natural):
            article = _article(provision, kinds, parents)
            place = namer.within(provision, treaty, *([article] if article != provision else []))
            pair = _pair(reader, one, place, namer)
            documents.setdefault(pair.document)
            if pair.degree:
                degrees.setdefault(pair.degree.title)
            pairs[article][pair.document].append(pair)
    articles = {one for one in provisions if ARTICLE in kinds[one]} | set(pairs)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for provision in provisions:
        members[_article(provision, kinds, parents)].append(provision)
    lines = []
    for one in sorted(articles, key=natural):
        cells = {document: _marked(found) for document, found in pairs.get(one, {}).items()}
        relied = _relied(reader, members[one], namer)
        lines.append(
            Line(
                namer.within(one, treaty),
                title_of(namer, one),
                cells,
                {document: law for document, law in relied.items() if document not in cells},
            )
        )
        documents |= dict.fromkeys(relied)
    return Crosswalk(
        namer.thing(treaty),
        tuple(namer.thing(one) for one in documents if one),
        tuple(namer.thing(one) for one in degrees),
        tuple(lines),
    )


def narrowed(whole: Crosswalk, document: str, degree: str, *, unanswered: bool) -> Crosswalk:
    """The same for one document, for one degree, or for articles without a domestic answer only.

    Of a document that says nothing of the convention there are no articles.
    """
    documents = tuple(one for one in whole.documents if not document or one.title == document)
    lines = []
    for line in whole.lines if documents or not document else ():
        cells = {
            name: tuple(pair for pair in pairs if not degree or (pair.degree and pair.degree.title == degree))
            for name, pairs in line.cells.items()
            if not document or name == document
        }
        relied = {name: law for name, law in line.relied.items() if not degree and document in ("", name)}
        one = Line(line.article, line.title, {name: pairs for name, pairs in cells.items() if pairs}, relied)
        if unanswered and one.is_answered:
            continue
        if degree and not one.cells:
            continue
        lines.append(one)
    return Crosswalk(whole.treaty, documents, whole.degrees, tuple(lines))


def _pair(reader: Reader, iri: str, provision: Value, namer: Namer) -> Pair:
    degrees = reader.iris(iri, ONTOLOGY + "degree")
    documents = reader.iris(iri, ONTOLOGY + "assertedBy")
    return Pair(
        namer.thing(iri),
        provision,
        _by_act(reader, reader.iris(iri, ONTOLOGY + "domesticProvision"), namer),
        namer.thing(degrees[0]) if degrees else None,
        next(iter(_values(reader, iri, ONTOLOGY + "summary", namer)), None),
        documents[0] if documents else "",
        places(reader, iri, namer),
        namer.texts_of(iri, ONTOLOGY + "note"),
    )


def _marked(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The same, those marked of which there are several for one provision."""
    times = Counter(one.provision.title for one in pairs)
    return tuple(replace(one, one_of=times[one.provision.title] > 1) for one in pairs)


def _relied(reader: Reader, provisions: Iterable[str], namer: Namer) -> dict[str, Relied]:
    """The law that findings on these provisions rely on, by the document that finds."""
    found: defaultdict[str, dict[str, Finding]] = defaultdict(dict)
    reviews = Reviews(reader, namer)
    for provision in provisions:
        for one in sorted(reader.subjects(ONTOLOGY + "findsOn", provision), key=natural):
            for document in documents_of(reader, one):
                found[document][one] = reviews.finding(one)
    return {
        document: Relied(
            len(findings),
            _by_act(reader, {tie.thing.title for one in findings.values() for tie in one.law}, namer),
            tuple(dict.fromkeys(article for one in findings.values() for article in one.together)),
        )
        for document, findings in found.items()
    }


def _by_act(reader: Reader, provisions: Iterable[str], namer: Namer) -> tuple[OfAct, ...]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in sorted(provisions, key=natural):
        found[next(iter(reader.iris(one, ONTOLOGY + "provisionOf")), "")].append(one)
    return tuple(
        OfAct(namer.thing(act), tuple(_by_article(reader, act, ones, namer)))
        if act
        else OfAct(None, tuple(OfArticle(None, (namer.thing(one),)) for one in ones))
        for act, ones in found.items()
    )


def _by_article(reader: Reader, act: str, provisions: Iterable[str], namer: Namer) -> Iterator[OfArticle]:
    for article, same in groupby(provisions, lambda one: article_of(reader, one)):
        ones = list(same)
        if len(ones) > 1 and article not in ones:
            yield OfArticle(
                namer.within(article, act), tuple(namer.within(one, act, article) for one in ones)
            )
        else:
            for one in ones:
                yield OfArticle(None, (namer.within(one, act),))


def _article(provision: str, kinds: Mapping[str, set[str]], parents: Mapping[str, Sequence[str]]) -> str:
    """The article that a provision is or belongs to; itself when it belongs to none."""
    waiting, seen = [provision], {provision}
    while waiting:
        one = waiting.pop(0)
        if ARTICLE in kinds.get(one, ()):
            return one
        following = [parent for parent in parents.get(one, ()) if parent not in seen]
        seen.update(following)
        waiting += following
    return provision


def _values(reader: Reader, iri: str, name: str, namer: Namer) -> list[Value]:
    return [namer.value(term) for term in reader.objects(iri, name)]
