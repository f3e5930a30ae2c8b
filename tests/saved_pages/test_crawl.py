"""The whole saved site through the real spider: nothing that a listing names and the server has is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kremlin_archive.pages import parse_feed, parse_listing
from kremlin_archive.replica import serve
from tests.crawl.running import Run, crawl_at

pytestmark = pytest.mark.saved_pages
_SITE = "http://en.kremlin.ru/events/president/news"


@pytest.fixture(scope="module")
def whole(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    with serve(news.parents[3], log=False) as replica:
        return crawl_at(
            tmp_path_factory.mktemp("whole"),
            replica.connect_to,
            {"languages": "en", "sections": "news", "mode": "backfill"},
            {"DOWNLOAD_TIMEOUT": "60"},
        )


@pytest.fixture(scope="module")
def named(news: Path) -> set[int]:
    """Ids that the saved listings and the saved feed name."""
    items = {
        item.event_id
        for path in (news / "page").glob("*.html")
        for item in parse_listing(path.read_bytes(), f"{_SITE}/page/{path.stem}").items
    }
    feed = parse_feed((news / "feed").read_bytes(), f"{_SITE}/feed")
    return items | {entry.event_id for entry in feed.entries}


def test_every_event_that_is_named_and_served_is_archived(
    whole: Run, named: set[int], news: Path
) -> None:
    served = {int(path.stem) for path in news.glob("*.html") if path.stem.isdecimal()}
    table = pq.read_table(whole.root / "latest/documents", columns=["event_id"])
    assert set(table["event_id"].to_pylist()) == named & served


def test_every_one_that_is_lacking_is_named_as_failed(
    whole: Run, named: set[int], news: Path
) -> None:
    lacking = {number for number in named if not (news / f"{number}.html").exists()}
    missed = {
        int(match[1]) for url in whole.problems if (match := re.fullmatch(rf"{_SITE}/(\d+)", url))
    }
    assert missed == lacking
    assert whole.code == 2


def test_every_listing_page_was_read_or_named(whole: Run, news: Path) -> None:
    read = {path.stem for path in (news / "page").glob("*.html")}
    missed = {url.rpartition("/")[2] for url in whole.problems if "/page/" in url}
    assert read | missed >= {str(number) for number in range(2, 1199)}
    assert not read & missed


def test_nothing_crashed(whole: Run) -> None:
    assert whole.report["crashes"] == 0
    assert "Traceback" not in whole.log
