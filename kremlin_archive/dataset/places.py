"""Rows of the parts by their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from kremlin_archive.dataset.parts import Part
from kremlin_archive.dataset.revisions import Sighting

Place = tuple[int, int]
"""A row of a part: the part's place in the list of parts, and the row's in it."""


def place_of(sighting: Sighting) -> Place:
    """Give the place of what was read from a capture."""
    return sighting.part, sighting.part_row


def read_places(
    parts: Sequence[Part], sightings: Iterable[Sighting], columns: Sequence[str]
) -> dict[Place, dict[str, Any]]:
    """Read these columns of what was read from these captures."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for sighting in sightings:
        wanted[sighting.part].add(sighting.part_row)
    return {
        (part, row): values
        for part, rows in wanted.items()
        for row, values in parts[part].rows(sorted(rows), columns)
    }
