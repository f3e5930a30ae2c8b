"""The cheapest way through two texts, by dynamic programming within a band."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isqrt

SHAPES = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2))
"""Numbers of English and Russian paragraphs in a bead."""

Cost = Callable[[int, int, tuple[int, int]], float]
"""Cost of a bead: its first English and Russian index, and its shape."""
Step = tuple[int, int, tuple[int, int]]
Reach = tuple[float, tuple[int, int]]
"""Least cost of reaching a cell, and the shape of the last bead on the way."""

_BAND = 4
"""Cells each side of the diagonal, besides what the texts differ by and the square root of the longer
one, as far as gaps at random places carry a path away."""


@dataclass(frozen=True, slots=True)
class Band:
    """The cells near the diagonal, the only ones that are looked at."""

    n_en: int
    n_ru: int

    def columns(self, i: int) -> range:
        """Russian positions that English position i may meet."""
        middle = i * self.n_ru // max(self.n_en, 1)
        width = _BAND + abs(self.n_en - self.n_ru) + isqrt(max(self.n_en, self.n_ru))
        return range(max(0, middle - width), min(self.n_ru, middle + width) + 1)


def cheapest_path(n_en: int, n_ru: int, cost: Cost) -> list[Step]:
    """Find the beads of the least total cost that cover all paragraphs in order."""
    band = Band(n_en, n_ru)
    reached: list[dict[int, Reach]] = []
    for i in range(n_en + 1):
        row: dict[int, Reach] = {}
        reached.append(row)
        for j in band.columns(i):
            row[j] = (0.0, (0, 0)) if i == j == 0 else _cheapest_reach(reached, i, j, cost)
    return _back(reached, n_en, n_ru)


def _cheapest_reach(reached: list[dict[int, Reach]], i: int, j: int, cost: Cost) -> Reach:
    """Choose the last bead on the way to (i, j)."""
    best: Reach = (inf, (0, 0))
    for shape in SHAPES:
        a, b = shape
        before = reached[i - a].get(j - b) if i >= a and j >= b else None
        if before is not None:
            total = before[0] + cost(i - a, j - b, shape)
            if total < best[0]:
                best = (total, shape)
    return best


def _back(reached: list[dict[int, Reach]], i: int, j: int) -> list[Step]:
    steps: list[Step] = []
    while i or j:
        shape = reached[i][j][1]
        i, j = i - shape[0], j - shape[1]
        steps.append((i, j, shape))
    steps.reverse()
    return steps
