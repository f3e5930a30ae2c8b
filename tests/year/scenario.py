"""A year of the site and of the machine that archives it, planned from a seed before anything runs.

``plan`` gives a ``Scenario``: what the site shows from which instant on (``Change``), what the weather
between machine and site is (``Spell``), and when a run starts, what the machine's clock says then, and
whether it is killed (``Turn``). Nothing here runs anything; runner and judge read it.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

from kremlin_archive.replica import Edition
from tests.year.newsroom import SECTIONS, Newsroom

What = Literal[
    "before", "new", "late", "announced", "signalled", "silent", "removed", "moved", "restored", "reused"
]  # fmt: skip
Weather = Literal["fair", "refusing", "down", "mute", "failing", "forbidden", "challenging"]
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_MINUTE_OF_RUN = 17
_YEAR = 365
_EVENTS_A_DAY = 1.5
_BEFORE = 60
_FIRST_ID = 78_000

# Share of the year at which a spell begins, how long it is in a whole year, and how long at least.
_SPELLS: tuple[tuple[float, Weather, timedelta, timedelta], ...] = (
    (0.25, "refusing", timedelta(days=7), timedelta(hours=8)),
    (0.40, "failing", timedelta(days=1), timedelta(hours=3)),
    (0.50, "down", timedelta(days=3), timedelta(hours=10)),
    (0.60, "mute", timedelta(hours=3), timedelta(hours=1)),
    (0.70, "forbidden", timedelta(hours=6), timedelta(hours=2)),
    (0.80, "challenging", timedelta(hours=6), timedelta(hours=2)),
)
# Share of the year at which the machine's clock goes wrong for three runs, and by how much.
_JUMPS = (
    (0.33, timedelta(hours=26, minutes=7)),
    (0.66, -timedelta(hours=26, minutes=7)),
    (0.85, timedelta(days=40, minutes=7)),
)  # the minutes keep every instant that a clock shows at a run's start unique
_JUMP_LASTS = timedelta(hours=3)
_KILLED_QUIET, _KILLED_BUSY = 0.004, 0.05
"""How often a run is killed, in which nothing is new and something is."""
_KILLS_QUIET, _KILLS_BUSY = 4, 20
"""The same, but so many in as many runs as there are, however few."""


@dataclass(frozen=True, slots=True)
class _Fate:
    """How an event vanishes, and when it (or another under its number) is there again."""

    at: datetime
    back: datetime
    what: Literal["removed", "moved", "restored", "reused"]


_FATES: tuple[Literal["removed", "moved", "restored", "reused"], ...] = (
    "removed",
    "moved",
    "restored",
    "reused",
)


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one edition: ``edition`` is shown from then on; of a removal, it was shown before."""

    at: datetime
    what: What
    edition: Edition

    @property
    def doc_id(self) -> str:
        """The edition's key, ``ru:78001``."""
        return f"{self.edition.language}:{self.edition.event_id}"

    @property
    def is_removal(self) -> bool:
        """Whether nothing is shown from then on."""
        return self.what in ("removed", "moved")


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of bad weather."""

    begin: datetime
    end: datetime
    weather: Weather


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of cron: when, by which clock, in which weather; killed after that many usual runs' time."""

    at: datetime
    clock: datetime
    weather: Weather
    kill: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that will happen; ``changes`` by instant, those before the first turn stand at its start."""

    seed: int
    begin: datetime
    end: datetime
    changes: tuple[Change, ...]
    spells: tuple[Spell, ...]
    turns: tuple[Turn, ...] = field(repr=False)

    def first(self, runs: int) -> Scenario:
        """Give the scenario that ends with so many runs."""
        if runs >= len(self.turns):
            return self
        end = self.turns[runs].at
        changes = tuple(change for change in self.changes if change.at < end)
        return replace(self, end=end, changes=changes, turns=self.turns[:runs])


def plan(seed: int, days: int) -> Scenario:
    """Plan so many days with a run each hour, and an archive that begins with events of the year before."""
    chance = Random(seed)  # noqa: S311 - a simulation
    end = BEGIN + days * DAY
    changes = tuple(sorted(_changes(chance, days), key=lambda change: change.at))
    spells = tuple(_spells(days))
    return Scenario(seed, BEGIN, end, changes, spells, tuple(_turns(chance, end, spells, changes)))


# ---- what the site does --------------------------------------------------------------------------------


def _changes(chance: Random, days: int) -> Iterator[Change]:
    press = Newsroom(chance)
    end = BEGIN + days * DAY
    born = _births(chance, days)
    stories = [_story(press, chance, event_id, at, end) for event_id, at in born]
    removed = _removals(chance, stories, days)
    for number, story in enumerate(stories):
        for edition in story:
            yield from _with_absence(press, edition, removed.get(number), end)
    yield from _announcements(press, chance, end)


def _births(chance: Random, days: int) -> Iterator[tuple[int, datetime]]:
    old = sorted(BEGIN - DAY * (chance.random() ** 2 * 300 + 0.1) for _ in range(_BEFORE))
    new = sorted(BEGIN + DAY * chance.random() * days for _ in range(round(days * _EVENTS_A_DAY)))
    for number, at in enumerate((*old, *new)):
        yield _FIRST_ID + number, _to_minute(at)


def _story(
    press: Newsroom, chance: Random, event_id: int, at: datetime, end: datetime
) -> list[list[Change]]:
    """Give an event's editions, each as its versions in order."""
    # The first ones see to it that no section is empty: an empty listing is an alarm.
    number = event_id - _FIRST_ID
    fills = number < len(SECTIONS)
    first = press.event(event_id, at, SECTIONS[number] if fills else None)
    goes_on = chance.random() < 0.05
    if goes_on:
        first = press.continued(first, at, ends=False)
    story = [_edition(press, chance, Change(at, "new", first), end, goes_on=goes_on)]
    delay = HOUR if fills else _delay(chance)
    if delay is not None and at + delay < end:
        there = _to_minute(at + delay)
        late = delay > 6 * HOUR
        english = Change(there, "late" if late else "new", press.translation(first, there))
        story.append(_edition(press, chance, english, end, goes_on=False))
    return story


