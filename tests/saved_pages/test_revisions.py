"""Press conferences as captured in 2017 and in 2020: two revisions of one document."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from kremlin_archive.pages import parse_event
from kremlin_archive.records import EventPage
from tests.saved_pages.corpus import NEWS

pytestmark = pytest.mark.saved_pages

CAPTURED_2017 = {17173, 47250, 53573, 56378}


@pytest.fixture(scope="module")
def earlier(samples: Path) -> dict[int, EventPage]:
    captures = {int(path.name.split("_")[2]): path for path in samples.glob("*_captured2017.html")}
    return {
        event: parse_event(path.read_bytes(), f"http://{NEWS}/{event}")
        for event, path in captures.items()
    }


def changed_fields(before: EventPage, after: EventPage) -> set[str]:
    return {
        field.name
        for field in fields(EventPage)
        if getattr(before, field.name) != getattr(after, field.name)
    }


def test_captures_of_2017_are_read(earlier: dict[int, EventPage]) -> None:
    assert set(earlier) == CAPTURED_2017
    for page in earlier.values():
        assert page.turn_starts
        assert page.published_at is not None
        assert not page.warnings


def test_only_the_addresses_of_an_old_conference_changed(
    earlier: dict[int, EventPage], events: dict[int, EventPage]
) -> None:
    before, after = earlier[17173], events[17173]
    assert changed_fields(before, after) == {"counterpart_url", "text_version_url"}
    assert (
        before.counterpart_url
        == "http://kremlin.ru/events/president/transcripts/press_conferences/17173"
    )
    assert after.counterpart_url == "http://kremlin.ru/events/president/news/17173"


def test_a_transcript_captured_while_it_grew_differs_in_its_text(
    earlier: dict[int, EventPage], events: dict[int, EventPage]
) -> None:
    before, after = earlier[56378], events[56378]
    assert changed_fields(before, after) == {"paragraphs", "turn_starts", "photos", "last_updated"}
    assert (len(before.paragraphs), len(after.paragraphs)) == (709, 724)
    assert before.last_updated == "2017-12-15T13:41"
    assert after.last_updated == "2017-12-15T22:14"
