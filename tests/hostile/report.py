"""The report on the hostile suite: what was seen, as a page of the documentation. Pure functions."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.hostile.polling import Polled, percentile
from tests.hostile.running import Attacked

_INTRO = """# The hostile suite

What happened when everything in [`tests/hostile/`](../tests/hostile/) was sent to a server (its settings are
named below), while another client asked ordinary things, each different from the last, and checked every
answer against what the embedded store gives by itself. Written by

```sh
make hostile
```

which takes about an hour with the default settings, because many of the queries run until their time is up;
`.venv/bin/python -m tests.hostile --help` names quicker ways. The tests do the same with shorter limits;
besides, they send damaged requests and queries by chance, and kill workers, servers and releases in progress
at any moment.

Every attack has a set of definite outcomes that it may have, written beside it: a status; `closed`, a
connection that the server closed without an answer; `cut`, an answer that broke off so that no client takes
it for a whole one; `left`, a client that went away itself. No attack may be left without an outcome, get an
answer that is no HTTP, a body that is not what it says, more answers than it asked for, or status 500. A
query that is turned away because others are before it gets 503 with the seconds after which to try again.
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the run: its name, how long it took, what was attacked, what was polled meanwhile."""

    name: str
    seconds: float
    attacked: Sequence[Attacked]
    polled: Sequence[Polled]


def page(
    stages: Sequence[Stage], server: Mapping[str, str], machine: Mapping[str, str], faults: Sequence[str]
) -> str:
    """The whole page. The first stage is the one without an attack; `faults` are all that was not right."""
    parts = [_INTRO, "## Result", _summary(stages, faults)]
    if faults:
        parts += ["What was not right:", "\n".join(f"- {_words(fault)}" for fault in faults)]
    parts += ["## The other client", polls_table(stages), _POLLS]
    for stage in stages[1:]:
        parts += [f"## {stage.name}", _lasted(stage), outcomes_table(stage.attacked)]
    parts += ["## The server afterwards", _table(("what", "value"), server.items())]
    parts += ["## The settings and the machine", _table(("what", "value"), machine.items())]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


_POLLS = """Times are in milliseconds, as that client saw them, with a connection of its own for each poll.
Server, attackers and client share one machine; the attackers take its processors only when the others leave
them."""


def outcomes_table(attacked: Iterable[Attacked]) -> str:
    """By family: how many different requests, how many were sent, what came of them, and the longest time."""
    families: dict[str, list[Attacked]] = {}
    for one in attacked:
        families.setdefault(one.attack.family, []).append(one)
    rows = [
        (
            family,
            str(len({one.attack.id for one in done})),
            str(len(done)),
            _counts(Counter(one.outcome.label for one in done)),
            f"{max(one.seconds for one in done):.1f}",
            str(sum(not one.definite for one in done)),
        )
        for family, done in sorted(families.items())
    ]
    whole = [one for done in families.values() for one in done]
    if len(rows) > 1:
        rows.append(
            (
                "**all**",
                str(len({one.attack.id for one in whole})),
                str(len(whole)),
                _counts(Counter(one.outcome.label for one in whole)),
                f"{max(one.seconds for one in whole):.1f}",
                str(sum(not one.definite for one in whole)),
            )
        )
    return _table(("family", "different", "sent", "outcomes", "longest (s)", "indefinite"), rows)


def polls_table(stages: Sequence[Stage]) -> str:
    """By stage and kind: polls, wrong ones, their times; p99 also as a multiple of the undisturbed one."""
    undisturbed = {kind: percentile(_of(stages[0], kind), 0.99) for kind in ("query", "page")}
    rows = []
    for stage in stages:
        for kind in ("query", "page"):
            polls = _of(stage, kind)
            times = [percentile(polls, share) for share in (0.5, 0.99, 1.0)]
            ratio = times[1] / undisturbed[kind] if undisturbed[kind] else 0
            rows.append(
                (
                    stage.name if kind == "query" else "",
                    {"query": "queries", "page": "pages"}[kind],
                    str(len(polls)),
                    str(sum(bool(one.wrong) for one in polls)),
                    *(f"{seconds * 1000:.1f}" for seconds in times),
                    f"{ratio:.1f}",
                )
            )
    return _table(("stage", "what", "polls", "wrong", "p50", "p99", "longest", "p99 ÷ undisturbed"), rows)


def _summary(stages: Sequence[Stage], faults: Sequence[str]) -> str:
    attacked = [one for stage in stages for one in stage.attacked]
    polled = [one for stage in stages[1:] for one in stage.polled]
    return (
        f"{len({one.attack.id for one in attacked})} different attacks, made {len(attacked)} times: "
        f"{sum(not one.definite for one in attacked)} without a definite outcome. "
        f"{len(polled)} polls meanwhile: {sum(bool(one.wrong) for one in polled)} without the right answer. "
        + ("The server was well at the end." if not faults else "")
    ).strip()


def _lasted(stage: Stage) -> str:
    return f"{stage.seconds:.0f} seconds."


def _of(stage: Stage, kind: str) -> list[Polled]:
    return [one for one in stage.polled if one.kind == kind]


def _counts(outcomes: Counter[str]) -> str:
    return ", ".join(f"{label}: {count}" for label, count in sorted(outcomes.items()))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _words(fault: str) -> str:
    """A fault in one line, without names of things and what Markdown would take for its own."""
    plain = re.sub(r"https?://[^\s>]*", "…", fault.replace("`", "'"))
    return "`" + " ".join(plain.split())[:300] + "`"
