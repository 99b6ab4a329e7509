"""The world as tiles: a square a jurisdiction, roughly where it lies; no borders are drawn, so none can be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

PLACES = {
    "CA": (1, 1),
    "US": (1, 2),
    "BR": (2, 4),
    "GB": (4, 1),
    "EU": (5, 1),
    "CH": (5, 2),
    "SA": (6, 3),
    "AE": (7, 3),
    "CN": (9, 2),
    "KR": (10, 2),
    "JP": (11, 2),
    "CN-GBA": (9, 3),
    "HK": (10, 3),
    "MO": (11, 3),
    "TH": (8, 4),
    "VN": (9, 4),
    "PH": (10, 4),
    "MY": (8, 5),
    "SG": (9, 5),
    "ID": (10, 5),
    "ASEAN": (11, 5),
    "AU": (12, 6),
    "WORLD": (13, 1),
}
"""Column and row of each jurisdiction, counted from 1."""
COLUMNS = 14
SPARE_ROW = 7


def tiles_of(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A tile a jurisdiction of `world`'s answer; one that the map does not know yet stands in the last row."""
    spare = 0
    for row in answer["jurisdictions"]:
        place = row["jurisdiction"]
        if place not in PLACES:
            spare += 1
        column, line = PLACES.get(place, (min(spare, COLUMNS), SPARE_ROW))
        rules, official = row["rules_in_force"], row["official"]
        step = 0 if not rules else min(3, int(official / rules * 4))
        told = {"rules": rules, "official": official, "ahead": row["changes_ahead"]}
        yield {"place": place, "column": column, "row": line, "step": step, **told}
