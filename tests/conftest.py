"""What many tests need: the repository, the documents if they are there, and a tiny repository of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from kzlod.documents.text import Document
from kzlod.errors import ReleaseError
from kzlod.release.build import build_release
from kzlod.release.published import Release
from kzlod.reports import write_citations

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI=true, nothing may be skipped: what a test needs must be there."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of this repository."""
    return ROOT


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder with the source documents; tests that need it are skipped where it is not."""
    if not SEEDS.is_dir():
        pytest.skip("the source documents are not beside the repository")
    return SEEDS


DOCUMENT = "The Treaty.\n\nState A and State B will cooperate. It has 12 articles.\n"


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A repository with one shape, one document and one treaty, from which a release can be made."""
    document = Document(Path("news.txt"), DOCUMENT.encode())
    files = {
        "documents/news.txt": DOCUMENT,
        "requirements.lock": "",
        "release.toml": """
            version = "1.2.3"
            date = 2026-01-02
            [dataset]
            license = "https://creativecommons.org/licenses/by/4.0/"
            publisher = "Somebody"
            title = { en = "Tiny", ru = "Малый", kk = "Кіші" }
            description = { en = "A tiny data set" }
            """,
        "ontology/terms.ttl": """
            @prefix kzlod: <https://w3id.org/kzlod/ontology#> .
            @prefix owl: <http://www.w3.org/2002/07/owl#> .
            @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
            kzlod:Treaty a owl:Class ; rdfs:label "Treaty"@en ; rdfs:subClassOf kzlod:Act .
            kzlod:Act a owl:Class ; rdfs:label "Act"@en ; owl:disjointWith kzlod:Citation .
            kzlod:Citation a owl:Class ; rdfs:label "Citation"@en .
            kzlod:SourceDocument a owl:Class ; rdfs:label "Source document"@en .
            kzlod:sha256 a owl:DatatypeProperty ; rdfs:label "hash"@en .
            kzlod:characters a owl:DatatypeProperty ; rdfs:label "characters"@en .
            kzlod:inDocument a owl:ObjectProperty ; rdfs:label "in"@en .
            kzlod:start a owl:DatatypeProperty ; rdfs:label "start"@en .
            kzlod:end a owl:DatatypeProperty ; rdfs:label "end"@en .
            kzlod:firstLine a owl:DatatypeProperty ; rdfs:label "first line"@en .
            kzlod:lastLine a owl:DatatypeProperty ; rdfs:label "last line"@en .
            kzlod:locator a owl:DatatypeProperty ; rdfs:label "locator"@en .
            """,
        "shapes/source/treaties.ttl": """
            @prefix kzlod: <https://w3id.org/kzlod/ontology#> .
            @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
            @prefix sh: <http://www.w3.org/ns/shacl#> .
            @prefix shapes: <https://w3id.org/kzlod/shapes#> .
            shapes:Treaty a sh:NodeShape ; sh:targetClass kzlod:Treaty ; sh:property shapes:Treaty-label .
            shapes:Treaty-label a sh:PropertyShape ; sh:path rdfs:label ; sh:minCount 1 ;
                sh:message "A treaty needs a label."@en .
            """,
        "shapes/union/empty.ttl": "",
        "shapes/vocabulary.ttl": "",
        "shapes/translations.ttl": "",
        "shapes/links.ttl": "",
        "shapes/inferred.ttl": "",
        "queries/competency/treaties.rq": """
            # title@en: Which treaties are there?
            SELECT ?t WHERE { ?t a <https://w3id.org/kzlod/ontology#Treaty> }
            """,
        "data/KAZ/news/news.ttl": f"""
            @prefix c: <https://w3id.org/kzlod/id/source/KAZ/news/text/{document.sha256[:8]}/chars/> .
            @prefix dcterms: <http://purl.org/dc/terms/> .
            @prefix kzlod: <https://w3id.org/kzlod/ontology#> .
            @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
            <https://w3id.org/kzlod/id/source/KAZ/news> a kzlod:SourceDocument ; rdfs:label "News"@en ;
                kzlod:sha256 "{document.sha256}" ; kzlod:characters {len(DOCUMENT)} .
            <https://w3id.org/kzlod/id/treaty/a-b> a kzlod:Treaty ; rdfs:label "Treaty of A and B"@en ;
                dcterms:source c:13-48 .
            """,
    }
    folder = tmp_path / "tiny repository"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
    assert [number for _, number in write_citations(folder, folder / "documents")] == [1]
    return folder


@pytest.fixture(scope="session")
def published(root: Path) -> Release:
    """A release of this repository, made once for all tests and kept until an input changes."""
    for _ in range(900):
        try:
            return build_release(root, root / ".cache" / "releases", lambda step: None)[0]
        except ReleaseError as error:
            if "another release is being made" not in str(error):
                raise
            time.sleep(1)  # another test process is making it
    raise TimeoutError("another process has been making the release for a quarter of an hour")


@pytest.fixture(scope="module")
def server(published: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that serves the release."""
    log = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, "-m", "kzlod", "serve", "--port", "0", "--release", str(published.path)]
    with log.open("w") as output, subprocess.Popen(command, stderr=output, cwd=ROOT) as process:
        try:
            for _ in range(600):
                if found := re.search(r"http://[\d.]+:\d+", log.read_text("utf-8")):
                    break
                assert process.poll() is None, log.read_text("utf-8")
                time.sleep(0.1)
            assert found, log.read_text("utf-8")
            yield found[0]
        finally:
            process.terminate()
