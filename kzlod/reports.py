"""What the commands about documents do and print: citations written, verified, coverage shown."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kzlod.documents.citations import references, source_hashes, verify
from kzlod.documents.cite import FILE as CITATIONS_FILE
from kzlod.documents.cite import citations_turtle, find_passage
from kzlod.documents.coverage import FILE as COVERAGE_FILE
from kzlod.documents.coverage import Coverage, ItemCount, measure, read_expectations
from kzlod.documents.provisions import FILE as PROVISIONS_FILE
from kzlod.documents.provisions import provisions_turtle
from kzlod.documents.structure import PLAIN, Form
from kzlod.documents.text import Document, Span, read_documents
from kzlod.errors import DocumentError, InputError, Problem
from kzlod.ingest.cepej.read import read_questionnaire
from kzlod.ingest.cepej.records import Questionnaire
from kzlod.ingest.cybercrime.citing import profile_form
from kzlod.ingest.cybercrime.completeness import item_counts
from kzlod.ingest.profile.convention import conventions, read_convention
from kzlod.ingest.profile.pages import has_table
from kzlod.ingest.profile.read import read_profile
from kzlod.ingest.profile.records import Profile
from kzlod.ingest.questionnaire.citing import questionnaire_form
from kzlod.ingest.questionnaire.codes import question_step, read_codes
from kzlod.ingest.questionnaire.completeness import cell_counts
from kzlod.namespaces import GRAPH
from kzlod.repository import Graph, Repository, read_repository
from kzlod.terms import LABEL, value
from kzlod.turtle import read_turtle


def write_citations(root: Path, folder: Path) -> Iterator[tuple[Path, int]]:
    """Describes every citation of the documents in `folder`; yields each file written and its count.

    Every file is written whole or not at all. Raises InputError for a citation outside its document.
    """
    documents = read_documents(folder)
    repository = read_repository(root)
    cited = references(triple for graph in repository.graphs.values() for triple in graph.triples)
    for graph in repository.sources:
        at_hand = _documents_of(graph, documents)
        mine = {reference for reference in cited if reference.source in at_hand}
        if not mine:
            continue
        path = root / "data" / graph.name / CITATIONS_FILE
        forms = {iri: form_of(repository, document) for iri, document in at_hand.items()}
        try:
            text = citations_turtle(mine, at_hand, forms)
        except InputError as error:
            raise InputError(*(_placed(repository, problem) for problem in error.problems)) from error
        _replace(path, text)
        yield path, len(mine)


def write_provisions(root: Path) -> Iterator[tuple[Path, int]]:
    """Describes every provision that the source graphs name; yields each file written and its count.

    Raises InputError for a provision of an instrument that nothing describes.
    """
    repository = read_repository(root)
    labels = {
        value(triple.subject): value(triple.object)
        for graph in repository.graphs.values()
        for triple in graph.triples
        if triple.predicate == LABEL
        and isinstance(triple.object, ox.Literal)
        and triple.object.language == "en"
    }
    for graph in repository.sources:
        path = root / "data" / graph.name / PROVISIONS_FILE
        derived = set(read_turtle(path).triples) if path.is_file() else set()
        text, number = provisions_turtle((t for t in graph.triples if t not in derived), labels)
        if number:
            _replace(path, text)
            yield path, number
        elif derived:
            path.unlink()
            yield path, 0


def form_of(repository: Repository, document: Document) -> Form:
    """The form of a document's text: of a legislation profile, a questionnaire, or plain."""
    profile = profile_of(repository, document)
    if profile:
        return profile_form(profile)
    questionnaire = questionnaire_of(repository, document)
    return questionnaire_form(questionnaire) if questionnaire else PLAIN


def questionnaire_of(repository: Repository, document: Document) -> Questionnaire | None:
    """The questionnaire that a document is, if most of its questions are in the vocabulary; else None."""
    vocabulary = repository.graphs.get("vocabulary")
    codes = read_codes(vocabulary.triples if vocabulary else (), "")
    questionnaire = read_questionnaire(document, codes.unnumbered)
    known = [entry for entry in questionnaire.entries if question_step(entry.code) in codes.questions]
    return questionnaire if len(known) > len(questionnaire.entries) / 2 else None


def profile_of(repository: Repository, document: Document) -> Profile | None:
    """The legislation profile that a document is, by the convention that it quotes; None for others."""
    if not has_table(document):
        return None
    vocabulary = repository.graphs["vocabulary"].triples
    profiles = [read_profile(document, read_convention(vocabulary, iri)) for iri in conventions(vocabulary)]
    best = max(profiles, key=lambda profile: len(profile.table.rows), default=None)
    return best if best and best.table.rows else None


def _placed(repository: Repository, problem: Problem) -> Problem:
    """The problem of an IRI with the file and line of what names it in front."""
    return Problem(repository.place(problem.where), f"<{problem.where}> {problem.what}", problem.remedy)


def _replace(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    temporary = path.with_suffix(".new")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)


