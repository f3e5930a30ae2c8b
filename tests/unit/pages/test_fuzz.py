"""Broken pages: whatever comes, a record or an error of the project's own."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from kremlin_archive.errors import ArchiveError
from kremlin_archive.pages import page_kind, parse_page, render_text_version
from kremlin_archive.records import EventPage, FeedPage, ListingPage
from kremlin_archive.urls import event_address
from tests.golden.goldens import all_goldens
from tests.unit.pages.mutations import MUTATIONS

Page = EventPage | ListingPage | FeedPage
ROUNDS = 6
PAGES = [
    (golden.name, golden.page.read_bytes(), golden.meta["url"])
    for golden in all_goldens()
    if "_error_" not in golden.name
]
NAMES = [name for name, _, _ in PAGES]


def outcome(page: bytes, url: str) -> Page | ArchiveError | None:
    """What becomes of a page; any other exception is a failure of the test."""
    try:
        return parse_page(page, url)
    except ArchiveError as error:
        return error


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
@pytest.mark.parametrize(("name", "page", "url"), PAGES, ids=NAMES)
def test_broken_pages(
    name: str, page: bytes, url: str, mutation: Callable[[bytes, random.Random], bytes]
) -> None:
    choose = random.Random(f"{name} {mutation.__name__}")  # noqa: S311 - the same pages every time
    for _ in range(ROUNDS):
        found = outcome(mutation(page, choose), url)
        if isinstance(found, ArchiveError):
            assert url in str(found)
        elif isinstance(found, EventPage):
            assert render_text_version(found)


@pytest.mark.parametrize(("name", "page", "url"), PAGES, ids=NAMES)
def test_pages_under_another_address(name: str, page: bytes, url: str) -> None:
    """A page of one event or kind at the address of another is refused, never read as that other."""
    for other_name, _, other in PAGES[:: len(PAGES) // 12]:
        found = outcome(page, other)
        if isinstance(found, ArchiveError):
            assert other in str(found)
        elif isinstance(found, EventPage):
            assert event_id(other) == event_id(url), (name, other_name)
        else:
            assert page_kind(other) == page_kind(url), (name, other_name)


def event_id(url: str) -> int | None:
    address = event_address(url)
    return address.event_id if address is not None else None
