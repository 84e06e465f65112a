"""Fetches the outlines of countries for maps and computes where to put a mark for each.

    python -m scripts.make_maps

Writes queries/charts/maps/countries-110m.json (TopoJSON, as the package has it) and places.json: for each
country by its ISO 3166-1 number the middle of its largest part, also for those too small for the outlines:
from the outlines at 1:50 million, and from those at 1:10 million for what these lack.
Natural Earth, public domain, as packaged in world-atlas (ISC).
"""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scripts.frontend import ROOT, check, fetch, registry, tarball, unpack

COARSE, FINE, FINEST = (f"countries-{scale}.json" for scale in ("110m", "50m", "10m"))
PACKAGE = {
    "name": "world-atlas",
    "version": "2.0.2",
    "integrity": (
        "sha512-IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjgE/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ=="
    ),
    "files": [COARSE, FINE, FINEST],
}
FOLDER = ROOT / "queries" / "charts" / "maps"

Point = tuple[float, float]


def main() -> None:
    """Fetches the package, checks it and writes both files; FrontendError when that fails."""
    content = fetch(tarball(registry(os.environ, Path.home()), PACKAGE))
    check(content, PACKAGE)
    files = unpack(content, PACKAGE)
    found = {one["number"]: one for name in (FINEST, FINE) for one in _places(json.loads(files[name]))}
    places = [found[number] for number in sorted(found)]
    lines = ",\n".join(json.dumps(one) for one in places)
    (FOLDER / COARSE).write_bytes(files[COARSE])
    (FOLDER / "places.json").write_text(f"[\n{lines}\n]\n", "utf-8")


def _places(topology: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Of each country with a number the middle of its largest part, in degrees; each number once."""
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    seen = set()
    for shape in topology["objects"]["countries"]["geometries"]:
        number = shape.get("id")
        if number and number not in seen:
            seen.add(number)
            parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
            rings = [_ring(part[0], arcs) for part in parts]
            _, middle = max((_area_and_middle(ring) for ring in rings), key=lambda one: one[0])
            latitude = max(-90.0, min(90.0, middle[1]))  # that of a pole's continent lies beyond it
            longitude = (middle[0] + 180) % 360 - 180
            yield {"number": number, "longitude": round(longitude, 2), "latitude": round(latitude, 2)}


def _decoded(arc: Sequence[Sequence[int]], transform: dict[str, Any]) -> list[Point]:
    """The points of an arc: TopoJSON has the differences of whole numbers."""
    (x_scale, y_scale), (x_first, y_first) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for x_step, y_step in arc:
        x, y = x + x_step, y + y_step
        points.append((x * x_scale + x_first, y * y_scale + y_first))
    return points


def _ring(indices: Sequence[int], arcs: Sequence[list[Point]]) -> list[Point]:
    """The points of a ring, across the date line if need be; of a negative index the arc goes backwards."""
    ring: list[Point] = []
    for x, y in (point for one in indices for point in (arcs[one] if one >= 0 else arcs[~one][::-1])):
        turns = round((x - ring[-1][0]) / 360) if ring else 0
        ring.append((x - 360 * turns, y))
    return ring


def _area_and_middle(ring: Sequence[Point]) -> tuple[float, Point]:
    """The area of a ring in square degrees and its centroid."""
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    crosses = [x * other_y - other_x * y for (x, y), (other_x, other_y) in pairs]
    area = sum(crosses) / 2
    if not area:
        return 0.0, ring[0]
    weighted = zip(pairs, crosses, strict=True)
    sums = [((one[0] + two[0]) * cross, (one[1] + two[1]) * cross) for (one, two), cross in weighted]
    return abs(area), (sum(x for x, _ in sums) / (6 * area), sum(y for _, y in sums) / (6 * area))


if __name__ == "__main__":
    main()
