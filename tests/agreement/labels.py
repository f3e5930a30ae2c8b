"""The labels read by hand: see README.md beside."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ReadByHand:
    """A label of an event and whom it means (None: nobody can know)."""

    sample: int
    event_id: int
    label: str
    person_id: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class RussianLabel:
    """A label in the Russian transcripts' form and the English name to find (None: a nameless voice)."""

    label: str
    english: str | None


def read_by_hand() -> tuple[ReadByHand, ...]:
    return tuple(
        ReadByHand(
            int(row["sample"]),
            int(row["event_id"]),
            row["label"],
            None if row["person_id"] == "-" else row["person_id"],
            row["kind"],
        )
        for row in _rows("labels.tsv")
    )


def russian_labels() -> tuple[RussianLabel, ...]:
    return tuple(
        RussianLabel(row["label"], None if row["english"] == "-" else row["english"])
        for row in _rows("russian.tsv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))
