"""The press service of a simulated year: editions of events, each version with a number of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.replica import Edition
from kremlin_archive.replica.site.typography import long_date
from kremlin_archive.urls import Language

_NUMBER = {"ru": "Сообщение №\u202f{:06d}.", "en": "Release no. {:06d}."}
_READ_NUMBER = re.compile(r"(?:Сообщение №|Release no\.)\s*([0-9]{6})\.")
_TITLES = {
    "ru": ("Рабочая встреча {}", "Совещание {}", "Телефонный разговор {}", "Посещение завода {}"),
    "en": ("Working meeting {}", "Meeting on issues {}", "Telephone conversation {}", "Visit to a plant {}"),
}  # fmt: skip
_PLACES = {
    "ru": ("Москва, Кремль", "Санкт-Петербург", ""),
    "en": ("The Kremlin, Moscow", "St Petersburg", ""),
}
_SENTENCES = {
    "ru": (
        "Обсуждались итоги года и планы на следующий.",
        "Собеседники договорились о новых контактах.",
        "Участники рассказали о ходе строительства моста.",
        "Особое внимание уделено подготовке к зиме.",
        "Глава государства поблагодарил строителей за работу.",
        "Речь шла о расписании ночных поездов.",
    ),
    "en": (
        "They discussed the results of the year and plans for the next.",
        "The parties agreed on further contacts.",
        "The participants spoke about how the bridge is being built.",
        "Special attention was given to getting ready for winter.",
        "The head of state thanked the builders for their work.",
        "The timetable of night trains was on the agenda.",
    ),
}
_SPEAKER = {"ru": "В.Путин:", "en": "Vladimir Putin:"}
_UNFINISHED = {"ru": "Продолжение следует.", "en": "To be continued."}
SECTIONS = (
    ("president/news",),
    ("president/news",),
    ("president/news", "president/transcripts"),
    ("president/news", "president/trips"),
    ("president/news", "president/letters"),
    ("president/news", "administration"),
    ("president/news", "security-council", "president/transcripts"),
    ("president/news", "councils"),
    ("president/news", "state-council"),
    ("administration",),
    ("councils", "state-council"),
    ("president/trips",),
    ("president/news", "press/announcements"),
)


@dataclass(frozen=True, slots=True)
class Content:
    """What tells one version of an edition from any other: all of it can be read in the tables."""

    title: str
    lead: str
    place: str
    number: str


def shown(edition: Edition) -> Content:
    """Content of an edition as it is published."""
    return _content(edition.title, edition.lead, edition.place, edition.body)


def read(title: str, lead: str | None, place: str | None, text: str) -> Content:
    """Content that a row of the tables tells."""
    return _content(title, lead or "", place or "", text)


def _content(title: str, lead: str, place: str, text: str) -> Content:
    found = _READ_NUMBER.findall(text)
    return Content(title, lead, place, ",".join(found))


class Newsroom:
    """Writes and rewrites editions; all chance comes from the one generator it is given."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._number = 0

    def event(
        self, event_id: int, at: datetime, sections: tuple[str, ...] | None = None
    ) -> Edition:
        """Write the Russian edition of a new event, which is published as it happens."""
        when = at.astimezone(MOSCOW)
        return Edition(
            event_id=event_id,
            language="ru",
            title=self._title("ru", event_id),
            published=f"{when:%Y-%m-%d %H:%M}",
            updated=f"{when:%Y-%m-%d %H:%M:%S}",
            body=self._body("ru"),
            lead=self._chance.choice(_SENTENCES["ru"]),
            place=self._chance.choice(_PLACES["ru"]),
            sections=sections or self._chance.choice(SECTIONS[:-1]),
            topics=(82,) if self._chance.random() < 0.5 else (),
        )

    def announcement(self, event_id: int, at: datetime, of: datetime) -> Edition:
        """Write an announcement that stands under the day of the event to come."""
        day = f"{of.astimezone(MOSCOW):%Y-%m-%d}"
        return replace(
            self.event(event_id, at, SECTIONS[-1]),
            published=f"{day} 10:00",
            announcement=long_date(day, "ru"),
            place="",  # announcements show none
        )

    def translation(self, edition: Edition, at: datetime) -> Edition:
        """Write the English edition: the event's own time, whenever it appears."""
        return replace(
            edition,
            language="en",
            title=self._title("en", edition.event_id),
            updated=_stamp(at),
            body=self._body("en"),
            lead=self._chance.choice(_SENTENCES["en"]),
            place=self._chance.choice(_PLACES["en"]),
        )

    def continued(self, edition: Edition, at: datetime, *, ends: bool) -> Edition:
        """Write more of a transcript; unless it ends here, it says that more will come."""
        more = "" if ends else f"<p>{_UNFINISHED[edition.language]}</p>\n"
        return replace(edition, body=self._body(edition.language) + more, updated=_stamp(at))

    def edited(self, edition: Edition, at: datetime, *, says_so: bool) -> Edition:
        """Rewrite an edition; ``says_so``: feed, listing and page show the instant of the change."""
        changed = self._rewritten(edition)
        return replace(changed, updated=_stamp(at)) if says_so else changed

    def _rewritten(self, edition: Edition) -> Edition:
        kind = self._chance.choice(("text", "text", "text", "title", "lead"))
        if kind == "title":
            return replace(edition, title=f"{edition.title}, {self._next():d}")
        if kind == "lead":
            return replace(edition, lead=f"{edition.lead} ({self._next():d})")
        return replace(edition, body=self._body(edition.language))

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _title(self, language: Language, event_id: int) -> str:
        return self._chance.choice(_TITLES[language]).format(event_id)

    def _body(self, language: Language) -> str:
        said = self._chance.choices(_SENTENCES[language], k=self._chance.randint(3, 12))
        speech = f"<p><b>{_SPEAKER[language]}</b> {said[0]}</p>\n"
        rest = "".join(f"<p>{sentence}</p>\n" for sentence in said[1:])
        return f"{speech}{rest}<p>{_NUMBER[language].format(self._next())}</p>\n"


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(MOSCOW):%Y-%m-%d %H:%M:%S}"
