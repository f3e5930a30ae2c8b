"""All saved event pages: each is read, and what is found on them is what was pinned."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from kremlin_archive.pages import normalise, parse_text_version, render_text_version
from kremlin_archive.records import EventPage

pytestmark = pytest.mark.saved_pages

PINNED = json.loads((Path(__file__).parent / "pinned.json").read_text("utf-8"))
"""Numbers over the 7,108 event pages saved in August 2020, each looked at when it was pinned."""


def measured(events: dict[int, EventPage]) -> dict[str, dict[str, int]]:
    """How many records fill each field, and how many paragraphs, labels, warnings there are."""
    pages = list(events.values())
    paragraphs = [paragraph for page in pages for paragraph in page.paragraphs]
    lists = ("turn_starts", "photos", "videos", "person_mentions", "related", "attachments")
    return {
        "pages": {"read": len(pages)},
        "filled": {
            field.name: sum(bool(getattr(page, field.name)) for page in pages)
            for field in fields(EventPage)
        },
        "paragraphs": dict(sorted(Counter(paragraph.kind for paragraph in paragraphs).items())),
        "entries": {name: sum(len(getattr(page, name)) for page in pages) for name in lists},
        "labels": {
            "distinct": len(
                {page.paragraphs[at].speaker for page in pages for at in page.turn_starts}
            ),
            "with a note": sum(paragraph.note is not None for paragraph in paragraphs),
        },
        "warnings": dict(Counter(warning.kind for page in pages for warning in page.warnings)),
    }


@pytest.mark.parametrize("what", sorted(PINNED))
def test_numbers_are_the_pinned_ones(what: str, events: dict[int, EventPage]) -> None:
    assert measured(events)[what] == PINNED[what]


def test_texts_are_normalised(events: dict[int, EventPage]) -> None:
    texts = (
        text
        for page in events.values()
        for text in (page.title, page.place, *(paragraph.text for paragraph in page.paragraphs))
        if text is not None
    )
    assert [text for text in texts if text != normalise(text) or not text] == []


def test_labels_are_neither_notes_nor_colons(events: dict[int, EventPage]) -> None:
    speakers = {paragraph.speaker for page in events.values() for paragraph in page.paragraphs}
    speakers.discard(None)
    assert [name for name in speakers if name and (":" in name or name.endswith((")", ".")))] == []


def test_speech_has_a_speaker_and_nothing_else_has(events: dict[int, EventPage]) -> None:
    for page in events.values():
        for paragraph in page.paragraphs:
            assert (paragraph.kind == "speech") == (paragraph.speaker is not None)
        for start in page.turn_starts:
            assert page.paragraphs[start].kind == "speech"


def test_labels_are_found_without_bold_type(events: dict[int, EventPage]) -> None:
    """Of a transcript rendered as a text version, 99 % of the labels are known by their look."""
    again = wrong = total = 0
    for page in events.values():
        if not page.turn_starts or page.text_version_url is None:
            continue
        text = render_text_version(page).encode()
        plain = parse_text_version(text, page.text_version_url)
        marked, found = (
            Counter(one.paragraphs[at].speaker for at in one.turn_starts) for one in (page, plain)
        )
        total += marked.total()
        again += (marked & found).total()
        wrong += (found - marked).total()
    assert again / total >= 0.99
    assert wrong / total <= 0.003


@pytest.mark.parametrize(
    ("event", "published_at"),
    [
        pytest.param(8010, "2010-06-10T15:00:00+04:00", id="summer time"),
        pytest.param(63953, "2020-08-27T15:20:00+03:00", id="2020"),
        pytest.param(
            63338, "2020-05-11T12:45:00+03:00", id="an announcement: from the status block"
        ),
        pytest.param(63933, "2020-08-23T13:00:00+03:00", id="dated after its last change"),
        pytest.param(41674, None, id="an imported midnight"),
        pytest.param(63224, "2020-04-19T00:00:00+03:00", id="a real midnight"),
    ],
)
def test_known_moments(event: int, published_at: str | None, events: dict[int, EventPage]) -> None:
    assert events[event].published_at == published_at
