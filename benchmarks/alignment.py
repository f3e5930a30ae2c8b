"""F1 of paragraph alignment on bundled pairs, after random deletions and merges on each side.

python -m benchmarks.alignment [--rounds 200] [--event 66419]

Each round deletes every paragraph of each side with the chance of a tenth, then joins each with the one
before with the chance of a tenth. Two paragraphs are linked if they hold text of the same original; links
found and missed are counted over all rounds.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from random import Random
from typing import get_args

import click

from kremlin_archive.dataset.alignment import Method, Passage, Side, align_sides, side
from kremlin_archive.dataset.speakers import resolve_pair
from kremlin_archive.errors import UsageError
from kremlin_archive.pages import parse_event
from kremlin_archive.records import EventPage
from kremlin_archive.replica import Site
from kremlin_archive.replica.http import Request
from kremlin_archive.urls import HOSTS, Language

SEED_EVENT = 66419


@dataclass(frozen=True)
class Damaged:
    """A text with some paragraphs deleted and some joined; ``origins`` are the numbers each one holds."""

    side: Side
    origins: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Counts:
    """Links found that are right, found in all, and to be found."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.right + other.right, self.found + other.found, self.wanted + other.wanted
        )

    @property
    def f1(self) -> float:
        return 2 * self.right / max(self.found + self.wanted, 1)


def page(language: Language, event_id: int) -> EventPage:
    """One edition as the bundled site serves it."""
    path = f"/events/president/news/{event_id}"
    request = Request("GET", path, (("Host", HOSTS[language]),), b"")
    return parse_event(Site().answer(request).entity, f"http://{HOSTS[language]}{path}")


def sides(event_id: int) -> tuple[Side, Side]:
    """Both texts of an event."""
    en, ru = page("en", event_id), page("ru", event_id)
    of_en, of_ru = resolve_pair(en, ru)
    return side(en, of_en), side(ru, of_ru)


def damage(text: Side, random: Random, chance: float = 0.1) -> Damaged:
    """Delete and join paragraphs at random."""
    passages: list[Passage] = []
    origins: list[frozenset[int]] = []
    for number, passage in enumerate(text.passages):
        if random.random() < chance:
            continue
        if passages and random.random() < chance:
            passages[-1] = replace(passages[-1], text=f"{passages[-1].text} {passage.text}")
            origins[-1] |= {number}
        else:
            passages.append(passage)
            origins.append(frozenset({number}))
    return Damaged(Side(text.language, tuple(passages)), tuple(origins))


def count(en: Damaged, ru: Damaged, method: Method) -> Counts:
    """Align two damaged texts and count the links."""
    wanted = {
        (i, j)
        for i, one in enumerate(en.origins)
        for j, other in enumerate(ru.origins)
        if one & other
    }
    beads = align_sides(en.side, ru.side, method).beads
    found = {(i, j) for bead in beads for i in bead.en for j in bead.ru}
    return Counts(len(found & wanted), len(found), len(wanted))


def measure(event_id: int, method: Method, rounds: int) -> Counts:
    """Count over rounds, each with its own number as seed: the same for every method."""
    en, ru = sides(event_id)
    total = Counts()
    for number in range(rounds):
        random = Random(number)  # noqa: S311 - damage, not secrets
        total += count(damage(en, random), damage(ru, random), method)
    return total


@click.command()
@click.option("--rounds", default=200, show_default=True)
@click.option("--event", "events", multiple=True, type=int, default=(SEED_EVENT,))
def main(rounds: int, events: tuple[int, ...]) -> None:
    """Print F1 and time per method."""
    for event_id in events:
        en, ru = sides(event_id)
        print(
            f"event {event_id}: {len(en.passages)} and {len(ru.passages)} paragraphs, {rounds} rounds"
        )
        for method in get_args(Method):
            began = time.perf_counter()
            try:
                counts = measure(event_id, method, rounds)
            except UsageError as error:
                print(f"  {method:12} not measured: {error}", file=sys.stderr)
                continue
            spent = (time.perf_counter() - began) / rounds * 1000
            print(
                f"  {method:12} F1 {counts.f1:.3f}  precision {counts.right / max(counts.found, 1):.3f}"
                f"  recall {counts.right / max(counts.wanted, 1):.3f}  {spent:.2f} ms a pair"
            )


if __name__ == "__main__":
    main()
