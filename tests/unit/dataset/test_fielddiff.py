from __future__ import annotations

from dataclasses import fields, replace

from kremlin_archive.dataset.fielddiff import (
    BODY,
    ListChange,
    MarkChange,
    ValueChange,
    field_changes,
    mark_changes,
)
from kremlin_archive.records import EventPage, Paragraph, Photo, Tag

ALL = frozenset(field.name for field in fields(EventPage))
ECONOMY, SCIENCE = Tag(1, "Economy"), Tag(5, "Science")


def page(*paragraphs: Paragraph, starts: tuple[int, ...] = (), **facts: object) -> EventPage:
    record = EventPage(1, "en", "http://en.kremlin.ru/events/president/news/1", "Talks")
    return replace(record, paragraphs=paragraphs, turn_starts=starts, **facts)  # type: ignore[arg-type]


def said(text: str, speaker: str | None = None, note: str | None = None) -> Paragraph:
    return Paragraph("speech" if speaker else "narration", text, speaker, note)


def test_of_lists_the_items_that_went_and_came_are_told() -> None:
    photo = Photo(7, "http://static.kremlin.ru/a.jpg", None)
    before = page(topics=(ECONOMY, SCIENCE), photos=(photo,))
    after = page(topics=(SCIENCE,), photos=(photo, photo))
    seen = {"id": 7, "url": photo.url, "caption": None}
    assert list(field_changes(before, after, ALL)) == [
        ListChange("topics", ({"id": 1, "name": "Economy"},), ()),
        ListChange("photos", (), (seen,)),
    ]


def test_a_list_in_another_order_is_a_change_of_no_items() -> None:
    before, after = page(topics=(ECONOMY, SCIENCE)), page(topics=(SCIENCE, ECONOMY))
    assert list(field_changes(before, after, ALL)) == [ListChange("topics", (), ())]


def test_only_the_fields_that_are_named_are_told() -> None:
    before = page(said("One."), date="2021-08-21", topics=(ECONOMY,))
    after = page(said("Two."), date="2021-08-22")
    assert list(field_changes(before, after, ["date", *BODY])) == [
        ValueChange("date", "2021-08-21", "2021-08-22")
    ]


def test_another_speaker_of_the_same_words_is_told_once_for_all_of_them() -> None:
    before = page(said("One."), said("Two.", "A"), said("Three.", "A"), starts=(1,))
    after = page(said("One."), said("Two.", "B"), said("Three.", "B"), starts=(1,))
    assert list(mark_changes(before, after)) == [MarkChange("speaker", 2, 3, "A", "B")]


def test_notes_kinds_and_turns_are_told_of_rewritten_paragraphs_too() -> None:
    before = page(said("One.", "A"), said("Two.", "A"), starts=(0,))
    after = page(said("One.", "A"), said("Twice.", "A", "laughs"), starts=(0, 1))
    assert list(mark_changes(before, after)) == [
        MarkChange("note", 2, 2, None, "laughs"),
        MarkChange("begins_turn", 2, 2, before=False, after=True),
    ]
    heading = page(Paragraph("heading", "One."))
    assert list(mark_changes(page(said("One.")), heading)) == [
        MarkChange("kind", 1, 1, "narration", "heading")
    ]


def test_who_speaks_in_paragraphs_that_came_or_went_is_told() -> None:
    first, more = said("One.", "A"), (said("Two.", "A"), said("Three.", "B"), said("Four.", "B"))
    assert list(mark_changes(page(first), page(first, *more))) == [
        MarkChange("speakers", 2, 4, [], ["A", "B"])
    ]
    assert list(mark_changes(page(first, *more), page(first))) == [
        MarkChange("speakers", 2, 1, ["A", "B"], [])
    ]


def test_words_alone_change_no_marks() -> None:
    assert not list(mark_changes(page(said("One.", "A")), page(said("Once.", "A"))))
