"""Links to the identifiers of others: SSSOM mapping sets (SSSOM/TSV 1.1) turned into triples.

A file is a comment header of `#key: value` lines, with the prefixes below `#curie_map:`, and
a tab-separated table of one mapping a row. A row gives the plain triple and an `owl:Axiom`
that says why it holds and where that can be seen: `mapping_provider` is the versioned
publication, `comment` the place in it. Axioms have IRIs, because our data have no blank nodes.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyoxigraph as ox

from kzlod.errors import InputError, Problem
from kzlod.namespaces import ID
from kzlod.terms import LABEL, TYPE, literal, term

LINK = f"{ID}link/"

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>\"{}|\\^`]+")
_HEADER = ("mapping_set_id", "mapping_set_title", "mapping_set_version", "license")


@dataclass(frozen=True, slots=True)
class _Column:
    """A slot of SSSOM: the property that carries it, what its cells hold, whether they must be filled."""

    predicate: ox.NamedNode
    holds: str = "text"
    required: bool = False


_COLUMNS: Mapping[str, _Column] = {
    "subject_id": _Column(term("owl:annotatedSource"), "curie", True),
    "subject_label": _Column(term("sssom:subject_label"), required=True),
    "predicate_id": _Column(term("owl:annotatedProperty"), "curie", True),
    "object_id": _Column(term("owl:annotatedTarget"), "curie", True),
    "object_label": _Column(term("sssom:object_label"), required=True),
    "mapping_justification": _Column(term("sssom:mapping_justification"), "curie", True),
    "subject_source": _Column(term("sssom:subject_source"), "curie"),
    "object_source": _Column(term("sssom:object_source"), "curie"),
    "object_source_version": _Column(term("sssom:object_source_version")),
    "mapping_provider": _Column(term("sssom:mapping_provider"), "iri", True),
    "comment": _Column(term("rdfs:comment"), required=True),
}


@dataclass(slots=True)
class _Header:
    """The header of a file, the lines it takes, and the prefixes it declares."""

    lines: int = 0
    values: dict[str, str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)


def read_links(text: str, file: str) -> list[ox.Triple]:
    """The triples of an SSSOM/TSV text: the mapping set, each mapping, and its axiom.

    `file` names the text in errors. InputError with every problem found: a header key,
    column or required cell that is missing, a prefix that is not declared, an identifier
    that is not an absolute IRI, a pair that is mapped twice.
    """
    header = _read_header(text)
    problems = list(_header_problems(header, file))
    if problems:
        raise InputError(*problems)
    triples = list(_describe_set(header))
    mapped: dict[str, int] = {}
    for line, row in _read_rows(text, header, file):
        where = f"{file}:{line}"
        cells, wrong = _read_cells(row, header.prefixes, where)
        key = _key(row)
        if not wrong and key in mapped:
            wrong.append(
                Problem(
                    where,
                    f"maps {row['subject_id']} to {row['object_id']}, as line {mapped[key]} does",
                    "Keep one.",
                )
            )
        problems += wrong
        mapped.setdefault(key, line)
        if not wrong:
            triples += _describe_mapping(header.values["mapping_set_id"], key, cells, row)
    if problems:
        raise InputError(*problems)
    return triples


def _read_header(text: str) -> _Header:
    """The leading `#` lines: `key: value`, and indented ones below `curie_map`."""
    header = _Header()
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        header.lines += 1
        name, _, value = line[1:].partition(":")
        entries = header.prefixes if name[:1].isspace() else header.values
        entries[name.strip()] = value.strip().strip("\"'")
    return header


def _header_problems(header: _Header, file: str) -> Iterator[Problem]:
    """What the header lacks or has wrong."""
    where = f"{file}:1"
    for key in _HEADER:
        if not header.values.get(key):
            yield Problem(where, f"the header has no {key}", f"Add a line #{key}: …")
    if (licence := header.values.get("license")) and not _node(licence):
        yield Problem(where, f"license is {licence!r}, no absolute IRI", "Write the IRI of the licence.")
    if (day := header.values.get("mapping_date")) and not _is_date(day):
        yield Problem(where, f"mapping_date is {day!r}, no date", "Write it as 2026-01-31.")
    if not header.prefixes:
        yield Problem(
            where, "the header declares no prefixes", "Add #curie_map: and below it #  prefix: IRI."
        )
    for prefix, iri in header.prefixes.items():
        if not _IRI.fullmatch(iri) and not re.fullmatch(r"https?://", iri):
            yield Problem(where, f"prefix {prefix} stands for {iri!r}, no absolute IRI", "Write it in full.")
    name = header.values.get("mapping_set_id", "")
    if name and not re.fullmatch(re.escape(LINK) + r"[a-z0-9-]+", name):
        yield Problem(where, f"mapping_set_id is {name!r}", f"Write {LINK} and a name in lower case.")


def _is_date(text: str) -> bool:
    """Whether the text is a calendar date, written year-month-day (ISO 8601)."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _read_rows(text: str, header: _Header, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row as column → cell, with its line; InputError when columns or cells do not fit."""
    reader = csv.reader(text.splitlines(keepends=True)[header.lines :], dialect="excel-tab", strict=True)
    columns: Sequence[str] = ()
    try:
        for row in reader:
            line = header.lines + reader.line_num
            if not columns:
                columns = row
                _check_columns(columns, f"{file}:{line}")
            elif len(row) != len(columns):
                what = f"has {len(row)} cells where the table has {len(columns)} columns"
                raise InputError(Problem(f"{file}:{line}", what, "Separate cells by exactly one tab."))
            else:
                yield line, {name: cell.strip() for name, cell in zip(columns, row, strict=True)}
    except csv.Error as error:
        where = f"{file}:{header.lines + reader.line_num}"
        raise InputError(Problem(where, str(error), "Close or double the quotation mark.")) from error
    if not columns:
        raise InputError(Problem(f"{file}:{header.lines + 1}", "has no table", "Add a line of column names."))


