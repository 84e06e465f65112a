"""Shapes in plain words of the reader's language: for what, how many values, which values, what else."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kzlod.namespaces import BASE
from kzlod.web.addresses import document_path, last_step
from kzlod.web.i18n import Name, Texts
from kzlod.web.names import Namer, Value
from kzlod.web.shacl import SH, Constraint, Message, Node, Query, Shape

_TARGET_CLASS = "targetClass"


@dataclass(frozen=True, slots=True)
class Line:
    """A condition in words: `text` begins, values and codes go on, inner shapes are what it is about."""

    text: str
    values: tuple[Value, ...] = ()
    codes: tuple[str, ...] = ()
    inner: tuple["ShapeView", ...] = ()


@dataclass(frozen=True, slots=True)
class QueryView:
    """A condition in SPARQL: what it says when it is not met, and the query."""

    messages: tuple[Name, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ShapeView:
    """A shape as the page shows it; `anchor` is empty for a shape without a name of its own.

    `path`: the alternatives of the property, each a sequence of (property, followed backwards).
    """

    anchor: str
    targets: tuple[Line, ...]
    path: tuple[tuple[tuple[Value, bool], ...], ...]
    how_many: str
    lines: tuple[Line, ...]
    properties: tuple["ShapeView", ...]
    queries: tuple[QueryView, ...]
    messages: tuple[Name, ...]
    severity: str
    is_violation: bool
    ignored: tuple[Value, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes that belong together; `kind`: class (the things of one), classes (of several), property (where

    one is used) or shared (what other shapes refer to).
    """

    kind: str
    thing: Value | None
    shapes: tuple[ShapeView, ...]


def grouped(shapes: Iterable[Shape], namer: Namer) -> tuple[Group, ...]:
    """All shapes in words: by class, then those for several classes, for values of properties, for others."""
    by_class: defaultdict[str, list[Shape]] = defaultdict(list)
    several: list[Shape] = []
    elsewhere: list[Shape] = []
    shared: list[Shape] = []
    for one in shapes:
        classes = one.targets_of(_TARGET_CLASS)
        if len(classes) == 1 and len(one.targets) == 1:
            by_class[classes[0]].append(one)
        else:
            (several if classes else elsewhere if one.targets else shared).append(one)
    groups = [
        Group("class", namer.thing(iri), _views(sorted(found, key=_closed_first), namer))
        for iri, found in by_class.items()
    ]
    groups.sort(key=lambda one: namer.order(one.thing))
    for kind, found in (("classes", several), ("property", elsewhere), ("shared", shared)):
        if found:
            groups.append(Group(kind, None, _views(found, namer)))
    return tuple(groups)


def concerned(shapes: Iterable[Shape]) -> Mapping[str, Sequence[str]]:
    """The terms that shapes speak of, each with the IRIs of these shapes, those about it first."""
    about: defaultdict[str, dict[str, None]] = defaultdict(dict)
    also: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for one in shapes:
        for inner in (one, *one.properties):
            own = {iri for _, iri in inner.targets} | {step.iri for way in inner.path for step in way}
            for term in inner.terms():
                (about if term in own else also)[term][inner.iri or one.iri] = None
    return {term: list(dict.fromkeys((*about[term], *also[term]))) for term in (about.keys() | also.keys())}


def shape_link(iri: str) -> Value:
    """A shape as a link to its place on the page."""
    return Value(Name(last_step(iri), "", made_up=True), document_path(iri), "thing", iri)


def _closed_first(shape: Shape) -> tuple[bool, str]:
    return not shape.closed, shape.iri


def _views(shapes: Iterable[Shape], namer: Namer) -> tuple[ShapeView, ...]:
    return tuple(_view(one, namer) for one in shapes)


