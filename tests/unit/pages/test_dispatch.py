from __future__ import annotations

import pytest

from kremlin_archive.errors import NotThisPage
from kremlin_archive.pages import PageKind, page_kind, parse_page
from kremlin_archive.records import EventPage, FeedPage, ListingPage
from tests.golden.goldens import GOLDENS, Golden

EN = "http://en.kremlin.ru"
RU = "http://kremlin.ru"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (f"{EN}/events/president/news/66419", "event"),
        (f"{RU}/events/president/transcripts/press_conferences/17173", "event"),
        (f"{RU}/events/councils/by-council/18/62744", "event"),
        (f"{RU}/acts/news/80518", "event"),
        ("http://www.kremlin.ru/events/security-council/10235#sel=1:1", "event"),
        (f"{RU}/events/president/news/copy/66419", "text_version"),
        (f"{EN}/events/president/transcripts/copy/66419", "text_version"),
        (f"{EN}/events/president/news", "listing"),
        (f"{EN}/events/president/news/", "listing"),
        (f"{EN}/events/president/news/page/2", "listing"),
        (f"{EN}/events/president/news/by-date/01.04.2013", "listing"),
        (f"{RU}/events/all/page/7", "listing"),
        (f"{RU}/events/president/transcripts/comminity_meetings/page/3", "listing"),
        (f"{RU}/events/councils/by-council/18", "listing"),
        (f"{RU}/events/councils/by-council/18/page/2", "listing"),
        (f"{RU}/acts/news/page/3", "listing"),
        (f"{RU}/press/announcements", "listing"),
        (f"{EN}/events/president/news/feed", "feed"),
        (f"{RU}/events/all/feed/page/12", "feed"),
        (f"{EN}/events/president/news/66419/photos", "other"),
        (f"{EN}/events/president/news/66419/photos/55638", "other"),
        (f"{EN}/events/president/news/66419/print", "other"),
        (f"{EN}/events/president/news/last-items", "other"),
        (f"{EN}/robots.txt", "other"),
        (f"{EN}/", "other"),
        (f"{EN}/events", "other"),
        (f"{EN}/catalog/persons/336/events", "other"),
        (f"{EN}/d/66419", "other"),
        ("http://special.kremlin.ru/events/president/news/66419", "other"),
        ("http://example.org/events/president/news/66419", "other"),
        ("http://[x", "other"),
        ("", "other"),
    ],
)
def test_page_kind(url: str, kind: PageKind) -> None:
    assert page_kind(url) == kind


def golden(name: str) -> tuple[bytes, str]:
    one = Golden(GOLDENS / name)
    return one.page.read_bytes(), one.meta["url"]


@pytest.mark.parametrize(
    ("name", "content_type", "record"),
    [
        ("en_event_plain", "text/html; charset=utf-8", EventPage),
        ("en_listing_page", "TEXT/HTML", ListingPage),
        ("en_feed_first", "application/atom+xml; charset=utf-8", FeedPage),
        ("ru_text_version_seed_66419", "text/plain", EventPage),
        ("ru_event_plain", None, EventPage),
    ],
)
def test_the_parser_is_chosen_by_url(name: str, content_type: str | None, record: type) -> None:
    assert isinstance(parse_page(*golden(name), content_type=content_type), record)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("en_event_plain", "image/jpeg"),
        ("en_listing_page", "application/json"),
        ("en_feed_first", "text/html; charset=utf-8"),
    ],
)
def test_another_type_than_promised_is_refused(name: str, content_type: str) -> None:
    with pytest.raises(NotThisPage, match="served as"):
        parse_page(*golden(name), content_type=content_type)


def test_other_pages_are_none() -> None:
    assert parse_page(b"User-agent: *", f"{EN}/robots.txt", content_type="text/plain") is None


def test_the_charset_of_the_content_type_counts_unless_one_is_given() -> None:
    content, url = golden("ru_event_plain")
    content = (
        content.decode().replace('charset="utf-8"', "").replace("\u00a0", " ").encode("cp1251")
    )
    page = parse_page(content, url, content_type='text/html; charset="windows-1251"')
    assert isinstance(page, EventPage)
    assert page.title == "Приветствие участникам шахматного фестиваля"
    with pytest.raises(NotThisPage, match="not utf-8"):
        parse_page(content, url, content_type="text/html; charset=windows-1251", charset="utf-8")
