"""What other readers of this site got wrong, one test each."""

from __future__ import annotations

from typing import Any

import pytest

from kremlin_archive.errors import NotThisPage
from kremlin_archive.pages import parse_event, parse_feed, parse_listing
from kremlin_archive.records import EventPage
from kremlin_archive.urls import event_address
from tests.golden.goldens import GOLDENS, Golden


def page(name: str) -> tuple[bytes, str]:
    golden = Golden(GOLDENS / name)
    return golden.page.read_bytes(), golden.meta["url"]


def event(name: str) -> EventPage:
    return parse_event(*page(name))


def everything(name: str) -> str:
    return "\n".join(paragraph.text for paragraph in event(name).paragraphs)


@pytest.mark.parametrize(
    "name", ["en_event_label_person_tag", "en_event_tooltips", "ru_event_label_person_tag"]
)
def test_tooltips_are_data_not_text(name: str) -> None:
    record = event(name)
    shown = everything(name) + "".join(paragraph.speaker or "" for paragraph in record.paragraphs)
    for mention in record.person_mentions:
        assert mention.name_in_text in shown
        assert mention.tooltip_name is not None
        assert mention.tooltip_name not in shown
        assert mention.tooltip_position is None or mention.tooltip_position not in shown


@pytest.mark.parametrize("name", ["en_event_hidden_tags", "ru_event_tags"])
def test_hidden_tags_are_tags_and_more_is_none(name: str) -> None:
    record = event(name)
    names = {tag.name for tag in (*record.topics, *record.persons)}
    assert {"Budget", "Sorokin Ilya"} <= names or {"Бюджет"} <= names
    assert not any(word in name for name in names for word in ("more", "Ещё"))


@pytest.mark.parametrize(
    "name", ["en_event_cards_between", "ru_event_cards", "en_event_slider", "en_event_single_photo"]
)
def test_cards_captions_and_status_are_not_text(name: str) -> None:
    record, text = event(name), everything(name)
    around = [card.title for card in record.related] + [
        photo.caption or "-" for photo in record.photos
    ]
    around += ["See also", "Смотрите также", "Publication status", "Статус материала", record.title]
    assert [words for words in around if words in text] == []


def test_the_time_stands_in_a_div() -> None:
    assert event("en_event_plain").time == "10:00"


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        ("en_event_plain", "+03:00"),
        ("en_event_summer_time_2010", "+04:00"),
        ("en_event_winter_2012", "+04:00"),
    ],
)
def test_moscow_time_is_not_utc(name: str, offset: str) -> None:
    assert (event(name).published_at or "").endswith(offset)


def test_the_feeds_offset_is_not_believed() -> None:
    content, url = page("en_feed_first")
    assert b"<published>2020-08-27T15:20:00+04:00</published>" in content
    assert parse_feed(content, url).entries[0].published == "2020-08-27T15:20:00"


def test_spaces_of_all_kinds_are_one() -> None:
    assert event("en_event_plain").place == "The Kremlin, Moscow"
    assert event("en_event_zero_width").place == "Sochi, Krasnodar Territory"


def test_letters_are_composed_not_torn() -> None:
    assert event("ru_event_decomposed_letters").title == "Ёлка в Йошкар-Оле"


def test_announcements_have_the_date_of_their_status_block() -> None:
    record = event("en_event_announcement_day")
    assert (record.date, record.published_at) == (None, "2020-01-27T12:45:00+03:00")
    assert record.paragraphs


@pytest.mark.parametrize(
    ("name", "speaker"),
    [
        ("en_event_label_colon_inside", "President of Russia Vladimir Putin"),
        ("en_event_label_colon_outside", "Lighthouse Keeper Anna-Maria O’Neill"),
        ("en_event_voices", "Question"),
        ("en_event_voices", "Remark"),
        ("ru_event_transcript", "К.-Ж.Токаев"),
    ],
)
def test_speakers_of_more_than_two_words_and_of_one(name: str, speaker: str) -> None:
    assert speaker in {paragraph.speaker for paragraph in event(name).paragraphs}


@pytest.mark.parametrize(
    "name", ["en_event_headings", "ru_event_headings", "en_event_accreditation"]
)
def test_bold_does_not_make_a_speaker(name: str) -> None:
    record = event(name)
    assert record.turn_starts == ()
    assert {paragraph.speaker for paragraph in record.paragraphs} == {None}


def test_one_more_class_breaks_nothing() -> None:
    content, url = page("en_event_tags")
    classed = content.replace(b'class="', b'class="one-more ')
    assert parse_event(classed, url) == parse_event(content, url)


def test_a_listings_next_is_older_and_called_previous() -> None:
    listing = parse_listing(*page("en_listing_page"))
    assert (listing.older_url or "").endswith("/page/3")
    assert (listing.newer_url or "").endswith("/news")


def test_a_listings_title_is_not_the_whole_link() -> None:
    assert [item.title for item in parse_listing(*page("en_listing_page")).items] == [
        "Telephone conversation"
    ]


def test_a_by_date_page_is_the_listing_page_it_says() -> None:
    listing = parse_listing(*page("en_listing_by_date"))
    assert listing.page == 462
    assert {item.date for item in listing.items} == {"2013-04-03"}


@pytest.mark.parametrize("number", ["3", "999", "80518", "123456789"])
def test_ids_have_any_width(number: str) -> None:
    content, url = page("en_event_plain")
    record = parse_event(content.replace(b"63900", number.encode()), url.replace("63900", number))
    assert record.event_id == int(number)


def test_quotes_and_headings_are_paragraphs_too() -> None:
    kinds: Any = {
        paragraph.kind
        for name in ("en_event_blockquote", "en_event_headings")
        for paragraph in event(name).paragraphs
    }
    assert {"quote", "heading"} <= kinds


def test_paragraphs_are_neither_glued_nor_broken() -> None:
    assert [paragraph.text for paragraph in event("en_event_inline_markup").paragraphs] == [
        "The 3rd brigade is here. All H2O is clean, R&D too.",
        "The Old Oaks fund and OPEC, see 20.kremlin.ru/en.",
    ]


@pytest.mark.parametrize(
    "name", ["en_event_empty_body", "en_event_cards_only", "en_event_announcement_empty"]
)
def test_an_empty_text_is_legitimate(name: str) -> None:
    record = event(name)
    assert record.paragraphs == ()
    assert record.warnings == ()


def test_the_words_to_be_continued_mean_it_only_alone() -> None:
    assert event("en_event_to_be_continued").is_partial
    assert not event("en_event_words_to_be_continued").is_partial


def test_a_photos_date_is_not_the_events() -> None:
    assert (
        b'itemprop="datePublished" content="2018-09-25"'
        in page("en_event_label_person_tag")[0] + page("en_event_slider")[0]
    )
    assert event("en_event_slider").date == "2018-09-25"
    assert event("en_event_single_photo").date == "2003-06-24"


def test_the_starting_slide_is_not_the_first() -> None:
    assert [photo.id for photo in event("en_event_slider").photos] == [55638, 55639, 55640]


def test_one_event_in_several_sections_has_one_address() -> None:
    assert event("en_event_other_section").url == "http://en.kremlin.ru/events/president/news/10235"


@pytest.mark.parametrize("name", ["en_event_tooltips", "ru_event_tags"])
def test_the_other_editions_page_is_not_this_one(name: str) -> None:
    """Hosts that were mixed up would put one edition's words under the other's key."""
    content, url = page(name)
    address = event_address(url)
    assert address is not None
    with pytest.raises(NotThisPage, match="the other edition"):
        parse_event(content, address.counterpart.url)
