"""What is counted and listed of a record: words, speakers, tags."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import filterfalse
from typing import Any

from kremlin_archive.dataset.attribution import Speaker
from kremlin_archive.records import EventPage


def words_in(text: str) -> int:
    """Words: runs between spaces that hold a letter or digit.

    >>> words_in("Mr President – thank you …")
    4
    """
    runs = text.split()
    # Most runs are letters only, which filterfalse drops without a step of Python for each.
    odd = filterfalse(str.isalpha, runs)
    return len(runs) - sum(not (run[0].isalnum() or any(map(str.isalnum, run))) for run in odd)


def turn_numbers(record: EventPage) -> list[int | None]:
    """For each paragraph the turn it belongs to, counted from 0; None outside speech."""
    starts = frozenset(record.turn_starts)
    turn = -1
    numbers: list[int | None] = []
    for index, paragraph in enumerate(record.paragraphs):
        turn += index in starts
        numbers.append(turn if paragraph.kind == "speech" and turn >= 0 else None)
    return numbers


def spoken(
    record: EventPage, words: Sequence[int], speakers: Sequence[Speaker]
) -> list[dict[str, Any]]:
    """List speakers' labels in order of first appearance, with the person of the label's first turn.

    ``words`` are the paragraphs' counts, ``speakers`` those of the turns.
    """
    found: dict[str, dict[str, Any]] = {}
    starts = dict(zip(record.turn_starts, speakers, strict=True))
    for index, paragraph in enumerate(record.paragraphs):
        if paragraph.speaker is None:
            continue
        person = starts[index].person_id if index in starts else None
        speaker = found.setdefault(
            paragraph.speaker,
            {"person_id": person, "label": paragraph.speaker, "n_turns": 0, "n_words": 0},
        )
        speaker["n_turns"] += index in starts
        speaker["n_words"] += words[index]
    return list(found.values())


def tags_of(record: EventPage) -> list[dict[str, str]]:
    """List tags under the site's ids: ``countries/KZ``, ``regions/KDA``, ``keywords/82``."""
    places = [("countries", place) for place in record.countries] + [
        ("regions", place) for place in record.regions
    ]
    return [
        *(_tag(f"{catalog}/{place.code}", "geography", place.name) for catalog, place in places),
        *(_tag(f"keywords/{tag.id}", "topics", tag.name) for tag in record.topics),
        *(_tag(f"persons/{tag.id}", "persons", tag.name) for tag in record.persons),
    ]


def _tag(tag_id: str, facet: str, label: str) -> dict[str, str]:
    return {"tag_id": tag_id, "facet": facet, "label": label}