def _delay(chance: Random) -> timedelta | None:
    """How much later than the Russian edition the English one appears; None: never."""
    kind = chance.random()
    if kind < 0.45:
        return HOUR * chance.uniform(0.1, 6)
    if kind < 0.7:
        return DAY * chance.uniform(0.3, 5)
    return DAY * chance.uniform(5, 30) if kind < 0.82 else None


def _edition(
    press: Newsroom, chance: Random, first: Change, end: datetime, *, goes_on: bool
) -> list[Change]:
    changes = [first]
    if goes_on:
        for number, hours in enumerate((1.1, 2.6, 5.2), start=1):
            at = _to_minute(first.at + hours * HOUR)
            edition = press.continued(changes[-1].edition, at, ends=number == 3)
            changes.append(Change(at, "signalled", edition))
    for at, says_so in sorted(_edits(chance, changes[-1].at, end)):
        edition = press.edited(changes[-1].edition, at, says_so=says_so)
        changes.append(Change(at, "signalled" if says_so else "silent", edition))
    return [change for change in changes if change.at < end]


def _edits(chance: Random, since: datetime, end: datetime) -> Iterator[tuple[datetime, bool]]:
    """Instants of edits and whether the site says so; most come soon, some after months."""
    if chance.random() < 0.35:
        for _ in range(chance.randint(1, 2)):
            yield _to_minute(since + HOUR * chance.uniform(0.2, 40)), True
    span = (end - since) / HOUR
    if chance.random() < 0.2 and span > 1:
        yield _to_minute(since + HOUR * span ** chance.random()), False
    if chance.random() < 0.08 and span > 1:
        yield _to_minute(since + HOUR * span ** chance.uniform(0.3, 1)), True


