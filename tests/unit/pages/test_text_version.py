"""Text versions read and written; the two seed documents are the site's own words for event 66419."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.errors import LayoutError, NotThisPage
from kremlin_archive.pages import normalise, parse_event, parse_text_version, render_text_version
from kremlin_archive.records import EventPage, Paragraph
from tests.golden.goldens import GOLDENS, Golden

SEEDS = Path(__file__).parents[3] / "seeds"
RUSSIAN = (SEEDS / "66419-ru-copy.txt").read_bytes()
ENGLISH = (SEEDS / "66419-en.txt").read_text("utf-8")
URL = "http://kremlin.ru/events/president/news/copy/66419"


def event_golden(name: str) -> EventPage:
    golden = Golden(GOLDENS / name)
    return parse_event(golden.page.read_bytes(), golden.meta["url"])


def as_normalised(text: str) -> list[str]:
    """Lines with no-break spaces as spaces and without trailing ones: all that may differ."""
    return [line.replace("\u00a0", " ").rstrip() for line in text.split("\n")]


def test_the_russian_seed_is_written_as_it_was_read() -> None:
    written = render_text_version(parse_text_version(RUSSIAN, URL))
    assert written.split("\n") == as_normalised(RUSSIAN.decode())


def test_the_event_page_renders_the_same_text_version() -> None:
    page = event_golden("ru_event_seed_66419")
    assert render_text_version(page).split("\n") == as_normalised(RUSSIAN.decode())


def test_the_english_record_holds_everything_the_seed_shows() -> None:
    page = event_golden("en_event_seed_66419")
    starts = set(page.turn_starts)
    text = [
        f"{paragraph.speaker}: {paragraph.text}" if index in starts else paragraph.text
        for index, paragraph in enumerate(page.paragraphs)
    ]
    shown = [
        *("Events", page.title, page.lead, "August 21, 2021", page.time, page.place),
        *(f"1 of {len(page.photos)}", page.photos[0].caption),
        *text,
        *("Geography", *(place.name for place in page.countries)),
        *("Topics", *(tag.name for tag in page.topics)),
        *("Persons", *(tag.name for tag in page.persons)),
        "Publication status",
        f"Published in sections: {', '.join(section.name for section in page.sections)}",
        f"Publication date: August 21, 2021, {page.time}",
        "Text version",
    ]
    assert [line for line in shown if line] == [
        line for line in ENGLISH.replace("\n: ", ": ").split("\n") if line
    ]
    assert page.date == "2021-08-21"


def record(**changes: object) -> EventPage:
    facts: dict[str, object] = {
        "event_id": 1,
        "language": "en",
        "url": "http://en.kremlin.ru/events/president/news/1",
        "title": "T",
        "date": "2020-01-02",
        "time": "03:04",
    }
    return EventPage(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "stamp"),
    [
        pytest.param({}, "2020-01-02 03:04:00", id="date and time"),
        pytest.param({"time": None}, "2020-01-02 00:00:00", id="time unknown"),
        pytest.param(
            {"date": None, "time": None, "published_at": "2020-05-06T07:08:00+03:00"},
            "2020-05-06 07:08:00",
            id="an announcement: published",
        ),
        pytest.param({"date": None, "time": None}, "", id="no date at all"),
    ],
)
def test_the_line_of_date_and_time(changes: dict[str, object], stamp: str) -> None:
    assert render_text_version(record(**changes)).split("\n")[4] == stamp


def test_the_last_line_is_the_address() -> None:
    own = "http://en.kremlin.ru/events/president/news/copy/1"
    assert render_text_version(record()).endswith("\nhttp://en.kremlin.ru/events/president/news/1")
    assert render_text_version(record(text_version_url=own)).endswith(f"\n{own}")
    assert render_text_version(record(text_version_url=own), "http://x/").endswith("\nhttp://x/")


WORDS = st.text("abcxyz<>&;: ", min_size=1, max_size=30).map(lambda text: normalise(f"w {text}"))


@given(
    title=WORDS,
    place=st.none() | WORDS,
    lead=st.none() | st.lists(WORDS, min_size=1, max_size=3).map("\n".join),
    texts=st.lists(WORDS, max_size=6),
)
def test_writing_and_reading_back(
    title: str, place: str | None, lead: str | None, texts: list[str]
) -> None:
    page = record(
        title=title,
        place=place,
        lead=lead,
        paragraphs=tuple(Paragraph("narration", text) for text in texts),
        text_version_url="http://en.kremlin.ru/events/president/news/copy/1",
    )
    back = parse_text_version(render_text_version(page).encode(), page.text_version_url or "")
    assert (back.title, back.place, back.lead) == (title, place, lead)
    assert [paragraph.text for paragraph in back.paragraphs] == texts


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "around", ["{}", "<!doctype html><html><body><textarea>{}</textarea></body></html>"]
)
def test_the_wrapper_and_the_newlines_do_not_matter(around: str, newline: str) -> None:
    text = around.format(RUSSIAN.decode()).replace("\n", newline)
    assert parse_text_version(text.encode(), URL) == parse_text_version(RUSSIAN, URL)


@pytest.mark.parametrize(
    ("before", "after", "error", "problem"),
    [
        pytest.param("2021-08-21 13:10:00", "21 августа", LayoutError, "YYYY-MM-DD", id="no date"),
        pytest.param("2021-08-21", "2021-08-32", LayoutError, "a real date", id="no such day"),
        pytest.param(
            "13:10:00\n\n", "13:10:00\n", LayoutError, "empty lines", id="an empty line missing"
        ),
        pytest.param("copy/66419", "copy/66420", NotThisPage, "ru:66420", id="another event"),
        pytest.param(
            "http://kremlin.ru",
            "http://en.kremlin.ru",
            NotThisPage,
            "en:66419",
            id="another edition",
        ),
        pytest.param(
            "http://kremlin.ru/events", "конец", LayoutError, "last line", id="no address"
        ),
    ],
)
def test_what_is_laid_out_otherwise_is_refused(
    before: str, after: str, error: type[Exception], problem: str
) -> None:
    text = RUSSIAN.decode()
    assert before in text
    with pytest.raises(error, match=problem):
        parse_text_version(text.replace(before, after).encode(), URL)
