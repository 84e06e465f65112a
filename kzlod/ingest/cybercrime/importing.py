"""The import of a profile: reads the file, gathers all statements, writes every file whole or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kzlod.documents.citations import references
from kzlod.documents.cite import FILE as CITATIONS_FILE
from kzlod.documents.provisions import FILE as PROVISIONS_FILE
from kzlod.documents.text import Document, read_document
from kzlod.errors import DocumentError, InputError, Problem
from kzlod.ingest.cybercrime import front, law, rows
from kzlod.ingest.cybercrime.citing import Citing, profile_form
from kzlod.ingest.cybercrime.content import contents
from kzlod.ingest.cybercrime.differences import differences
from kzlod.ingest.cybercrime.kept import Kept, read_kept
from kzlod.ingest.cybercrime.names import Names, act_names, document_key
from kzlod.ingest.cybercrime.penalties import Penalties, counted, without_circumstance
from kzlod.ingest.cybercrime.sanctioned import offences, suspected
from kzlod.ingest.profile.convention import Convention, read_convention
from kzlod.ingest.profile.read import read_profile
from kzlod.ingest.profile.records import Profile
from kzlod.ingest.profile.report import counts, records
from kzlod.ingest.statements import Statements
from kzlod.ingest.writing import ImportedFiles, by_hand, check_country, derived_files, turtle, write_files
from kzlod.namespaces import ID
from kzlod.terms import LABEL, TYPE, value

_PREFIXES = ("country", "dcterms", "eli", "kzlod", "rdfs", "xsd")
_FILES = (
    "acts",
    "articles",
    "convention",
    "versions",
    "offences",
    "correspondences",
    "differences",
    "profile",
)
_DERIVED = {f"{name}.ttl" for name in _FILES} | {CITATIONS_FILE, PROVISIONS_FILE}
_COMMAND = "kzlod ingest cybercrime-profile"


@dataclass(frozen=True)
class Imported(ImportedFiles):
    """An import of a profile."""

    profile: Profile


def find_convention(vocabulary: Sequence[ox.Triple], name: str) -> tuple[Convention, str]:
    """A convention of the vocabulary graph and its label; InputError when it has no such convention."""
    iri = f"{ID}treaty/{name}"
    label = next(
        (value(t.object) for t in vocabulary if value(t.subject) == iri and t.predicate == LABEL), ""
    )
    convention = read_convention(vocabulary, iri)
    if not label or not convention.articles:
        remedy = (
            "Describe its articles in data/vocabulary/conventions first, or name another by --convention."
        )
        raise InputError(Problem(iri, "is no convention whose structure the vocabulary has", remedy))
    return convention, label


def import_profile(
    file: Path,
    country: str,
    vocabulary: Sequence[ox.Triple],
    convention_name: str,
    date: str,
    data: Path,
    out: Path | None,
) -> tuple[Imported, Path]:
    """The profile in a file as Turtle, and the folder where it belongs.

    `data` is the folder of the source graphs; what people keep is read from data/{country}/{key}, what they
    entered by hand from the folder that is written to. Nothing is written. Raises InputError for a wrong
    country, convention or kept file, DocumentError for a file that is no profile.
    """
    check_country(vocabulary, country)
    convention, label = find_convention(vocabulary, convention_name)
    document = read_document(file)
    profile = read_profile(document, convention)
    if not profile.table.rows:
        what = profile.problems[0].what if profile.problems else "no article of the convention is quoted"
        remedy = (
            "See whether it is the text of a legislation profile (two columns, convention and domestic law)."
        )
        raise DocumentError(Problem(str(file), f"is no profile: {what}", remedy))
    as_of = date or profile.front.version
    if not as_of:
        raise DocumentError(
            Problem(str(file), "does not print the date of its version", "Give it by --date 2020-05-01.")
        )
    home = data / country / document_key(as_of)
    folder = out or home
    kept = read_kept(home)
    keys = (quotation.instrument for quotation in profile.domestic.quotations)
    acts = act_names(profile.domestic.instruments, keys, kept.acts)
    names = Names(country, as_of, convention.iri, label, acts)
    return build(document, profile, names, kept, by_hand(folder, _DERIVED)), folder


def build(
    document: Document, profile: Profile, names: Names, kept: Kept, hand: Sequence[ox.Triple]
) -> Imported:
    """All files of an import: a pure function of the document, what is kept and what was entered by hand."""
    citing = Citing(document, names.source)
    described = {value(triple.subject) for triple in hand if triple.predicate == TYPE}
    cited = [reference.span for reference in references(hand) if reference.source == names.source]
    parts = {name: Statements(described) for name in _FILES}
    quoted = contents(profile.domestic.quotations)
    found = offences(quoted)
    penalties = Penalties(names, citing, kept, parts["offences"])
    penalties.write(found)
    suspects = [
        Problem(
            f"line {document.line_at(text.span.start)}",
            f"{names.label(content.act, content.steps)} may have a sanction that was not understood",
            "Compare it with the document; enter it by hand if it has.",
        )
        for content in quoted
        if all(content is not offence.content for offence in found)
        for text in suspected(content)
    ]
    held = {**penalties.held}
    for iri in described:
        version, _, rest = iri.partition(f"/as-of/{names.date}/")
        if rest:
            held.setdefault(f"{version}/as-of/{names.date}", []).append(iri)
    law.acts(profile, names, citing, parts["acts"])
    law.provisions(quoted, profile.domestic.quotations, names, citing, parts["articles"])
    law.convention(profile, names, citing, parts["convention"])
    front.treaty(profile, names, citing, parts["convention"])
    law.versions(quoted, held, kept, names, citing, parts["versions"])
    rows.correspondences(profile, names, citing, parts["correspondences"])
    by_quotation = {id(quotation): iri for quotation, iri in rows.identified(profile, names)}
    differences(quoted, by_quotation, names, citing, parts["differences"])
    front.source_document(document, profile, names, citing, parts["profile"])
    front.participation(profile, names, cited, citing, parts["profile"])
    unsummarised = front.remarks(profile, names, cited, citing, parts["profile"])
    parts["offences"].move(parts["versions"], lambda iri: iri.endswith(f"/as-of/{names.date}"))
    files = {
        f"{name}.ttl": turtle(part.triples, _COMMAND, _PREFIXES, citing.prefix)
        for name, part in parts.items()
        if part.triples
    }
    triples = [*hand, *(triple for part in parts.values() for triple in part.triples)]
    files |= derived_files(triples, document, names.source, profile_form(profile))
    paths = [(names.path(content.act, content.steps), bool(content.texts)) for content in quoted]
    wanting = [f"summary of {path}" for path, printed in paths if printed and path not in kept.summaries]
    wanting += [
        f"summary of {path}, which the profile does not quote: remove it" for path in unknown(kept, paths)
    ]
    wanting += [f"summary of the {remark}" for remark in unsummarised]
    wanting += [f"circumstances of {place}" for place in without_circumstance(found)]
    problems = [*profile.problems, *penalties.problems, *suspects]
    numbers = {**counts(profile), **counted(found), "problems": len(problems)}
    return Imported(files, document, numbers, problems, wanting, profile)


def unknown(kept: Kept, paths: Iterable[tuple[str, bool]]) -> list[str]:
    """Kept entries for provisions that the profile does not quote."""
    known = {path for path, _ in paths}
    return [path for path in sorted({**kept.summaries, **kept.notes}) if path not in known]


def write(imported: Imported, folder: Path) -> list[Path]:
    """Writes all files of an import, or none; InputError when the folder cannot be written to."""
    files = imported.reported(records(imported.document, imported.profile))
    return write_files(files, folder, _DERIVED - {CITATIONS_FILE})
