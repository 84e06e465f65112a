"""The part of the world that a map shows: what is marked on it, and what lies around."""

from collections.abc import Mapping, Sequence
from typing import Any

_BESIDE, _ABOVE = 14, 8  # degrees around a place
_POLE = 84  # no frame goes beyond


def framed(places: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """What to fit a projection to (`frame`, GeoJSON) and how to turn it (`middle`), for places in degrees.

    Without places it is the whole world.
    """
    if not places:
        return {"frame": {"type": "Sphere"}, "middle": [0, 0]}
    corners = [
        [place["longitude"] + beside, max(-_POLE, min(_POLE, place["latitude"] + above))]
        for place in places
        for beside in (-_BESIDE, _BESIDE)
        for above in (-_ABOVE, _ABOVE)
    ]
    middle = _middle([place["longitude"] for place in places])
    return {"frame": {"type": "MultiPoint", "coordinates": corners}, "middle": [-middle, 0]}


def _middle(longitudes: Sequence[float]) -> float:
    """The middle of the shortest way along the equator that has them all."""
    ways = sorted({one % 360 for one in longitudes})
    ends = [*ways[1:], ways[0] + 360]
    gap, start = max((end - way, end) for way, end in zip(ways, ends, strict=True))
    return round((start + (360 - gap) / 2 + 180) % 360 - 180, 2)
