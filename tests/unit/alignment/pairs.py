"""Two short editions of one event, made by hand."""

from __future__ import annotations

from kremlin_archive.records import EventPage, Paragraph
from kremlin_archive.urls import Language

EN = (
    ("Vladimir Putin", "Good afternoon. We agreed on 14 projects in Kazakhstan last year."),
    (
        "Vladimir Putin",
        "Trade grew by 33.5 percent, and this is a good result for both our countries.",
    ),
    (
        "Kassym-Jomart Tokayev",
        "Thank you for the invitation to Moscow. The forum in Omsk was a success.",
    ),
    ("Kassym-Jomart Tokayev", "Afghanistan is a matter of concern to all of us."),
)
RU = (
    ("В.Путин", "Добрый день! В прошлом году мы договорились о 14 проектах в Казахстане."),
    (
        "В.Путин",
        "Торговля выросла на 33,5 процента, и это хороший результат для обеих наших стран.",
    ),
    ("К.-Ж.Токаев", "Благодарю за приглашение в Москву. Форум в Омске прошёл с успехом."),
    ("К.-Ж.Токаев", "Афганистан вызывает озабоченность у всех нас."),
)


def page(language: Language, spoken: tuple[tuple[str, str], ...]) -> EventPage:
    """A page with these paragraphs; a turn begins where the speaker changes."""
    labels = [label for label, _ in spoken]
    starts = [i for i, label in enumerate(labels) if i == 0 or labels[i - 1] != label]
    return EventPage(
        event_id=60000,
        language=language,
        url=f"http://{'en.' if language == 'en' else ''}kremlin.ru/events/president/news/60000",
        title="Talks",
        date="2021-08-21",
        paragraphs=tuple(Paragraph("speech", text, label) for label, text in spoken),
        turn_starts=tuple(starts),
    )