def _view(shape: Shape, namer: Namer) -> ShapeView:
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for kind, iri in shape.targets:
        by_kind[kind].append(iri)
    severity = last_step(shape.severity)
    return ShapeView(
        last_step(shape.iri) if shape.iri else "",
        tuple(
            Line(namer.texts(f"shape.{kind}"), tuple(namer.thing(iri) for iri in iris))
            for kind, iris in by_kind.items()
        ),
        tuple(tuple((namer.thing(step.iri), step.backward) for step in way) for way in shape.path),
        how_many(shape.least, shape.most, namer.texts) if shape.path else "",
        tuple(_line(one, namer) for one in shape.constraints),
        tuple(_view(one, namer) for one in shape.properties),
        tuple(_query(one, namer) for one in shape.queries),
        tuple(_message(one, namer) for one in shape.messages),
        namer.texts.get(f"shape.severity_{severity}") or severity,
        shape.severity == f"{SH}Violation",
        tuple(namer.thing(iri) for iri in shape.ignored),
        shape.closed,
    )


def how_many(least: int | None, most: int | None, texts: Texts) -> str:
    """How many values there are to be, in words."""
    lower = least or 0
    if most is None:
        return texts("shape.any_number") if not lower else _counted("at_least", lower, texts)
    if most == 0:
        return texts("shape.none")
    if lower == most:
        return _counted("exactly", lower, texts)
    if not lower:
        return _counted("at_most", most, texts)
    return texts("shape.between", least=texts.number(lower), most=texts.number(most))


def _counted(key: str, number: int, texts: Texts) -> str:
    return texts(f"shape.{key}_one") if number == 1 else texts(f"shape.{key}", number=texts.number(number))


def _line(one: Constraint, namer: Namer) -> Line:
    text = namer.texts.get(f"shape.{one.kind}") or f"sh:{one.kind}"
    inner = tuple(_view(shape, namer) for shape in one.inner)
    if one.kind == "pattern":
        codes = tuple(_readable(term) for term in one.terms)
        return Line(text, tuple(namer.thing(iri) for iri in map(_scheme, codes) if namer.knows(iri)), codes)
    if one.kind == "languageIn":
        tags = [term.value for term in one.terms if isinstance(term, Literal)]
        return Line(text, tuple(Value(Name(namer.language_name(tag), ""), None, "text") for tag in tags))
    if one.kind in ("datatype", "nodeKind"):
        return Line(text, tuple(_kind(term, namer) for term in one.terms))
    return Line(text, tuple(_value(term, namer) for term in one.terms), (), inner)


def _value(term: Node, namer: Namer) -> Value:
    if isinstance(term, NamedNode | Literal):
        return namer.value(term)
    return Value(Name(str(term), "", made_up=True), None, "code")


def _kind(term: Node, namer: Namer) -> Value:
    """A datatype or a kind of node in words, the term itself on pointing."""
    iri = term.value if isinstance(term, NamedNode) else str(term)
    known = namer.texts.get(f"datatype.{last_step(iri)}")
    if known is None:
        return namer.thing(iri)
    return Value(Name(known, namer.language), None, "text", iri)


def _readable(term: Node) -> str:
    """A pattern without what every pattern has: its ends, escaped dots, and our base."""
    text = term.value if isinstance(term, Literal) else str(term)
    return text.removeprefix("^").removesuffix("$").replace(r"\.", ".").replace(BASE, "")


def _scheme(code: str) -> str:
    """The scheme or container of which a pattern asks for a member: what is before its last step."""
    plain = re.match(r"[a-zA-Z0-9/_-]*", code)
    return BASE + plain[0].rpartition("/")[0] if plain else BASE


def _query(one: Query, namer: Namer) -> QueryView:
    lines = one.text.strip("\n").splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return QueryView(
        tuple(_message(message, namer) for message in one.messages),
        "\n".join(line[margin:].rstrip() for line in lines).strip(),
    )


def _message(one: Message, namer: Namer) -> Name:
    return Name(one.text, one.language, fallback=one.language not in (namer.language, ""))
