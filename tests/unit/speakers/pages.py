"""Event pages made by hand: a line a turn."""

from __future__ import annotations

from kremlin_archive.records import EventPage, Paragraph, PersonMention, Tag
from kremlin_archive.urls import Language


def page(
    *labels: str,
    language: Language = "en",
    date: str | None = "2019-06-01",
    persons: tuple[Tag, ...] = (),
    mentions: tuple[PersonMention, ...] = (),
) -> EventPage:
    """A page with one short turn a label."""
    return EventPage(
        event_id=60000,
        language=language,
        url=f"http://{'en.' if language == 'en' else ''}kremlin.ru/events/president/news/60000",
        title="A meeting",
        date=date,
        paragraphs=tuple(Paragraph("speech", "Thank you.", label) for label in labels),
        turn_starts=tuple(range(len(labels))),
        persons=persons,
        person_mentions=mentions,
    )


def link(person_id: int, name: str, tooltip: str, position: str | None = None) -> PersonMention:
    return PersonMention(person_id, name, tooltip, position)
