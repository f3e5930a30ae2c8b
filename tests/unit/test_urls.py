from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.archive.warcfields import target_uri
from kremlin_archive.urls import event_address, is_site, language_of, section_path

EVENTS = [
    ("http://en.kremlin.ru/events/president/news/66419", "en:66419", "president/news", "page"),
    ("http://www.kremlin.ru/events/president/news/66419/", "ru:66419", "president/news", "page"),
    (
        "https://kremlin.ru/events/president/news/66419#sel=1:1",
        "ru:66419",
        "president/news",
        "page",
    ),
    ("http://kremlin.ru/events/president/news/copy/66419", "ru:66419", "president/news", "copy"),
    ("http://kremlin.ru/events/councils/copy/66", "ru:66", "councils", "copy"),
    (
        "http://kremlin.ru/events/councils/by-council/18/53150",
        "ru:53150",
        "councils/by-council/18",
        "page",
    ),
    (
        "http://kremlin.ru/events/president/transcripts/press_conferences/17173",
        "ru:17173",
        "president/transcripts/press_conferences",
        "page",
    ),
    ("http://kremlin.ru/acts/news/80518", "ru:80518", "acts/news", "page"),
    ("http://kremlin.ru/supplement/5500", "ru:5500", "supplement", "page"),
    ("http://en.kremlin.ru/events/president/news/3", "en:3", "president/news", "page"),
    (
        "http://en.kremlin.ru/events/president/news/54511/photos/12",
        "en:54511",
        "president/news",
        "photos",
    ),
    (
        "http://en.kremlin.ru/events/president/news/54511/print",
        "en:54511",
        "president/news",
        "print",
    ),
    ("http://kremlin.ru/events/president/news/54511/work", "ru:54511", "president/news", "other"),
]


@pytest.mark.parametrize(("url", "doc_id", "section", "view"), EVENTS)
def test_an_events_address_is_read(url: str, doc_id: str, section: str, view: str) -> None:
    address = event_address(url)
    assert address is not None
    assert (address.doc_id, address.section, address.view) == (doc_id, section, view)


@pytest.mark.parametrize("url", [url for url, *_ in EVENTS])
def test_the_canonical_url_is_its_own_canonical_url(url: str) -> None:
    address = event_address(url)
    assert address is not None
    again = event_address(address.url)
    assert again is not None
    assert again.url == address.url
    assert again.doc_id == address.doc_id


@pytest.mark.parametrize(
    "url",
    [
        "http://en.kremlin.ru/events/president/news",
        "http://en.kremlin.ru/events/president/news/page/2",
        "http://en.kremlin.ru/events/president/news/by-date/01.02.2003",
        "http://en.kremlin.ru/events/president/news/feed",
        "http://en.kremlin.ru/events/president/news/feed/page/3",
        "http://kremlin.ru/events/councils/by-council/18",
        "http://en.kremlin.ru/d/63953",
        "http://en.kremlin.ru/catalog/persons/336/events",
        "http://en.kremlin.ru/robots.txt",
        "http://example.com/events/president/news/66419",
        "http://kremlin.ru.example.com/events/president/news/66419",
        "mailto:x@kremlin.ru",
        "",
    ],
)
def test_other_addresses_are_no_events(url: str) -> None:
    assert event_address(url) is None


def test_sections_beside_events_keep_their_path() -> None:
    assert section_path("acts/news") == "/acts/news"
    assert section_path("press/announcements") == "/press/announcements"
    assert section_path("councils") == "/events/councils"


def test_hosts() -> None:
    assert language_of("http://www.en.kremlin.ru/x") == "en"
    assert language_of("http://static.kremlin.ru/x") is None
    assert is_site("http://static.kremlin.ru/x")
    assert not is_site("http://notkremlin.ru/x")


@given(st.text(max_size=60))
def test_a_target_uri_is_ascii_without_space_or_fragment(text: str) -> None:
    uri = target_uri(f"http://en.kremlin.ru/{text}")
    assert uri.isascii()
    assert not set(uri) & set(' <>#"\r\n\t')
    assert target_uri(uri) == uri
