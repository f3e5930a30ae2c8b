"""Whether the two editions give their tags the same ids, as the dataset takes for granted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kremlin_archive.dataset.parquet import read_table
from kremlin_archive.dataset.tables.tags import DOCUMENT_TAGS

FEWEST = 5
"""Pairs below which that none agrees proves nothing."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one catalogue: events with such tags in both editions, and those that share one."""

    catalogue: str
    pairs: int
    agreeing: int

    @property
    def is_alarming(self) -> bool:
        """Whether the ids never meet: then the numbers of the editions are not the same."""
        return self.pairs >= FEWEST and self.agreeing == 0


def tag_agreement(folder: Path) -> list[Agreement]:
    """Compare the current tags of paired documents, catalogue by catalogue."""
    rows = read_table(folder, DOCUMENT_TAGS, ["event_id", "lang", "tag_id", "is_current"])
    rows = rows.filter(rows["is_current"])
    tags: dict[tuple[str, int], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    columns = (rows[name].to_pylist() for name in ("event_id", "lang", "tag_id"))
    for event_id, language, tag_id in zip(*columns, strict=True):
        tags[tag_id.partition("/")[0], event_id][language].add(tag_id)
    counts: dict[str, list[bool]] = defaultdict(list)
    for (catalogue, _), editions in tags.items():
        if len(editions) > 1:
            counts[catalogue].append(bool(editions["en"] & editions["ru"]))
    return [Agreement(name, len(counts[name]), sum(counts[name])) for name in sorted(counts)]


def agreement_warnings(agreements: Iterable[Agreement]) -> list[str]:
    """Say which catalogues' ids never meet."""
    return [
        f"{each.catalogue}: of {each.pairs:,} events tagged in both editions none shares an id; "
        "tags must not be joined across the editions"
        for each in agreements
        if each.is_alarming
    ]