def _check_columns(columns: Sequence[str], where: str) -> None:
    """InputError for a required column that is missing, and for one that is unknown or repeated."""
    required = [name for name, column in _COLUMNS.items() if column.required]
    problems = [
        Problem(where, f"the table has no column {name}", "Add it to the line of column names.")
        for name in required
        if name not in columns
    ]
    problems += [
        Problem(where, f"column {name!r} is not known here", f"Known: {', '.join(_COLUMNS)}.")
        for name in columns
        if name not in _COLUMNS
    ]
    problems += [
        Problem(where, f"column {name} stands twice", "Keep one.")
        for name in _COLUMNS
        if list(columns).count(name) > 1
    ]
    if problems:
        raise InputError(*problems)


def _read_cells(
    row: Mapping[str, str], prefixes: Mapping[str, str], where: str
) -> tuple[dict[str, ox.NamedNode | ox.Literal], list[Problem]]:
    """The cells of a row as terms, and what is wrong with them; empty optional cells are left out."""
    cells: dict[str, ox.NamedNode | ox.Literal] = {}
    problems = []
    for name, cell in row.items():
        column = _COLUMNS[name]
        prefix, colon, local = cell.partition(":")
        iri = prefixes.get(prefix, "") + local if column.holds == "curie" else cell
        if not cell:
            if column.required:
                problems.append(Problem(where, f"{name} is empty", "Fill it, or take the row out."))
        elif column.holds == "text":
            cells[name] = literal(cell)
        elif column.holds == "curie" and not (colon and prefix in prefixes):
            remedy = f"Write prefix:name with a prefix of curie_map ({', '.join(prefixes)})."
            problems.append(Problem(where, f"{name} {cell!r} has no declared prefix", remedy))
        elif node := _node(iri):
            cells[name] = node
        else:
            problems.append(Problem(where, f"{name} {cell!r} is not an absolute IRI", "Write a whole IRI."))
    return cells, problems


def _node(iri: str) -> ox.NamedNode | None:
    """The IRI as a node, None when it is not an absolute IRI with an authority."""
    try:
        return ox.NamedNode(iri) if _IRI.fullmatch(iri) else None
    except ValueError:
        return None


def _key(row: Mapping[str, str]) -> str:
    """The last step of the axiom's IRI: `KAZ-wikidata-Q232` for country:KAZ and wikidata:Q232."""
    subject = row["subject_id"].partition(":")[2]
    return re.sub(r"[^A-Za-z0-9_]+", "-", f"{subject}-{row['object_id']}").strip("-")


def _describe_set(header: _Header) -> Iterator[ox.Triple]:
    """The mapping set as a resource."""
    values = header.values
    name = ox.NamedNode(values["mapping_set_id"])
    yield ox.Triple(name, TYPE, term("sssom:MappingSet"))
    yield ox.Triple(name, LABEL, ox.Literal(values["mapping_set_title"], language="en"))
    yield ox.Triple(name, term("dcterms:title"), ox.Literal(values["mapping_set_title"], language="en"))
    yield ox.Triple(name, term("dcterms:license"), ox.NamedNode(values["license"]))
    yield ox.Triple(name, term("owl:versionInfo"), literal(values["mapping_set_version"]))
    if description := values.get("mapping_set_description"):
        yield ox.Triple(name, term("dcterms:description"), ox.Literal(description, language="en"))
    if day := values.get("mapping_date"):
        yield ox.Triple(name, term("dcterms:created"), literal(day, "xsd:date"))


def _describe_mapping(
    mapping_set: str, key: str, cells: Mapping[str, ox.NamedNode | ox.Literal], row: Mapping[str, str]
) -> Iterator[ox.Triple]:
    """The mapping itself and its axiom; the axiom belongs to the set by `sssom:mappings`."""
    axiom = ox.NamedNode(f"{mapping_set}/{key}")
    subject, predicate, value = (cells[name] for name in ("subject_id", "predicate_id", "object_id"))
    assert isinstance(subject, ox.NamedNode)
    assert isinstance(predicate, ox.NamedNode)
    yield ox.Triple(subject, predicate, value)
    yield ox.Triple(ox.NamedNode(mapping_set), term("sssom:mappings"), axiom)
    yield ox.Triple(axiom, TYPE, term("owl:Axiom"))
    label = f"{row['subject_label']} – {row['object_label']} ({row['object_id'].rstrip('/')})"
    yield ox.Triple(axiom, LABEL, ox.Literal(label, language="en"))
    for name, cell in cells.items():
        yield ox.Triple(axiom, _COLUMNS[name].predicate, cell)
