"""What alignment gives: beads of paragraphs that say the same, and paragraphs that stand alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["position", "gale_church", "anchors", "use_dp"]


@dataclass(frozen=True, slots=True)
class Bead:
    """Paragraphs of the two editions by their indices; ``score`` is 0..1, None where one side is empty."""

    en: tuple[int, ...]
    ru: tuple[int, ...]
    score: float | None

    @property
    def kind(self) -> str:
        """How many of each: ``1-1``, ``1-2``, ``2-1``, ``1-0``, ``0-1``."""
        return f"{len(self.en)}-{len(self.ru)}"


@dataclass(frozen=True, slots=True)
class Alignment:
    """All beads of a pair, in order; every paragraph of either side is in exactly one."""

    method: Method
    beads: tuple[Bead, ...]

    @property
    def score(self) -> float | None:
        """Mean score of the beads, those with one side empty counting 0; None without any bead."""
        if not self.beads:
            return None
        return sum(bead.score or 0.0 for bead in self.beads) / len(self.beads)
