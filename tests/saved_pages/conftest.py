"""The real saved pages: found, unpacked once, read once a session; skipped by name where there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kremlin_archive.pages import parse_event
from kremlin_archive.records import EventPage
from tests.saved_pages.corpus import BESIDE, NEWS, saved_folders, saved_site


@pytest.fixture(scope="session")
def news() -> Path:
    """The folder of the English news, laid out as URLs are."""
    site = saved_site()
    if site is None:
        pytest.skip(f"no saved pages: KREMLIN_PAGES is not set and {BESIDE} does not hold them")
    return site / NEWS


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample pages, captures of 2017 among them."""
    folders = saved_folders()
    for folder in folders:
        if (folder / "samples").is_dir():
            return folder / "samples"
    pytest.skip(f"no folder of samples in {folders}")


@pytest.fixture(scope="session")
def events(news: Path) -> dict[int, EventPage]:
    """The record of every saved event page, by id."""
    pages = sorted(path for path in news.glob("*.html") if path.stem.isdecimal())
    return {int(path.stem): _read(path) for path in pages}


def _read(path: Path) -> EventPage:
    return parse_event(path.read_bytes(), f"http://{NEWS}/{path.stem}")
