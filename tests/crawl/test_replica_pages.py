"""The bundled site's pages read as the project's own readers expect, in both languages."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from kremlin_archive.pages import parse_event, parse_feed, parse_listing, parse_text_version
from kremlin_archive.replica import Edition, Site
from kremlin_archive.replica.http import parse_head
from kremlin_archive.urls import HOSTS, Language, section_path

SITE = Site()


def fetch(url: str) -> bytes:
    host, _, path = url.removeprefix("http://").partition("/")
    reply = SITE.answer(parse_head(f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()))
    assert reply.status == 200, url
    return reply.entity


def url_of(edition: Edition) -> str:
    return f"http://{HOSTS[edition.language]}{edition.path_in(edition.sections[0])}"


@pytest.mark.parametrize("edition", SITE.editions, ids=lambda one: f"{one.language}:{one.event_id}")
def test_event_pages_read_without_a_warning(edition: Edition) -> None:
    record = parse_event(fetch(url_of(edition)), url_of(edition))
    assert record.warnings == ()
    assert (record.event_id, record.language) == (edition.event_id, edition.language)
    assert record.title == edition.title.replace("\u00a0", " ")
    assert record.last_updated == edition.updated[:16].replace(" ", "T")
    assert len(record.photos) == len(edition.photos)
    assert {tag.id for tag in record.persons} == set(edition.persons)
    assert {place.code for place in record.regions} == set(edition.regions)
    assert (record.date is None) is bool(edition.announcement)
    twin = "ru" if edition.language == "en" else "en"
    has_twin = any(
        (one.language, one.event_id) == (twin, edition.event_id) for one in SITE.editions
    )
    assert (record.counterpart_url is not None) is has_twin


class Words(HTMLParser):
    """Every word of a fragment, by another parser than the project's."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += data.replace("\u00ad", "").replace("\u200b", "").split()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_seed_event_loses_no_word(language: Language) -> None:
    edition = SITE.edition(language, 66419)
    record = parse_event(fetch(url_of(edition)), url_of(edition))
    words = Words()
    # The one macro of the fragment shows the name that is its second argument.
    words.feed(edition.body.replace('{{ person(355, "', "").replace('") }}', ""))
    kept = " ".join(
        f"{f'{one.speaker}: ' if n in record.turn_starts else ''}{one.text}"
        for n, one in enumerate(record.paragraphs)
    )
    assert kept.split() == " ".join(words.found).replace(" : ", ": ").split()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_text_version_says_what_the_page_says(language: Language) -> None:
    edition = SITE.edition(language, 66419)
    record = parse_event(fetch(url_of(edition)), url_of(edition))
    assert record.text_version_url is not None
    text = parse_text_version(fetch(record.text_version_url), record.text_version_url)
    assert [one.text for one in text.paragraphs] == [one.text for one in record.paragraphs]
    assert (text.title, text.place, text.lead) == (record.title, record.place, record.lead)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_listing_and_feed_name_the_same_events(language: Language) -> None:
    news = f"http://{HOSTS[language]}{section_path('president/news')}"
    listed: list[int] = []
    url: str | None = news
    while url:
        listing = parse_listing(fetch(url), url)
        assert listing.warnings == ()
        listed += [item.event_id for item in listing.items]
        url = listing.older_url
    fed: list[int] = []
    url = f"{news}/feed"
    while url:
        feed = parse_feed(fetch(url), url)
        assert feed.warnings == ()
        fed += [entry.event_id for entry in feed.entries]
        url = feed.next_url
    expected = [
        e.event_id
        for e in SITE.editions
        if e.language == language and "president/news" in e.sections
    ]
    assert listed == fed == expected
