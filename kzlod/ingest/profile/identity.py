"""The same provision in several quotations, some of which leave out what contains it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from kzlod.ingest.profile.convention import Steps, name
from kzlod.ingest.profile.records import Decision, Quotation, Unit


def identified(quotations: Sequence[Quotation]) -> tuple[tuple[Quotation, ...], tuple[Decision, ...]]:
    """The quotations, with points that one of them quotes directly under an article placed in their part.

    A point is taken for that of a part if every numbered point of the article that the profile quotes
    within a part stands in the same part. Each such reading is a decision.
    """
    parts: dict[tuple[str, Steps], set[Steps]] = defaultdict(set)
    for quotation in quotations:
        for unit in quotation.units:
            if len(unit.steps) > 2 and unit.steps[-2][0] == "part" and unit.steps[-1][0] == "pt":
                parts[quotation.instrument, quotation.steps].add(unit.steps[:-1])
    decisions: list[Decision] = []
    return tuple(_placed(quotation, parts, decisions) for quotation in quotations), tuple(decisions)


def _placed(
    quotation: Quotation, parts: dict[tuple[str, Steps], set[Steps]], decisions: list[Decision]
) -> Quotation:
    containers = parts.get((quotation.instrument, quotation.steps), set())
    if len(containers) != 1 or not quotation.steps or quotation.heading is None:
        return quotation
    container = next(iter(containers))
    units: list[Unit] = []
    for unit in quotation.units:
        depth = len(quotation.steps)
        if len(unit.steps) > depth and unit.steps[depth][0] == "pt":
            steps = (*container, *unit.steps[depth:])
            place = unit.marker or unit.pieces[0].text
            reason = f"quoted without its part; elsewhere its points stand in {name(container[-1:])}"
            decisions.append(Decision(place.span, name(steps), reason))
            units.append(replace(unit, steps=steps))
        else:
            units.append(unit)
    return replace(quotation, units=tuple(units))
