"""Both editions of an event: which documents are pairs, and the rows of ``alignments``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kremlin_archive.dataset.alignment import align, alignment_rows
from kremlin_archive.dataset.attribution import Resolver
from kremlin_archive.dataset.parts import Part
from kremlin_archive.dataset.places import place_of, read_places
from kremlin_archive.dataset.plan import Plan
from kremlin_archive.dataset.record_json import load_record
from kremlin_archive.dataset.revisions import History

OTHER_EDITION = {"en": "ru", "ru": "en"}

Pair = tuple[History, History]
"""The English and the Russian edition of an event."""


def pair_of(doc_id: str) -> str:
    """Give the document id of the other edition.

    >>> pair_of("en:66419")
    'ru:66419'
    """
    language, _, number = doc_id.partition(":")
    return f"{OTHER_EDITION[language]}:{number}"


def pairs_by_year(plan: Plan, histories: Mapping[str, History]) -> dict[int, list[Pair]]:
    """Group the pairs of which nothing was removed by year of the Russian edition, by event number."""
    pairs: dict[int, list[Pair]] = {}
    for (language, year), shard in plan.shards.items():
        if language == "ru":
            both = [(histories.get(pair_of(each.doc_id)), each) for each in shard]
            pairs[year] = [
                (en, ru)
                for en, ru in both
                if en is not None and plan.removals.keys().isdisjoint((en.doc_id, ru.doc_id))
            ]
    return {year: found for year, found in pairs.items() if found}


def aligned(
    pairs: Sequence[Pair], parts: Sequence[Part], resolver: Resolver
) -> Iterator[dict[str, Any]]:
    """Give the rows of these pairs in their order; all their records are held at a time."""
    sightings = (edition.current for pair in pairs for edition in pair)
    loaded = read_places(parts, sightings, ["record_json"])
    for pair in pairs:
        en, ru = (load_record(loaded[place_of(each.current)]["record_json"]) for each in pair)
        alignment = align(en, ru, speakers=(resolver(en, ru), resolver(ru, en)))
        yield from alignment_rows(en, ru, (pair[0].revision_id, pair[1].revision_id), alignment)