def _removals(chance: Random, stories: list[list[list[Change]]], days: int) -> dict[int, _Fate]:
    """Choose events that vanish, and how: an even spread, and one in the middle of each bad spell."""
    wanted = [BEGIN + DAY * days * share for share in (0.1, 0.2, 0.3, 0.45, 0.55, 0.65, 0.75)]
    wanted += [spell.begin + (spell.end - spell.begin) / 2 for spell in _spells(days)]
    chosen: dict[int, _Fate] = {}
    for number, at in enumerate(sorted(wanted)):
        young = at - timedelta(days=min(60, days / 2))
        there = [n for n, story in enumerate(stories) if young < story[0][0].at < at - HOUR]
        free = [n for n in there if n not in chosen and n >= len(SECTIONS)]
        if free:
            back = at + min(DAY * chance.uniform(5, 12), DAY * days / 5)
            what = _FATES[number % len(_FATES)]
            chosen[chance.choice(free)] = _Fate(_to_minute(at), _to_minute(back), what)
    return chosen


def _with_absence(
    press: Newsroom, changes: list[Change], fate: _Fate | None, end: datetime
) -> Iterator[Change]:
    """Let an edition vanish, and perhaps come back or give its number to another event."""
    kept = changes if fate is None else [change for change in changes if change.at < fate.at]
    yield from kept
    if fate is None or not kept:
        return
    last = kept[-1].edition
    yield Change(fate.at, "moved" if fate.what == "moved" else "removed", last)
    if fate.back < end and fate.what == "restored":
        yield Change(fate.back, "restored", last)
    elif fate.back < end and fate.what == "reused":
        other = press.event(last.event_id, fate.back)
        again = other if last.language == "ru" else press.translation(other, fate.back)
        yield Change(fate.back, "reused", again)


def _announcements(press: Newsroom, chance: Random, end: datetime) -> Iterator[Change]:
    days = (end - BEGIN) // DAY
    for number in range(max(1, days // 60)):
        at = _to_minute(BEGIN + DAY * days * (0.15 + 0.7 * chance.random()))
        event_id = _FIRST_ID + 9_000 + number
        yield Change(at, "announced", press.announcement(event_id, at, at + 6 * DAY))


# ---- what the machine and the way to the site do -------------------------------------------------------


def _spells(days: int) -> Iterator[Spell]:
    for share, weather, whole, least in _SPELLS:
        begin = BEGIN + DAY * days * share
        yield Spell(begin, begin + max(least, whole * days / _YEAR), weather)


def _turns(
    chance: Random,
    end: datetime,
    spells: tuple[Spell, ...],
    changes: tuple[Change, ...],
) -> Iterator[Turn]:
    told = sorted(change.at for change in changes)
    at = BEGIN + timedelta(minutes=_MINUTE_OF_RUN)
    first = at
    runs = (end - BEGIN) // HOUR
    quiet, eager = max(_KILLED_QUIET, _KILLS_QUIET / runs), max(_KILLED_BUSY, _KILLS_BUSY / runs)
    while at < end:
        spell = next((spell for spell in spells if spell.begin <= at < spell.end), None)
        weather = "fair" if spell is None else spell.weather
        busy = bisect(told, at) > bisect(told, at - HOUR)
        risk = eager if busy else quiet
        kill = chance.uniform(0.02, 1.1) if chance.random() < risk and at > first else None
        yield Turn(at, at + _jump(at, end), weather, kill)
        at += HOUR


def _jump(at: datetime, end: datetime) -> timedelta:
    for share, jump in _JUMPS:
        begin = BEGIN + (end - BEGIN) * share
        if begin <= at < begin + _JUMP_LASTS:
            return jump
    return timedelta(0)


def _to_minute(at: datetime) -> datetime:
    """Give the minute an instant falls in, but never the one in which runs start."""
    at = at.replace(second=0, microsecond=0)
    return at - timedelta(minutes=1) if at.minute == _MINUTE_OF_RUN else at


def states(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Give the changes of each edition, in order."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.doc_id, []).append(change)
    return found
