"""What all pages together say of speakers, from light columns of the parts: persons and labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kremlin_archive.dataset.catalogue import Light
from kremlin_archive.dataset.places import place_of
from kremlin_archive.dataset.plan import Plan
from kremlin_archive.dataset.speakers import Catalogue, Naming
from kremlin_archive.urls import Language

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Named:
    """The persons named on the current pages, and each document's labels; removed ones left out."""

    catalogue: Catalogue
    labels: Mapping[str, tuple[str, ...]]

    def labels_of(self, doc_ids: Iterable[str]) -> frozenset[str]:
        """Give the labels of these documents."""
        return frozenset(label for doc_id in doc_ids for label in self.labels.get(doc_id, ()))


def named_on(plan: Plan, light: Light) -> Named:
    """Gather them; memory is bounded by the distinct names and some 50 bytes a document."""
    labels: dict[str, tuple[str, ...]] = {}
    namings: set[tuple[Language, Naming]] = set()
    for language, row in _current(plan, light):
        if row["labels"]:
            labels[row["doc_id"]] = tuple(row["labels"])
        namings.update((language, Naming(**naming)) for naming in row["persons"])
    return Named(Catalogue.gathered(namings), labels)


def _current(plan: Plan, light: Light) -> Iterator[tuple[Language, dict[str, Any]]]:
    """Give the rows of the parts that current records are read from."""
    shown = (each for shard in plan.shards.values() for each in shard)
    kept = [place_of(each.current) for each in shown if each.doc_id not in plan.removals]
    rows = light.take(sorted(kept), ["doc_id", "labels", "persons"])
    for batch in rows.to_batches(_BATCH):
        for row in batch.to_pylist():
            language: Language = "en" if row["doc_id"].startswith("en:") else "ru"
            yield language, row
