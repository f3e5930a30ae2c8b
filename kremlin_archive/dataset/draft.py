"""A snapshot before it is published: where it is, what it was made from, what is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kremlin_archive.dataset.agreement import Agreement
from kremlin_archive.dataset.parts import Part
from kremlin_archive.dataset.plan import Plan


@dataclass(frozen=True, slots=True)
class Draft:
    """``files`` are the manifest's words on each table file; ``taken`` those that passed before."""

    folder: Path
    plan: Plan
    parts: Sequence[Part]
    files: list[dict[str, Any]]
    taken: frozenset[str]
    agreements: Sequence[Agreement]
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    """Snapshots of the same instant that it takes the place of, and why."""

    @property
    def made(self) -> list[str]:
        """Paths of the files that were made anew."""
        return [file["path"] for file in self.files if file["path"] not in self.taken]

    @property
    def rows(self) -> Mapping[str, int]:
        """Rows of each table that has a file."""
        rows: dict[str, int] = {}
        for file in self.files:
            rows[file["table"]] = rows.get(file["table"], 0) + file["rows"]
        return rows
