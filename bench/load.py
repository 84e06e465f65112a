"""The load generator: a process of its own that asks a server, times the answers and checks them all.

    python -m bench.load < plan.json > outcome.json

The clock runs from sending a request to the last byte of its answer; answers are kept as they are and
checked after the last of them, so that checking costs the server nothing.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.wire import Answer, Connection, connect

ROOT = Path(__file__).resolve().parent.parent
RESULTS = "application/sparql-results+json"
_AFTER = 1.0  # seconds to wait before a connection that broke is opened anew
_SHOWN = 200  # bytes of an answer that say what was wrong


@dataclass(frozen=True, slots=True)
class Request:
    """A GET request, and what a right answer is.

    `rows` is the number of solutions (of JSON results), `triples` the least number of triples (of
    Turtle), `size` the length in bytes; None where it is not checked. `status` None: any will do.
    """

    path: str
    accept: str = "*/*"
    status: int | None = 200
    rows: int | None = None
    triples: int | None = None
    size: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def written(self, host: str) -> bytes:
        """The request as it goes over the wire."""
        fields = {"Host": host, "Accept": self.accept, **self.headers}
        lines = [f"GET {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        return "\r\n".join([*lines, "", ""]).encode("ascii")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask whom: in a closed loop, or with `rate` (requests a second) at fixed times.

    `sources` are the addresses of the connections, one after the other; `patience` is how many seconds
    after the end answers are waited for.
    """

    port: int
    requests: Sequence[Request]
    connections: int = 1
    seconds: float = 2.0
    most: int = 5000
    rate: float | None = None
    sources: Sequence[str] = ()
    patience: float = 20.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured: seconds of each right answer, how long all took, what went wrong."""

    latencies: Sequence[float]
    elapsed: float
    received: int
    statuses: Mapping[str, int]
    wrong: int
    example: str

    @property
    def throughput(self) -> float:
        """Right answers a second."""
        return len(self.latencies) / self.elapsed if self.elapsed else 0.0

    def percentile(self, share: float) -> float | None:
        """The time in seconds that this share of the answers did not exceed (None: no answer)."""
        ordered = sorted(self.latencies)
        return ordered[max(0, -int(-share * len(ordered) // 1) - 1)] if ordered else None


def run(plan: Plan) -> Outcome:
    """Carries out the plan in a process of its own; RuntimeError when that fails."""
    return finish(start(plan))


def start(plan: Plan) -> subprocess.Popen[bytes]:
    """Begins a plan in a process of its own; `finish` waits for it."""
    with tempfile.TemporaryFile() as given:
        given.write(json.dumps(asdict(plan)).encode())
        given.seek(0)
        return subprocess.Popen(
            [sys.executable, "-m", "bench.load"],
            cwd=ROOT,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


def finish(process: subprocess.Popen[bytes]) -> Outcome:
    """Waits for a plan that was begun; RuntimeError when it could not be carried out."""
    output, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"the load generator failed: {errors.decode(errors='replace')[-2000:]}")
    return Outcome(**json.loads(output))


class _Load:
    """A plan that is being carried out."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.written = [request.written(f"127.0.0.1:{plan.port}") for request in plan.requests]
        self.answers: list[tuple[int, float, Answer]] = []  # number of the request, seconds, answer
        self.begun = 0
        self.under_way: dict[Connection, tuple[int, float]] = {}
        self.began = self.ended = self.until = 0.0
        self.all_done = asyncio.Event()
        self.failure: BaseException | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self.free: deque[Connection] = deque()  # open loop: those that wait for work, by turns
        self.waiting: deque[float] = deque()  # open loop: when requests were due that found no connection

    async def run(self) -> None:
        plan = self.plan
        try:
            connections = [await self._connect(number) for number in range(plan.connections)]
        except OSError as error:  # the server is gone
            self.answers.append((0, 0.0, Answer(0, str(error).encode(), 0, 0.0, open=False)))
            return
        self.began = self.ended = perf_counter()
        self.until = self.began + plan.seconds
        if plan.rate is None:
            for connection in connections:
                self._next(connection)
        else:
            self.free.extend(connections)
            self._later(self._clock(plan.rate))
        try:
            await asyncio.wait_for(self.all_done.wait(), plan.seconds + plan.patience)
        except TimeoutError:
            gone = Answer(0, b"", 0, perf_counter(), open=False)
            late = [*self.under_way.values(), *((0, due) for due in self.waiting)]
            self.answers += [(number, gone.at - due, gone) for number, due in late]
            self.ended = gone.at
        for connection in connections:
            connection.close()
        for task in self.tasks:
            task.cancel()
        if self.failure:
            raise self.failure

    async def _connect(self, number: int) -> Connection:
        sources = self.plan.sources
        source = sources[number % len(sources)] if sources else None
        return await connect("127.0.0.1", self.plan.port, source, self._done)

    def _later(self, work: Any) -> None:
        self.tasks.add(task := asyncio.ensure_future(work))
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            self.failure = failure
            self.all_done.set()

    def _exhausted(self) -> bool:
        return self.begun >= self.plan.most or perf_counter() >= self.until

    def _next(self, connection: Connection) -> None:
        """Closed loop: the next request at once."""
        if self._exhausted():
            if not self.under_way:
                self.all_done.set()
            return
        self._ask(connection, perf_counter())

    def _ask(self, connection: Connection, due: float) -> None:
        number = self.begun % len(self.written)
        self.begun += 1
        self.under_way[connection] = number, due
        connection.ask(self.written[number])

    async def _clock(self, rate: float) -> None:
        """Open loop: requests are due at fixed times, whether the server is ready or not."""
        number = 0
        while (due := self.began + number / rate) < self.until and number < self.plan.most:
            await asyncio.sleep(max(0.0, due - perf_counter()))
            while self.free and not self.free[0].is_open:  # closed by the server while it was idle
                self.free.popleft()
                self._later(self._reconnect(broken=False))
            if self.free:
                self._ask(self.free.popleft(), due)
            else:
                self.waiting.append(due)
            number += 1
        self.until = 0.0
        if not self.under_way and not self.waiting:
            self.all_done.set()

    def _done(self, connection: Connection, answer: Answer) -> None:
        number, due = self.under_way.pop(connection)
        request = self.plan.requests[number]
        if request.rows is None and request.triples is None:
            answer = replace(answer, body=answer.body[:_SHOWN])
        self.answers.append((number, answer.at - due, answer))
        self.ended = answer.at
        if answer.open:
            self._again(connection)
        else:
            self._later(self._reconnect(broken=answer.status == 0))

    def _again(self, connection: Connection) -> None:
        if self.plan.rate is None:
            self._next(connection)
        elif self.waiting:
            self._ask(connection, self.waiting.popleft())
        else:
            self.free.append(connection)
            if self.until == 0.0 and not self.under_way:
                self.all_done.set()

    async def _reconnect(self, broken: bool) -> None:
        """A new connection in place of one that closed; a server that is gone is asked again."""
        while not self._exhausted():
            if broken:
                await asyncio.sleep(_AFTER)
            try:
                self._again(await self._connect(self.begun))
                return
            except OSError as error:
                broken = True
                self.answers.append((0, 0.0, Answer(0, str(error).encode(), 0, perf_counter(), open=False)))
        if not self.under_way:
            self.all_done.set()


