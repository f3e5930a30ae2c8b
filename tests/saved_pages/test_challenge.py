"""No saved page is taken for a challenge, not even without the site's frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from kremlin_archive.pages.challenge import FRAME, challenge_mark

pytestmark = pytest.mark.saved_pages

EVERY_NTH = 25


def unframed(content: bytes) -> bytes:
    for mark in FRAME:
        content = content.replace(mark, b"")
    return content


@pytest.fixture(scope="module")
def saved(news: Path) -> list[Path]:
    events = sorted(news.glob("*.html"))
    listings = sorted((news / "page").glob("*.html"))
    assert (len(events), len(listings)) == (7108, 415)
    return [*events, *listings, *sorted((news / "by-date").glob("*.html")), news / "feed"]


def test_no_saved_page_is_taken_for_a_challenge(saved: list[Path]) -> None:
    assert [path for path in saved if challenge_mark(path.read_bytes()) is not None] == []


def test_every_saved_page_has_the_frame(saved: list[Path]) -> None:
    found = [path for path in saved if any(mark in path.read_bytes() for mark in FRAME)]
    assert len(found) == len(saved)


def test_without_its_frame_no_saved_page_is_taken_for_one_either(saved: list[Path]) -> None:
    some = saved[::EVERY_NTH]
    assert [path for path in some if challenge_mark(unframed(path.read_bytes())) is not None] == []
