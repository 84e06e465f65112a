"""Loading into Virtuoso, and serving from it: a store without a default graph, with limits and habits of its
own.

Needs the Debian package `virtuoso-opensource`; the server is started by hand on loopback, with its own
folder.
"""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from textwrap import dedent

import pytest

from kzlod.engine.base import EngineError, Malformed, Query, Refused, TooExpensive
from kzlod.engine.login import Login
from kzlod.engine.pool import Limits
from kzlod.engine.remote import RemoteEngine
from kzlod.engine.survey import ResultCut
from kzlod.errors import EndpointError
from kzlod.loading.held import UNION, holding_of
from kzlod.loading.load import Target, load
from kzlod.release.published import Release
from tests.loading.conftest import answers, ask

pytestmark = pytest.mark.debian

ROWS = 250


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Virtuoso server of its own that gives at most ROWS rows; yields the address of its endpoint."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("there is no virtuoso-t: apt-get install virtuoso-opensource")
    folder = tmp_path_factory.mktemp("virtuoso")
    with socket.create_server(("127.0.0.1", 0)) as sql, socket.create_server(("127.0.0.1", 0)) as http:
        ports = sql.getsockname()[1], http.getsockname()[1]
    (folder / "virtuoso.ini").write_text(
        dedent(f"""
        [Database]
        DatabaseFile = virtuoso.db
        ErrorLogFile = virtuoso.log
        LockFile = virtuoso.lck
        TransactionFile = virtuoso.trx
        xa_persistent_file = virtuoso.pxa
        FileExtend = 200
        TempStorage = TempDatabase

        [TempDatabase]
        DatabaseFile = virtuoso-temp.db
        TransactionFile = virtuoso-temp.trx

        [Parameters]
        ServerPort = 127.0.0.1:{ports[0]}
        DisableUnixSocket = 1
        CaseMode = 2
        AllowOSCalls = 0
        DirsAllowed = .
        NumberOfBuffers = 4000
        MaxDirtyBuffers = 3000

        [HTTPServer]
        ServerPort = 127.0.0.1:{ports[1]}
        ServerRoot = .
        MaxClientConnections = 4
        ServerThreads = 4

        [SPARQL]
        ResultSetMaxRows = {ROWS}
        MaxQueryExecutionTime = 20
        MaxQueryCostEstimationTime = 400
        """)
    )
    # /dev/null, and a group of its own: what it forks ends with it.
    with subprocess.Popen(
        [program, "+foreground", "+configfile", "virtuoso.ini"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            url = f"http://127.0.0.1:{ports[1]}/sparql"
            answers(url, process)
            yield url
        finally:
            os.killpg(process.pid, 9)


def quiet(step: str) -> None:
    """Takes the name of a step and does nothing."""


@pytest.fixture
def loaded(small: Release, virtuoso: str) -> Release:
    """The small release, loaded."""
    load(small, Target(virtuoso, wait=0, login=Login("dba", "dba"), piece=20_000), quiet)
    return small


def test_a_release_is_loaded_by_a_user_who_may(small: Release, virtuoso: str) -> None:
    for login in (None, Login("dba", "wrong")):
        with pytest.raises(EndpointError, match=r"status 401\n.*--user"):
            load(small, Target(virtuoso, wait=0, login=login), quiet, again=True)
    target = Target(virtuoso, wait=0, login=Login("dba", "dba"), piece=20_000)
    first = load(small, target, quiet, again=True)
    assert not first.own_default
    assert load(small, target, quiet).written == ()
    count = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{UNION}> {{ ?s ?p ?o }} }}"
    assert ask(virtuoso, count) == [str(small.manifest["triples"])]


def test_it_answers_as_the_embedded_engine_does(
    loaded: Release, virtuoso: str, agree: Callable[..., None]
) -> None:
    agree(loaded, virtuoso)


def test_its_limits_and_habits_are_known(loaded: Release, virtuoso: str) -> None:
    async def work() -> None:
        async with RemoteEngine(virtuoso, Limits(), holding=holding_of(loaded)) as engine:
            assert engine.traits.row_limit == ROWS
            assert engine.traits.leaky
            assert engine.traits.dataset == ((UNION,), holding_of(loaded).graphs)
            everything = "SELECT * { ?s ?p ?o }"
            errors: list[tuple[str, type[EngineError]]] = [
                (everything, ResultCut),
                ("CONSTRUCT WHERE { ?s ?p ?o }", ResultCut),
                ("SELECT (<bif:sys_stat>('st_dbms_name') AS ?x) {}", Refused),
                ("define get:soft 'replace' SELECT * { ?s ?p ?o }", Refused),
                ("SELECT * { ?s ?p }", Malformed),
                (
                    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }",
                    TooExpensive,
                ),
            ]
            for text, error in errors:
                with pytest.raises(error):
                    await engine.run(Query(text), "c")
            result = await engine.run(Query(f"{everything} LIMIT {ROWS}", solutions="text/csv"), "c")
            body = b"".join([chunk async for chunk in result])
            await result.aclose()
            assert body.count(b"\r\n") == ROWS + 1

    asyncio.run(work())
