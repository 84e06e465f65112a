"""The description of a release: DCAT 3, VoID with true counts, SPARQL Service Description.

A catalogue that counts itself is a fixed point: it is built again from the counts of the data
set that contains it until nothing changes. For the same reason a file that contains the
catalogue cannot state its own size and checksum there; the manifest and SHA256SUMS do.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyoxigraph as ox

from kzlod.labels import UNOFFICIAL
from kzlod.namespaces import BASE, GRAPH, ID, PREFIXES, compact
from kzlod.release import catalog_names as names
from kzlod.release.dumps import FORMATS, Dump, canonical
from kzlod.release.statistics import Statistics, count
from kzlod.repository import Repository
from kzlod.terms import TYPE, kz, literal, term, value

CATALOG = f"{BASE}catalog"
DATASET = f"{ID}dataset/kzlod"
SERVICE = f"{BASE}sparql"
AGENT = f"{ID}agent/kzlod"
CATALOG_GRAPH = f"{GRAPH}catalog"

Triples = Iterator[ox.Triple]
Graphs = Mapping[str, Sequence[ox.Triple]]


def build_catalog(
    repository: Repository, graphs: Graphs, dumps: Sequence[Dump], release: str
) -> list[ox.Triple]:
    """The triples of the catalogue graph, in canonical order.

    `graphs` are all other graphs of the release by IRI; `dumps` the files made from them alone.
    """
    others = {triple for triples in graphs.values() for triple in triples}
    triples: list[ox.Triple] = []
    while True:
        counts = count(others | set(triples))
        sizes = {iri: len(content) for iri, content in graphs.items()} | {CATALOG_GRAPH: len(triples)}
        again = canonical(_catalog(repository, graphs, dumps, release, counts, sizes))
        if again == triples:
            return triples
        triples = again


def _catalog(
    repository: Repository,
    graphs: Graphs,
    dumps: Sequence[Dump],
    release: str,
    counts: Statistics,
    sizes: Mapping[str, int],
) -> Triples:
    yield from _catalog_record(repository)
    yield from _dataset(repository, release, counts)
    yield from _partitions(counts)
    yield from _service(repository)
    known = {dump.file: dump for dump in dumps}
    for rdf_format in FORMATS:
        yield from _distribution(DATASET, f"kzlod.{rdf_format.name}.gz", rdf_format.media_type, None, release)
    for iri in sorted(sizes):
        document = _source_document(graphs.get(iri, ()))
        said = (*graphs.get(f"{GRAPH}translations", ()), *graphs.get(iri, ())) if document else ()
        called = _names_of(document, said) if document else {}
        yield from _graph(repository, iri, sizes[iri], document, called)
        name = iri.removeprefix(GRAPH).replace("/", "-")
        for rdf_format in FORMATS:
            if not rdf_format.datasets:
                file = f"{name}.{rdf_format.name}.gz"
                yield from _distribution(iri, file, rdf_format.media_type, known.get(file), release)
    yield from _linksets(graphs.get(f"{GRAPH}links", ()))


def _about(subject: str, *pairs: tuple[str, ox.NamedNode | ox.Literal]) -> Triples:
    """The statements about a subject, properties written with our prefixes."""
    for name, node in pairs:
        yield ox.Triple(ox.NamedNode(subject), TYPE if name == "a" else term(name), node)


def _texts(subject: str, name: str, texts: Mapping[str, str]) -> Triples:
    """One literal a language."""
    for language, text in texts.items():
        yield from _about(subject, (name, ox.Literal(text, language=language)))


def _called(subject: str, texts: Mapping[str, str]) -> Triples:
    """Names that are titles as well."""
    yield from _texts(subject, "rdfs:label", texts)
    yield from _texts(subject, "dcterms:title", texts)


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _catalog_record(repository: Repository) -> Triples:
    settings = repository.settings["dataset"]
    yield from _about(
        CATALOG,
        ("a", term("dcat:Catalog")),
        ("dcterms:publisher", _node(AGENT)),
        ("dcterms:license", _node(settings["license"])),
        ("dcterms:modified", literal(repository.date, "xsd:date")),
        ("foaf:homepage", _node(BASE)),
        ("dcat:dataset", _node(DATASET)),
        ("dcat:service", _node(SERVICE)),
    )
    yield from _texts(CATALOG, "rdfs:label", names.CATALOG)
    yield from _texts(CATALOG, "dcterms:title", settings["title"])
    yield from _texts(CATALOG, "dcterms:description", settings["description"])
    called = {"en": settings["publisher"], **settings.get("publisher_names", {})}
    yield from _about(AGENT, ("a", term("foaf:Agent")), ("foaf:name", literal(settings["publisher"])))
    yield from _texts(AGENT, "rdfs:label", called)


def _dataset(repository: Repository, release: str, counts: Statistics) -> Triples:
    settings = repository.settings["dataset"]
    yield from _about(
        DATASET,
        ("a", term("dcat:Dataset")),
        ("a", term("void:Dataset")),
        ("a", term("sd:Dataset")),
        ("dcterms:identifier", literal(release)),
        ("dcat:version", literal(repository.version)),
        ("dcterms:issued", literal(repository.date, "xsd:date")),
        ("dcterms:publisher", _node(AGENT)),
        ("dcterms:license", _node(settings["license"])),
        ("dcat:landingPage", _node(BASE)),
        ("void:sparqlEndpoint", _node(SERVICE)),
        ("void:uriSpace", literal(BASE)),
        ("void:triples", literal(counts.triples)),
        ("void:distinctSubjects", literal(counts.subjects)),
        ("void:entities", literal(counts.entities)),
        ("void:classes", literal(len(counts.classes))),
        ("void:properties", literal(len(counts.properties))),
        ("void:rootResource", _node(CATALOG)),
    )
    yield from _texts(DATASET, "rdfs:label", names.DATASET)
    yield from _texts(DATASET, "dcterms:title", settings["title"])
    yield from _texts(DATASET, "dcterms:description", settings["description"])
    used = [iri for iri, _ in (*counts.classes, *counts.properties)]
    for space in PREFIXES.values():
        if (space == f"{BASE}ontology#" or not space.startswith(BASE)) and any(
            iri.startswith(space) for iri in used
        ):
            yield from _about(DATASET, ("void:vocabulary", _node(space)))


def _partitions(counts: Statistics) -> Triples:
    """One class partition a class and one property partition a property, each with an IRI."""
    for iri, number in counts.classes:
        part = f"{DATASET}/class/{_slug(iri)}"
        yield from _about(
            part,
            ("a", term("void:Dataset")),
            ("void:class", _node(iri)),
            ("void:entities", literal(number)),
        )
        yield from _texts(part, "rdfs:label", names.filled(names.CLASS, compact(iri)))
        yield from _about(DATASET, ("void:classPartition", _node(part)))
    for iri, number in counts.properties:
        part = f"{DATASET}/property/{_slug(iri)}"
        yield from _about(
            part,
            ("a", term("void:Dataset")),
            ("void:property", _node(iri)),
            ("void:triples", literal(number)),
        )
        yield from _texts(part, "rdfs:label", names.filled(names.PROPERTY, compact(iri)))
        yield from _about(DATASET, ("void:propertyPartition", _node(part)))


def _slug(iri: str) -> str:
    """A step for an IRI: its prefixed name with a hyphen, or a short hash where no prefix fits."""
    name = compact(iri)
    return hashlib.sha256(iri.encode()).hexdigest()[:12] if name.startswith("<") else name.replace(":", "-")


def _service(repository: Repository) -> Triples:
    yield from _about(
        SERVICE,
        ("a", term("dcat:DataService")),
        ("a", term("sd:Service")),
        ("dcterms:license", _node(repository.settings["dataset"]["license"])),
        ("dcterms:conformsTo", _node("https://www.w3.org/TR/sparql11-protocol/")),
        ("dcat:endpointURL", _node(SERVICE)),
        ("dcat:servesDataset", _node(DATASET)),
        ("sd:endpoint", _node(SERVICE)),
        ("sd:supportedLanguage", term("sd:SPARQL11Query")),
        ("sd:defaultDataset", _node(DATASET)),
    )
    yield from _called(SERVICE, names.SERVICE)


def _source_document(triples: Iterable[ox.Triple]) -> str | None:
    """The source document that a graph describes, if any."""
    documents = (
        value(t.subject) for t in triples if t.predicate == TYPE and t.object == kz("SourceDocument")
    )
    return next(documents, None)


def _names_of(iri: str, said: Iterable[ox.Triple]) -> names.Names:
    """What a thing is called in each language: its own name, or else that which the project gives it."""
    own: dict[str, str] = {}
    rendered: dict[str, str] = {}
    for t in said:
        if isinstance(t.object, ox.Literal) and value(t.subject) == iri:
            if t.predicate == term("rdfs:label"):
                own[t.object.language or ""] = t.object.value
            elif t.predicate.value == UNOFFICIAL:
                rendered[t.object.language or ""] = t.object.value
    return rendered | own


def _graph(repository: Repository, iri: str, size: int, document: str | None, called: names.Names) -> Triples:
    name = iri.removeprefix(GRAPH)
    source = {language: called.get(language, name) for language in names.SOURCE_GRAPH}
    yield from _about(
        iri,
        ("a", term("void:Dataset")),
        ("a", term("dcat:Dataset")),
        ("a", term("sd:NamedGraph")),
        ("dcterms:license", _node(repository.settings["dataset"]["license"])),
        ("sd:name", _node(iri)),
        ("void:triples", literal(size)),
    )
    yield from _called(iri, names.GRAPHS.get(name) or names.filled(names.SOURCE_GRAPH, source))
    if document:
        yield from _about(iri, ("dcterms:source", _node(document)))
    yield from _about(DATASET, ("void:subset", _node(iri)), ("sd:namedGraph", _node(iri)))


def _distribution(of: str, file: str, media_type: str, dump: Dump | None, release: str) -> Triples:
    iri = f"{ID}distribution/{release}/{file}"
    iana = "https://www.iana.org/assignments/media-types/"
    yield from _about(of, ("dcat:distribution", _node(iri)))
    yield from _about(
        iri,
        ("a", term("dcat:Distribution")),
        ("dcat:downloadURL", _node(f"{BASE}dumps/{release}/{file}")),
        ("dcat:accessURL", _node(f"{BASE}dumps/{release}/{file}")),
        ("dcat:mediaType", _node(iana + media_type)),
        ("dcat:compressFormat", _node(f"{iana}application/gzip")),
    )
    yield from _called(iri, names.filled(names.FILE, file))
    if of == DATASET:
        yield from _about(DATASET, ("void:dataDump", _node(f"{BASE}dumps/{release}/{file}")))
    if dump:
        checksum = f"{iri}/checksum"
        yield from _about(
            iri, ("dcat:byteSize", literal(str(dump.size), "xsd:integer")), ("spdx:checksum", _node(checksum))
        )
        yield from _about(
            checksum,
            ("a", term("spdx:Checksum")),
            ("spdx:algorithm", term("spdx:checksumAlgorithm_sha256")),
            ("spdx:checksumValue", literal(dump.sha256, "xsd:hexBinary")),
        )
        yield from _texts(checksum, "rdfs:label", names.filled(names.CHECKSUM, file))


def _linksets(links: Iterable[ox.Triple]) -> Triples:
    """A linkset a mapping set and predicate, counted from the annotated mappings."""
    mappings: dict[str, dict[str, str]] = {}
    for triple in links:
        mappings.setdefault(value(triple.subject), {})[triple.predicate.value] = value(triple.object)
    owl, groups = PREFIXES["owl"], dict[tuple[str, str], int]()
    for iri, values in mappings.items():
        if predicate := values.get(f"{owl}annotatedProperty"):
            key = iri.rpartition("/")[0], predicate
            groups[key] = groups.get(key, 0) + 1
    for (mapping_set, predicate), number in sorted(groups.items()):
        name, kind = mapping_set.rpartition("/")[2], predicate.replace("#", "/").rpartition("/")[2]
        iri = f"{ID}linkset/{name}/{kind}"
        yield from _about(
            iri,
            ("a", term("void:Linkset")),
            ("void:linkPredicate", _node(predicate)),
            ("void:triples", literal(number)),
            ("void:subjectsTarget", _node(DATASET)),
            ("dcterms:source", _node(mapping_set)),
        )
        yield from _texts(iri, "rdfs:label", names.filled(names.LINKSET, name, compact(predicate)))
        yield from _about(DATASET, ("void:subset", _node(iri)))
