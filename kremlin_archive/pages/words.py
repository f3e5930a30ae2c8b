"""The site's own words, per language: what its headings, labels and dates say.

English words are from 7,108 saved pages. Russian ones are from texts that others took from Russian
pages (no saved Russian event page exists); a Russian word not in these tables is recorded as a
warning on the record, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

from kremlin_archive.urls import Language


@dataclass(frozen=True, slots=True)
class SiteWords:
    """What the template and the editors say in one language; compared with case folded."""

    months: MappingProxyType[str, int]
    tag_heads: frozenset[str]
    card_heads: frozenset[str]
    status_heads: frozenset[str]
    status_words: frozenset[str]
    announcement: re.Pattern[str]
    """What stands before the announced date."""
    calendar_words: frozenset[str]
    """Words of the «add to calendar» block that may follow the announced date."""
    to_be_continued: re.Pattern[str]
    voices: frozenset[str]
    """Labels of speakers without a name."""
    not_speakers: re.Pattern[str]
    """Bold words before a colon that introduce no speech: notices to the press."""
    unmarked_label: re.Pattern[str]
    """A name at the start of a line where no bold type marks it (text versions)."""


def _months(*half_years: str) -> MappingProxyType[str, int]:
    names = " ".join(half_years).split()
    return MappingProxyType({name: number for number, name in enumerate(names, start=1)})


_TO_BE_CONTINUED = r"[<(\[«\s]*{}[\s.…>)\]»]*"

# A name's words: «Tokayev», «K.-Zh.», «O’Neill», «al-Assad». Particles may stand between them. One
# capitalised word alone («Colleagues:») is no name.
_EN_WORD = r"(?:al-|el-)?[A-ZÀ-ÖØ-ÞĀ-Ž0-9][\w’'.\-–]*"
_EN_PARTICLE = r"(?:al|bin|bint|da|de|del|der|di|dos|el|ibn|van|von|of|and|the|for|on|in|to|at)"
_EN_NAME = rf"{_EN_WORD}(?:,?\s+(?:{_EN_PARTICLE}\s+)*{_EN_WORD})+"

_EN = SiteWords(
    months=_months(
        "january february march april may june",
        "july august september october november december",
    ),
    tag_heads=frozenset({"geography", "topics", "persons"}),
    card_heads=frozenset({"see also", "additional"}),
    status_heads=frozenset({"publication status"}),
    status_words=frozenset(
        {"published in section:", "published in sections:", "publication date:", "direct link:", ""}
    ),
    announcement=re.compile(r"announcement,\s*", re.IGNORECASE),
    calendar_words=frozenset({"add", "to", "calendar", "yandex", "ical", "google"}),
    to_be_continued=re.compile(_TO_BE_CONTINUED.format("to be continued"), re.IGNORECASE),
    voices=frozenset(
        {
            "question",
            "remark",
            "reply",
            "answer",
            "response",
            "from the audience",
            "voice",
            "moderator",
        }
    ),
    not_speakers=re.compile(
        r"e-?mail|(?:contact )?(?:tele)?(?:phone )?numbers?|contacts?|note for .*|deadlines?",
        re.IGNORECASE,
    ),
    unmarked_label=re.compile(_EN_NAME),
)

# «В.», «К.-Ж.»: a Russian transcript's speakers bear initials, from the first mention on.
_RU_INITIALS = r"(?:[А-ЯЁ]\.\s?[-–]?\s?){1,3}"
_RU_WORD = r"[А-ЯЁ][А-ЯЁа-яё’'\-–]+"

_RU = SiteWords(
    months=_months(
        "января февраля марта апреля мая июня",
        "июля августа сентября октября ноября декабря",
    ),
    tag_heads=frozenset({"география", "темы", "лица"}),
    card_heads=frozenset({"смотрите также", "дополнительно"}),
    status_heads=frozenset({"статус материала"}),
    status_words=frozenset(
        {
            "опубликован в разделе:",
            "опубликован в разделах:",
            "опубликовано в разделе:",
            "опубликовано в разделах:",
            "дата публикации:",
            "ссылка на материал:",
            "",
        }
    ),
    announcement=re.compile(r"анонс\s+на\s+", re.IGNORECASE),
    calendar_words=frozenset({"добавить", "в", "календарь", "яндекс", "ical", "google"}),
    to_be_continued=re.compile(_TO_BE_CONTINUED.format("продолжение следует"), re.IGNORECASE),
    voices=frozenset(
        {"вопрос", "реплика", "ответ", "из зала", "голос", "голос из зала", "ведущий", "ведущая"}
    ),
    not_speakers=re.compile(
        r"e-?mail|электронн(?:ая|ый) (?:почта|адрес)|(?:контактные )?телефоны?(?: для справок)?",
        re.IGNORECASE,
    ),
    unmarked_label=re.compile(
        rf"{_RU_INITIALS}\s?{_RU_WORD}(?:\s+{_RU_WORD})*|{_RU_WORD}(?:\s+{_RU_WORD})+"
    ),
)

WORDS: MappingProxyType[Language, SiteWords] = MappingProxyType({"en": _EN, "ru": _RU})
