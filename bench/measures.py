"""What is measured, what is to be reached, and the figures of a run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.load import Outcome, Request

KZLOD, UNCACHED = "KZLOD", "KZLOD, no cache"
NATIVE, RDFLIB, NGINX, EMPTY = "oxigraph", "rdflib-endpoint", "nginx", "empty handler"
SERVERS = (UNCACHED, KZLOD, NATIVE, RDFLIB, NGINX, EMPTY)

MEASURES: Mapping[str, str] = {
    "ceiling": "the least that each server can do: what the load generator itself can measure",
    "dereference": "descriptions of 300 things as Turtle, asked again and again",
    "first": "descriptions as Turtle, each of another thing",
    "redirect": "from the address of a thing to its document (303), each of another thing",
    "lookup": "everything said of a thing (SPARQL), each of another thing",
    "join": "two to four patterns (SPARQL), five forms, each with another constant",
    "aggregate": "count, average, sum over all observations, cells or citations (SPARQL)",
    "repeated": "the same 40 lookups and joins (SPARQL), asked again and again",
    "unchanged": "the same, by a client that has the answer already (If-None-Match, 304)",
    "dump": "the whole data set; gzip from KZLOD and nginx, plain N-Triples or JSON from the others",
}


@dataclass(slots=True)
class Series:
    """The requests of one measure to one server; a run takes up where the one before left off.

    `once`: a single request takes so long that it is made once, in one round.
    """

    requests: Sequence[Request]
    once: bool = False
    position: int = 0

    def next(self, most: int) -> list[Request]:
        """Up to so many requests, from the first that was not made yet, and round again."""
        start = self.position % len(self.requests)
        return [*self.requests[start:], *self.requests[:start]][:most]

    def made(self, number: int) -> None:
        """Tells that so many were made."""
        self.position += number


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one server with so many connections: the outcomes of the rounds."""

    measure: str
    server: str
    connections: int
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def throughput(self) -> float:
        """Right answers a second, median of the rounds."""
        return median(outcome.throughput for outcome in self.outcomes)

    @property
    def bytes_a_second(self) -> float:
        """Bytes of answers a second, median of the rounds."""
        return median(one.received / one.elapsed if one.elapsed else 0.0 for one in self.outcomes)

    def percentile(self, share: float) -> float | None:
        """The seconds that this share of the answers did not exceed, median of the rounds."""
        found = [seconds for outcome in self.outcomes if (seconds := outcome.percentile(share)) is not None]
        return median(found) if found else None

    @property
    def wrong(self) -> int:
        """How many answers were not right."""
        return sum(outcome.wrong for outcome in self.outcomes)

    @property
    def example(self) -> str:
        """What was wrong with one of them, or nothing."""
        return next((outcome.example for outcome in self.outcomes if outcome.example), "")


@dataclass(frozen=True, slots=True)
class Attack:
    """Ordinary queries at a steady rate, undisturbed and while another client attacks."""

    server: str
    calm: Outcome
    attacked: Outcome
    attacker: Outcome
    alive: bool

    @property
    def ratio(self) -> float | None:
        """How many times as long the 99th percentile is under attack (None: no answer)."""
        calm, attacked = self.calm.percentile(0.99), self.attacked.percentile(0.99)
        return attacked / calm if calm and attacked else None


@dataclass(slots=True)
class Run:
    """All that a run found; times in seconds, memory in bytes, `left_out` says why what is not there."""

    about: dict[str, str] = field(default_factory=dict)
    figures: dict[tuple[str, str, int], Figure] = field(default_factory=dict)
    cold_starts: dict[str, list[float]] = field(default_factory=dict)
    memory: dict[str, tuple[int, int]] = field(default_factory=dict)  # after the start, after everything
    attacks: list[Attack] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def add(self, measure: str, server: str, connections: int, outcome: Outcome) -> None:
        """Keeps the outcome of a round."""
        key = measure, server, connections
        self.figures.setdefault(key, Figure(*key)).outcomes.append(outcome)

    def of(self, measure: str) -> Iterator[Figure]:
        """The figures of a measure, in the order of the servers."""
        order = {server: number for number, server in enumerate(SERVERS)}
        found = (figure for figure in self.figures.values() if figure.measure == measure)
        return iter(sorted(found, key=lambda figure: (order[figure.server], figure.connections)))


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio of throughputs that is to be reached."""

    measure: str
    server: str
    peer: str
    least: float

    @property
    def text(self) -> str:
        """What is compared."""
        return f"{self.measure}: {self.server} / {self.peer}"


TARGETS = (
    Target("dereference", KZLOD, EMPTY, 0.8),
    Target("lookup", UNCACHED, NATIVE, 0.5),
    Target("lookup", UNCACHED, RDFLIB, 5.0),
    Target("repeated", KZLOD, NATIVE, 1.0),
    Target("aggregate", UNCACHED, NATIVE, 2.0),
)
ATTACK_AT_MOST = 3.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target, what was found, and whether it was reached (None: not measured)."""

    text: str
    target: str
    found: str
    reached: bool | None


def verdicts(run: Run) -> list[Verdict]:
    """Each target beside what the run found: the ratios with 1 and with 8 connections, both to be reached."""
    return [*(_verdict(run, target) for target in TARGETS), *_attack_verdicts(run.attacks)]


def _verdict(run: Run, target: Target) -> Verdict:
    ours = {f.connections: f for f in run.of(target.measure) if f.server == target.server}
    theirs = {f.connections: f for f in run.of(target.measure) if f.server == target.peer}
    ratios = {
        number: ours[number].throughput / theirs[number].throughput
        for number in sorted(ours.keys() & theirs.keys())
        if theirs[number].throughput
    }
    right = not any(ours[number].wrong for number in ratios)
    return Verdict(
        target.text,
        f"≥ {target.least:g}",
        ", ".join(f"{ratio:.2f} ({_connections(number)})" for number, ratio in ratios.items())
        or "not measured",
        (right and min(ratios.values()) >= target.least) if ratios else None,
    )


def _attack_verdicts(attacks: Iterable[Attack]) -> Iterator[Verdict]:
    for attack in attacks:
        if attack.server == KZLOD:
            ratio = attack.ratio
            unanswered = f", {attack.attacked.wrong} not answered" if attack.attacked.wrong else ""
            yield Verdict(
                f"99th percentile of ordinary queries: {KZLOD} under attack / undisturbed",
                f"≤ {ATTACK_AT_MOST:g}",
                (f"{ratio:.2f}" if ratio else "no answer") + unanswered,
                ratio is not None and ratio <= ATTACK_AT_MOST and not attack.attacked.wrong,
            )


def _connections(number: int) -> str:
    return f"{number} connection" + "s" * (number > 1)
