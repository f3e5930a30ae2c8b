"""The ledger: what became of every number and every day, of each edition. Pure.

Numbers run from the lowest to the highest that is archived or that the site has named. Each is one of

* ``archived`` · ``gone``: archived, and the site said twice, six hours apart, that the page is not there;
* ``absent``: asked for at every address it may have, and there is no page (404, 410);
* ``elsewhere``: its address leads to another page (a redirect);
* ``refused`` · ``failed``: the newest answer was a refusal, or no page that could be read;
* ``asked_in_part``: absent where it was asked for, and there are sections left to ask;
* ``never_asked``: no answer is stored (a request that got none leaves no trace).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from kremlin_archive import seeds
from kremlin_archive.answers import ABSENT, LED_ON, NOT_THERE, REFUSED
from kremlin_archive.schedule import Watched
from kremlin_archive.seeds import SectionSeed
from kremlin_archive.state import Span, State, Unmet
from kremlin_archive.state.spans import THE_END
from kremlin_archive.urls import Language

Fate = Literal[
    "archived",
    "gone",
    "absent",
    "elsewhere",
    "refused",
    "failed",
    "asked_in_part",
    "never_asked",
]
FATES: tuple[Fate, ...] = (
    *("archived", "gone", "absent", "elsewhere"),
    *("refused", "failed", "asked_in_part", "never_asked"),
)
OPEN: tuple[Fate, ...] = ("refused", "failed", "asked_in_part", "never_asked")
"""What is still to be asked for."""
FIRST_DAY = "1999-12-31"
"""The day of the site's first event."""


@dataclass(frozen=True, slots=True)
class Day:
    """One Moscow day of one edition: how many events listings and feeds named, and which are missing."""

    day: str
    named: int
    missing: tuple[str, ...]

    @property
    def archived(self) -> int:
        """How many of those named are archived."""
        return self.named - len(self.missing)


@dataclass(slots=True)
class EditionLedger:
    """The numbers of one edition between its lowest and its highest, and its days, oldest first.

    Beyond these, the numbers that were asked for and not given.
    """

    language: Language
    fates: dict[int, Fate] = field(default_factory=dict)
    days: list[Day] = field(default_factory=list)

    @property
    def lowest(self) -> int | None:
        """The lowest number."""
        return min(self.fates, default=None)

    @property
    def highest(self) -> int | None:
        """The highest number."""
        return max(self.fates, default=None)

    def numbers(self, *fates: Fate) -> list[int]:
        """The numbers of these fates, ascending."""
        return sorted(number for number, fate in self.fates.items() if fate in fates)


def still_missing(state: State) -> dict[str, int]:
    """How many ``documents`` the site named that no run has had, and of how many it told ``changes`` unread.

    Those whose address last said that there is no page are not counted: nothing is there to be had.
    """
    told = {"documents": state.missing(), "changes": state.signalled()}
    return {
        what: len({one.doc_id for one in those if not one.was_absent})
        for what, those in told.items()
    }


def ledger(state: State) -> dict[Language, EditionLedger]:
    """The ledger of every edition of which anything is known."""
    known = {one.doc_id: one for one in state.watched()}
    unmet: defaultdict[str, list[Unmet]] = defaultdict(list)
    for one in state.unmet():
        unmet[one.doc_id].append(one)
    named = list(state.named_days())
    numbers: defaultdict[Language, set[int]] = defaultdict(set)
    for language, number in map(language_and_number, {*known, *(one[0] for one in named)}):
        numbers[language].add(number)
    asked = _Asked(known, unmet, {one.doc_id: one.url for one in state.missing()})
    days = _days(named)
    beyond: defaultdict[Language, set[int]] = defaultdict(set)
    for doc_id, answers in unmet.items():
        if not {one.status for one in answers} <= NOT_THERE:
            language, number = language_and_number(doc_id)
            beyond[language].add(number)
    return {
        language: EditionLedger(
            language,
            {n: asked.fate(language, n) for n in _range(numbers[language]) | beyond[language]},
            days[language],
        )
        for language in sorted({*numbers, *beyond})
    }


