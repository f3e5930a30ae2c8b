"""An archive with something of everything: two editions, years, edits, tags, omissions, real WARC files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kremlin_archive.dataset.extract import extract
from tests.unit.dataset.conftest import CARDS, PHOTO, Event, Site

_SPEECH = (
    "<p><b>Vladimir Putin:</b> Good afternoon. We spoke of peace in {place} for {n} hours.</p>"
    "<p>It was a long day.</p><p><b>Question:</b> What comes next?</p>"
)
_RUSSIAN = (
    "<p><b>В.Путин:</b> Добрый день. Мы говорили о мире в городе {place} {n} часов.</p>"
    "<p>Это был долгий день.</p><p><b>Вопрос:</b> Что дальше?</p>"
)
OMITTED = f"<p>{'Этого абзаца в английской версии нет, а он длинный. ' * 6}</p>"
YEARS = (2001, 2012, 2021)
EVENTS = 20


def events() -> list[Event]:
    """Twenty events in both editions, over three years; one is 66419."""
    made = []
    for number in range(EVENTS):
        year = YEARS[number % len(YEARS)]
        event_id = 66419 if number == EVENTS - 1 else 100 + number
        english = Event(
            event_id=event_id,
            day=f"{year}-05-{number + 1:02}",
            title=f"Meeting {number}",
            body=PHOTO + _SPEECH.format(place="Moscow", n=number) + CARDS,
        )
        russian = replace(
            english,
            language="ru",
            title=f"Встреча {number}",
            body=_RUSSIAN.format(place="Москва", n=number) + (OMITTED if number % 2 else ""),
            tags=Event.tags.replace("Geography", "География").replace("Kazakhstan", "Казахстан"),
        )
        made += [english, russian]
    return made


def archive(root: Path) -> Path:
    """Make the archive below ``root`` and publish it; returns the snapshot's folder."""
    site = Site()
    shown = events()
    captures = [site.event(event) for event in shown]
    site.warc(root / "warc" / "2026" / "a.warc.gz", captures)
    edited = replace(shown[-2], body=shown[-2].body.replace("a long day", "a short day"))
    site.warc(root / "warc" / "2026" / "b.warc.gz", [site.event(edited)])
    return extract(root).published.path
