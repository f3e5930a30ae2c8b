"""Resolved speakers against labels read by hand; floors only rise."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

import pytest

from kremlin_archive.dataset.speakers import Catalogue, Resolution, resolve_turns
from kremlin_archive.dataset.speakers.editions import LEAST_LIKENESS
from kremlin_archive.dataset.speakers.scene import labels_of
from kremlin_archive.dataset.speakers.transliteration import likeness
from kremlin_archive.records import EventPage
from tests.agreement.labels import ReadByHand, read_by_hand, russian_labels

# Right of all that a method linked, of the labels read by hand. Measured: «label» 270 of 273, all others 1.0.
PRECISION = {
    "mention": 1.0,
    "tag_exact": 1.0,
    "tag_fuzzy": 1.0,
    "office_holder": 1.0,
    "alias": 1.0,
    "label": 0.985,
    "none": 1.0,
}
# Links of each method in the sample: fewer mean that the method found less. 500 of 503 labels of persons.
FOUND = {
    "mention": 119,
    "tag_exact": 67,
    "tag_fuzzy": 5,
    "office_holder": 12,
    "alias": 27,
}
RECALL = 0.99
RUSSIAN = 56


@dataclass(frozen=True, slots=True)
class Judged:
    """A label read by hand and what was made of it."""

    gold: ReadByHand
    resolution: Resolution

    @property
    def is_right(self) -> bool:
        return self.resolution.person_id == self.gold.person_id


@pytest.fixture(scope="session")
def catalogue(events: dict[int, EventPage]) -> Catalogue:
    return Catalogue.of(events.values())


@pytest.fixture(scope="session")
def judged(events: dict[int, EventPage], catalogue: Catalogue) -> list[Judged]:
    resolve = partial(resolve_turns, catalogue=catalogue)
    found = []
    for gold in read_by_hand():
        page = events[gold.event_id]
        of_label = dict(zip(labels_of(page), resolve(page), strict=True))
        found.append(Judged(gold, of_label[gold.label]))
    return found


def test_the_sample_is_as_large_as_its_readme_says() -> None:
    by_sample = Counter(gold.sample for gold in read_by_hand())
    assert by_sample == {1: 372, 2: 150}


@pytest.mark.saved_pages
def test_every_method_is_as_right_as_it_was(judged: list[Judged]) -> None:
    found = Counter(one.resolution.method for one in judged)
    right = Counter(one.resolution.method for one in judged if one.is_right)
    precision = {method: right[method] / found[method] for method in found}
    assert precision.keys() == PRECISION.keys()
    assert {m: p for m, p in precision.items() if p < PRECISION[m]} == {}


@pytest.mark.saved_pages
def test_every_method_finds_what_it_found(judged: list[Judged]) -> None:
    found = Counter(str(one.resolution.method) for one in judged)
    assert {m: found[m] for m in FOUND if found[m] < FOUND[m]} == {}
    persons = [one for one in judged if one.gold.person_id is not None]
    assert sum(one.is_right for one in persons) / len(persons) >= RECALL


@pytest.mark.saved_pages
def test_kinds_of_speakers_agree(judged: list[Judged]) -> None:
    assert [one for one in judged if one.resolution.speaker_kind != one.gold.kind] == []


@pytest.mark.saved_pages
def test_russian_names_find_the_english_one_among_all(catalogue: Catalogue) -> None:
    names = [names["en"] for names in catalogue.names.values()] + ["Vladimir Putin"]
    named = [one for one in russian_labels() if one.english is not None]
    heard = {
        one.label: [name for name in names if likeness(one.label, name) >= LEAST_LIKENESS]
        for one in named
    }
    right = [one for one in named if heard[one.label] == [one.english]]
    assert len(right) >= RUSSIAN, {one.label: heard[one.label] for one in named if one not in right}


@pytest.mark.saved_pages
def test_every_turn_of_the_saved_pages_is_resolved_or_says_why_not(
    events: dict[int, EventPage], catalogue: Catalogue
) -> None:
    turns = [turn for page in events.values() for turn in resolve_turns(page, catalogue=catalogue)]
    assert all((turn.person_id is None) == (turn.method == "none") for turn in turns)
    assert all((turn.reason is not None) == (turn.method == "none") for turn in turns)
    nameless = sum(turn.reason == "voice" for turn in turns)
    unresolved = sum(turn.method == "none" for turn in turns) - nameless
    assert unresolved <= 16
    assert len(turns) == sum(len(page.turn_starts) for page in events.values())
