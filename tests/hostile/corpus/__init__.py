"""The hostile requests, one module a kind; ATTACKS has all but the FLOODS."""

from collections.abc import Sequence

from tests.hostile.attack import Attack
from tests.hostile.corpus import (
    connections,
    encodings,
    expressions,
    federation,
    floods,
    pages,
    planner,
    products,
    protocol,
)

ATTACKS: Sequence[Attack] = (
    *products.ATTACKS,
    *planner.ATTACKS,
    *expressions.ATTACKS,
    *federation.ATTACKS,
    *encodings.ATTACKS,
    *protocol.ATTACKS,
    *pages.ATTACKS,
    *connections.ATTACKS,
)
FLOODS: Sequence[Attack] = floods.FLOODS
