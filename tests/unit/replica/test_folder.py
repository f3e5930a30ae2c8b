"""Saved pages, served as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kremlin_archive.errors import UsageError
from kremlin_archive.replica import Folder, serve
from kremlin_archive.replica.http import Reply, parse_head
from tests.unit.replica.raw_client import get

NEWS = "/events/president/news"
SAVED = {
    "en.kremlin.ru/events/president/news/4.html": b"<!doctype html><p>four</p>",
    "en.kremlin.ru/events/president/news/4/photos.html": b"<!doctype html><p>photos</p>",
    "en.kremlin.ru/events/president/news/page/2.html": b"<!doctype html><p>two</p>",
    "en.kremlin.ru/events/president/news/feed": b'<?xml version="1.0"?><feed/>',
    "en.kremlin.ru/robots.txt": b"User-agent: *\n",
    "kremlin.ru/events/president/news/4.html": "<!doctype html><p>четыре</p>".encode(),
    "secret.html": b"not a page",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, body in SAVED.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    return tmp_path


@pytest.mark.parametrize(
    ("host", "target", "name", "content_type"),
    [
        ("en.kremlin.ru", f"{NEWS}/4", "en.kremlin.ru/events/president/news/4.html", "text/html"),
        (
            "en.kremlin.ru",
            f"{NEWS}/4?x=1",
            "en.kremlin.ru/events/president/news/4.html",
            "text/html",
        ),
        (
            "en.kremlin.ru",
            f"{NEWS}/4/photos",
            "en.kremlin.ru/events/president/news/4/photos.html",
            "text/html",
        ),
        (
            "en.kremlin.ru",
            f"{NEWS}/feed",
            "en.kremlin.ru/events/president/news/feed",
            "application/atom",
        ),
        ("en.kremlin.ru", "/robots.txt", "en.kremlin.ru/robots.txt", "text/plain"),
        ("www.kremlin.ru", f"{NEWS}/4", "kremlin.ru/events/president/news/4.html", "text/html"),
    ],
)
def test_serves_the_bytes(
    folder: Path, host: str, target: str, name: str, content_type: str
) -> None:
    with serve(folder) as replica:
        answers = [get(replica, target, host=host) for _ in range(2)]
    assert [answer.content for answer in answers] == [SAVED[name]] * 2
    assert (answers[0].header("content-type") or "").startswith(content_type)


@pytest.mark.parametrize(
    "target",
    [
        "/events/president/news",
        "/",
        f"{NEWS}/5",
        "/../secret",
        "/..%2fsecret",
        "/%2e%2e/secret",
        "/%00",
    ],
)
def test_nothing_is_invented(folder: Path, target: str) -> None:
    with serve(folder) as replica:
        answer = get(replica, target)
    assert answer.status == 404
    assert answer.content.startswith(b"Not found: en.kremlin.ru/")


def test_host_without_pages(folder: Path) -> None:
    with serve(folder) as replica:
        assert get(replica, "/", host="static.kremlin.ru").status == 421


def test_cache_forgets_but_still_serves(folder: Path) -> None:
    pages = Folder(folder, cache_bytes=1)
    head = f"GET {NEWS}/4 HTTP/1.1\r\nHost: en.kremlin.ru\r\n\r\n".encode()
    replies: list[Reply] = [pages.answer(parse_head(head)) for _ in range(3)]
    assert {reply.entity for reply in replies} == {
        SAVED["en.kremlin.ru/events/president/news/4.html"]
    }


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        Folder(tmp_path / "nowhere")


@pytest.mark.saved_pages
def test_real_samples_byte_for_byte(tmp_path: Path) -> None:
    shared = Path(os.environ.get("KREMLIN_PAGES", Path(__file__).parents[4] / "shared" / "pages"))
    sample = shared / "samples" / "en_listing_news_page_2.html"
    if not sample.is_file():
        pytest.skip(f"no saved pages at {shared}")
    page = tmp_path / "en.kremlin.ru/events/president/news/page/2.html"
    page.parent.mkdir(parents=True)
    page.write_bytes(sample.read_bytes())
    with serve(tmp_path) as replica:
        assert get(replica, f"{NEWS}/page/2").content == sample.read_bytes()