def show_passages(out: Console, folder: Path, words: str) -> None:
    """Prints where the words stand in each document of the folder; DocumentError when nowhere."""
    table = Table("document", "lines", "text")
    table.add_column("citation step", no_wrap=True)
    for document in read_documents(folder).values():
        for span in find_passage(document, words):
            lines = f"{document.line_at(span.start)}–{document.line_at(span.end - 1)}"
            step = f"{document.sha256[:8]}/chars/{span.start}-{span.end}"
            table.add_row(document.path.name, lines, escape(_excerpt(document, span)), step)
    if not table.row_count:
        raise DocumentError(
            Problem(
                str(folder), f"no document has the words {words!r}", "Copy them from the text; case counts."
            )
        )
    out.print(table)


def verify_citations(out: Console, root: Path, folder: Path) -> bool:
    """Checks every citation against the documents in `folder`; prints the outcome, says whether all hold."""
    repository = read_repository(root)
    result = verify((t for graph in repository.sources for t in graph.triples), read_documents(folder))
    for problem in result.wrong:
        out.print(
            f"[red]✗[/red] {escape(repository.place(problem.where))}: {escape(str(problem))}", soft_wrap=True
        )
    for source, number in sorted(result.unavailable.items()):
        out.print(
            f"[yellow]?[/yellow] {number} citations of {source}: its text is not in {folder}", soft_wrap=True
        )
    unchecked = sum(result.unavailable.values())
    out.print(f"{result.right} citations right, {len(result.wrong)} wrong, {unchecked} unchecked")
    return not result.wrong and result.right > 0


def coverage(out: Console, root: Path, folder: Path) -> bool:
    """Prints how complete each source graph is whose document is in `folder`; says whether all are."""
    documents = read_documents(folder)
    repository = read_repository(root)
    results = [
        (graph, document, _measure(repository, graph, document))
        for graph in repository.sources
        for document in _documents_of(graph, documents).values()
    ]
    for graph, document, result in results:
        _print_coverage(out, graph, document, result)
    imported = {document.sha256 for _, document, _ in results}
    for sha256, document in documents.items():
        if sha256 not in imported:
            out.print(f"{document.path.name}: no graph describes this document", soft_wrap=True)
    if not results:
        raise DocumentError(
            Problem(
                str(folder), "holds no document that the data cite", "Name the folder with the documents."
            )
        )
    return all(result.complete for _, _, result in results)


def _measure(repository: Repository, graph: Graph, document: Document) -> Coverage:
    path = repository.root / "data" / graph.name / COVERAGE_FILE
    items: Iterable[ItemCount] = ()
    form = PLAIN
    if profile := profile_of(repository, document):
        form, items = profile_form(profile), item_counts(document, profile, graph.triples)
    elif questionnaire := questionnaire_of(repository, document):
        form, items = questionnaire_form(questionnaire), cell_counts(questionnaire, graph.triples)
    coverage = measure(document, graph.triples, read_expectations(path), form)
    return replace(coverage, counts=(*coverage.counts, *items))


def _documents_of(graph: Graph, documents: Mapping[str, Document]) -> Mapping[str, Document]:
    """The texts at hand of the source documents that a graph describes, by the document's IRI."""
    hashes = source_hashes(graph.triples)
    return {iri: documents[sha256] for iri, sha256 in hashes.items() if sha256 in documents}


def _print_coverage(out: Console, graph: Graph, document: Document, result: Coverage) -> None:
    out.print(f"\n[bold]{graph.iri.removeprefix(GRAPH)}[/bold] ({document.path.name})")
    sections = Table("section", "sentences", "covered", "not covered")
    for section in result.sections:
        gaps = len(section.gaps)
        sections.add_row(section.name, str(section.sentences), str(section.sentences - gaps), str(gaps or ""))
    out.print(sections)
    for section in result.sections:
        for gap in section.gaps:
            place = f"line {document.line_at(gap.start)}, characters {gap.start}-{gap.end}"
            out.print(f"[red]✗[/red] {place}: {escape(_excerpt(document, gap))}", soft_wrap=True)
    counts = Table("counted", "in the text", "in the graph", "missing", "without a counterpart")
    for item in result.counts:
        row = (item.found, item.in_graph, len(item.missing) or "", len(item.extra) or "")
        counts.add_row(item.what, *map(str, row))
    out.print(counts)
    for item in result.counts:
        for span in item.missing:
            line = f"line {document.line_at(span.start)}: {escape(_excerpt(document, span))}"
            out.print(f"  {item.what}: nothing in the graph for {line}", soft_wrap=True)
        for thing in item.extra:
            out.print(f"  {item.what}: nothing recognised in the text for <{thing}>", soft_wrap=True)
        if item.explanation:
            out.print(f"  {item.what}: {escape(item.explanation)}", soft_wrap=True)


def _excerpt(document: Document, span: Span, width: int = 80) -> str:
    """The beginning of a passage, on one line."""
    text = " ".join(document.passage(span).split())
    return text if len(text) <= width else text[: width - 1] + "…"
