"""Every character of every body is accounted for: by a second method that shares no code with the parser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kremlin_archive.records import EventPage
from tests.saved_pages.stripping import Stripped, squeezed

pytestmark = pytest.mark.saved_pages

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
LABEL_MARKS = re.compile(r"[:.()\[\]]")
"""What stands between a label and its words; counted apart."""
CARD_HEADS = {"Seealso", "Additional"}
FILE = re.compile(r"(doc|pdf),[\d.]+[kM]B")
MORE_TAGS = re.compile(r"\d+more")


@pytest.fixture(scope="module")
def stripped(news: Path, events: dict[int, EventPage]) -> dict[int, Stripped]:
    return {event: Stripped((news / f"{event}.html").read_text("utf-8")) for event in events}


def as_printed(page: EventPage) -> str:
    starts = set(page.turn_starts)
    return "".join(
        f"{paragraph.speaker or ''}{paragraph.note or ''}{paragraph.text}"
        if index in starts
        else paragraph.text
        for index, paragraph in enumerate(page.paragraphs)
    )


def running_text(page: EventPage, own: Stripped) -> tuple[object, object]:
    """The paragraphs, in order, to the last character but the marks of labels."""
    return (
        LABEL_MARKS.sub("", squeezed(as_printed(page))),
        LABEL_MARKS.sub("", own.text("text")),
    )


def marks_of_labels(page: EventPage, own: Stripped) -> tuple[object, object]:
    """A colon or full stop (or two, around a note) a label, brackets a note, and no mark more."""
    taken = Counter(LABEL_MARKS.findall(own.text("text")))
    taken.subtract(LABEL_MARKS.findall(squeezed(as_printed(page))))
    notes = sum(page.paragraphs[index].note is not None for index in page.turn_starts)
    colons, labels = taken[":"] + taken["."], len(page.turn_starts)
    brackets = (taken["("] + taken["["], taken[")"] + taken["]"])
    return (brackets, labels <= colons <= labels + notes), ((notes, notes), True)


def person_tooltips(page: EventPage, own: Stripped) -> tuple[object, object]:
    said = [f"{one.tooltip_name}{one.tooltip_position or ''}" for one in page.person_mentions]
    return [squeezed(text) for text in said], own.pieces("tooltip_person")


def card_titles(page: EventPage, own: Stripped) -> tuple[object, object]:
    titles = [squeezed(card.title) for card in page.related]
    titles += [squeezed(file.title) for file in page.attachments]
    return sorted(titles), sorted(own.pieces("cut__item"))


def card_dates(page: EventPage, own: Stripped) -> tuple[object, object]:
    return [squeezed(card.date) for card in page.related if card.date], own.pieces("cut__date")


def card_files(page: EventPage, own: Stripped) -> tuple[object, object]:
    """The format is kept, the size is not."""
    matches = [FILE.fullmatch(piece) for piece in own.pieces("cut__meta")]
    return [file.format for file in page.attachments], [match and match[1] for match in matches]


def card_heads(_page: EventPage, own: Stripped) -> tuple[object, object]:
    return set(own.pieces("cut__title")) - CARD_HEADS, set()


def captions(page: EventPage, own: Stripped) -> tuple[object, object]:
    slides = [squeezed(photo.caption or "") for photo in page.photos if photo.id is not None]
    single = [squeezed(photo.caption or "") for photo in page.photos if photo.id is None]
    return (slides, single), (own.slide_captions, own.pieces("media__title"))


def video_captions(page: EventPage, own: Stripped) -> tuple[object, object]:
    said = [squeezed(video.caption) for video in page.videos if video.caption]
    return said, own.pieces("video__description")


def tags(page: EventPage, own: Stripped) -> tuple[object, object]:
    """Heads and names of all columns, as a bag of characters: the columns' order is the page's."""
    geography = [place.name for place in (*page.countries, *page.regions)]
    topics, persons = [tag.name for tag in page.topics], [tag.name for tag in page.persons]
    columns = (("Geography", geography), ("Topics", topics), ("Persons", persons))
    said = "".join(head + "".join(names) for head, names in columns if names)
    return Counter(squeezed(said)), Counter(own.text("read__tagscol"))


def more_tags(_page: EventPage, own: Stripped) -> tuple[object, object]:
    return [piece for piece in own.pieces("read__tagsmore") if not MORE_TAGS.fullmatch(piece)], []


def status(page: EventPage, own: Stripped) -> tuple[object, object]:
    date, time = (page.published_at or f"{page.date}T00:00")[:16].split("T")
    year, month, day = date.split("-")
    plural = "s" if len(page.sections) > 1 else ""
    said = (
        f"Publication status Published in section{plural}: "
        f"{', '.join(section.name for section in page.sections)} "
        f"Publication date: {MONTHS[int(month) - 1]} {int(day)}, {year}, {time} "
        f"Direct link: {(page.short_url or '').removeprefix('http://')} Text version"
    )
    return squeezed(said), own.text("read__status")


ACCOUNTS: tuple[Callable[[EventPage, Stripped], tuple[object, object]], ...] = (
    running_text,
    marks_of_labels,
    person_tooltips,
    card_titles,
    card_dates,
    card_files,
    card_heads,
    captions,
    video_captions,
    tags,
    more_tags,
    status,
)


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.__name__)
def test_everything_is_accounted_for(
    account: Callable[[EventPage, Stripped], tuple[object, object]],
    events: dict[int, EventPage],
    stripped: dict[int, Stripped],
) -> None:
    def differences() -> Iterator[tuple[int, object, object]]:
        for event, page in events.items():
            parsed, printed = account(page, stripped[event])
            if parsed != printed:
                yield event, parsed, printed

    assert list(differences()) == []


def test_no_zone_is_left_out(stripped: dict[int, Stripped]) -> None:
    """Terms' tooltips are the only text of a body that no field keeps."""
    zones = {zone for page in stripped.values() for zone in page.texts}
    named = {"text", "tooltip_person", "cut__title", "cut__item", "cut__date", "cut__meta"}
    named |= {"media__title", "video__description", "read__tagsmore", "read__tagscol"}
    assert zones - named == {"read__status", "tooltip_term"}