def problem(request: Request, answer: Answer) -> str | None:
    """Why an answer is not right, or None."""
    body = answer.body
    if request.status is None:
        return None
    if answer.status != request.status:
        return f"status {answer.status} for {request.path[:200]}: {body[:_SHOWN].decode(errors='replace')}"
    if request.size is not None and answer.size != request.size:
        return f"{answer.size} bytes in place of {request.size} for {request.path[:200]}"
    if request.rows is not None and (rows := _rows(body)) != request.rows:
        return f"{rows} rows in place of {request.rows} for {request.path[:400]}"
    if request.triples is not None and (triples := _triples(body)) < request.triples:
        return f"{triples} triples in place of {request.triples} or more for {request.path[:200]}"
    return None


def _rows(body: bytes) -> int:
    """The number of solutions of JSON results; -1 when it is no such thing."""
    try:
        return len(json.loads(body)["results"]["bindings"])
    except (ValueError, KeyError, TypeError):
        return -1


def _triples(body: bytes) -> int:
    """The number of triples of a Turtle document; -1 when it is none."""
    import pyoxigraph as ox

    try:
        return sum(1 for _ in ox.parse(body, format=ox.RdfFormat.TURTLE))
    except SyntaxError:
        return -1


def judged(requests: Sequence[Request], load: Iterator[tuple[int, float, Answer]], elapsed: float) -> Outcome:
    """The answers checked."""
    latencies: list[float] = []
    statuses: Counter[str] = Counter()
    wrong, example, received = 0, "", 0
    known: dict[tuple[int, bytes], str | None] = {}  # the same answer to the same request is judged once
    for number, seconds, answer in load:
        statuses[str(answer.status)] += 1
        received += answer.size
        key = number, answer.body
        if key not in known or answer.status != 200:
            known[key] = problem(requests[number], answer)
        if (what := known[key]) is None:
            latencies.append(seconds)
        else:
            wrong, example = wrong + 1, example or what
    return Outcome(latencies, elapsed, received, dict(statuses), wrong, example)


def _loop() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:  # not on every system
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def main() -> None:
    """Reads a plan from standard input, carries it out and prints the outcome."""
    given = json.load(sys.stdin)
    given["requests"] = [Request(**request) for request in given["requests"]]
    load = _Load(Plan(**given))
    with asyncio.Runner(loop_factory=_loop()) as runner:
        runner.run(load.run())
    outcome = judged(load.plan.requests, iter(load.answers), load.ended - load.began)
    json.dump(asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