def _range(numbers: set[int]) -> set[int]:
    return set(range(min(numbers), max(numbers) + 1)) if numbers else set()


def addresses(
    language: Language, number: int, sections: Iterable[SectionSeed] | None = None
) -> list[str]:
    """Every address a number may have, section by section.

    Sections that are part of another have their pages in the whole, announcements theirs in the news.
    """
    if sections is None:
        sections = (section for section in seeds.sections() if section.part_of is None)
    return [one.event_url(language, number) for one in sections if seeds.has_pages(one)]


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers as ranges, first and last.

    >>> ranges([1, 2, 3, 7])
    [(1, 3), (7, 7)]
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def language_and_number(doc_id: str) -> tuple[Language, int]:
    """The two halves of a document's key.

    >>> language_and_number("ru:66419")
    ('ru', 66419)
    """
    language, _, number = doc_id.partition(":")
    return ("ru" if language == "ru" else "en"), int(number)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is archived, what was answered for the rest, and where the site said the missing are."""

    known: Mapping[str, Watched]
    unmet: Mapping[str, list[Unmet]]
    named_at: Mapping[str, str]

    def fate(self, language: Language, number: int) -> Fate:
        doc_id = f"{language}:{number}"
        if (watched := self.known.get(doc_id)) is not None:
            return "gone" if watched.is_gone else "archived"
        answers = {one.url: one.status for one in self.unmet.get(doc_id, ())}
        if not answers:
            return "never_asked"
        said = set(answers.values()) - {LED_ON} or {LED_ON}
        if said <= ABSENT and not self._is_settled(language, number, answers):
            return "asked_in_part"
        return _verdict(said)

    def _is_settled(self, language: Language, number: int, urls: Collection[str]) -> bool:
        """Whether it was asked for where the site named it, or everywhere."""
        named_at = self.named_at.get(f"{language}:{number}")
        return named_at in urls or not {*addresses(language, number)}.difference(urls)


def _verdict(said: set[int]) -> Fate:
    """What the newest answers of a number's addresses come to."""
    if said & REFUSED:
        return "refused"
    if not said <= NOT_THERE:
        return "failed"
    return "absent" if said <= ABSENT else "elsewhere"


def _days(named: Iterable[tuple[str, str | None, bool]]) -> defaultdict[Language, list[Day]]:
    counts: defaultdict[tuple[Language, str], list[str | None]] = defaultdict(list)
    for doc_id, day, is_archived in named:
        if day is not None:
            counts[language_and_number(doc_id)[0], day].append(None if is_archived else doc_id)
    days: defaultdict[Language, list[Day]] = defaultdict(list)
    for (language, day), each in sorted(counts.items()):
        days[language].append(Day(day, len(each), tuple(sorted(_missing(each)))))
    return days


def _missing(each: Iterable[str | None]) -> Iterator[str]:
    return (doc_id for doc_id in each if doc_id is not None)


def unread(read: Iterable[Span]) -> list[tuple[str, str, int]]:
    """The days of a listing below its newest reading that were never read: first, last, and months touched.

    ``read`` are a listing's spans, newest first; from the day the site's first event bears.
    """
    found = []
    spans = list(read)
    for upper, lower in pairwise([*spans, *_bottom(spans)]):
        since, until = lower.newest[:10], upper.oldest[:10]
        found.append((since, until, _months(since, until)))
    return found


def _bottom(spans: list[Span]) -> list[Span]:
    """A span of nothing at the listing's end, where that was never reached."""
    reached = bool(spans) and spans[-1].oldest == THE_END
    return [] if reached else [Span(THE_END, FIRST_DAY)]


def _months(since: str, until: str) -> int:
    months = [int(day[:4]) * 12 + int(day[5:7]) for day in (since, until)]
    return months[1] - months[0] + 1
