"""Notice that the site's layout has drifted: a field that far fewer pages fill than usual.

A layout that changes overnight seldom breaks every selector that must match; a field that may be empty just
is. So each run's report keeps, by language, how many records were read and which share of them fills each
field, and a run is judged against those before it. Quiet runs read few pages: runs are pooled, newest first,
until a pool has ``POOL`` records, and the newest pool is judged against the median of the ones before it.

Every third saved English page, in the order of their numbers and read four a run, would have raised it in 30
of 532 runs from 2003 on, in bunches, and in none of the 126 after May 2018. Its limit: a pool of twenty
cannot show the loss of a field that fewer than four pages in ten fill; a longer run can.

It only warns: the bytes are kept, and ``kremlin-archive extract`` repairs the rows once the code is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from math import sqrt
from statistics import median
from typing import Any

from kremlin_archive.records import EventPage

POOL = 20
"""Records below which a rate says nothing."""
POOLS = 10
"""Pools before the newest, at most, that say what is usual …"""
_POOLS_MIN = 3  # … and at least
_FALL = 0.15  # a share; smaller falls come with the news of the day
# Few pages vary much by chance: a fall must also exceed that many deviations of a sample of their size.
_DEVIATIONS = 3.5
_NOT_FILLED = {"event_id", "language", "url", "is_partial", "warnings"}  # identity, flags
FIELDS = tuple(one.name for one in fields(EventPage) if one.name not in _NOT_FILLED)


@dataclass(slots=True)
class FillCount:
    """How many records of one language a run read, and how many of them fill each field."""

    records: int = 0
    filled: Counter[str] = field(default_factory=Counter)

    def add(self, record: EventPage) -> None:
        """Count a record; None, an empty text and an empty tuple are not filled."""
        self.records += 1
        self.filled.update(name for name in FIELDS if getattr(record, name))

    @property
    def rates(self) -> dict[str, float]:
        """Field -> share of the records that fill it, 0 to 1."""
        return {name: self.filled[name] / self.records for name in FIELDS if self.records}

    def as_json(self) -> dict[str, Any]:
        """For the run's report."""
        rates = {name: round(rate, 4) for name, rate in self.rates.items()}
        return {"records": self.records, "rates": rates}


@dataclass(frozen=True, slots=True)
class Drift:
    """A field that fewer pages fill than usual; rates from 0 to 1."""

    language: str
    field: str
    rate: float
    usual: float
    records: int

    def __str__(self) -> str:
        return (
            f"{self.language}: {self.field} on {self.rate:.0%} of {self.records} pages, "
            f"usually on {self.usual:.0%}: has the site's layout changed?"
        )


def find_drift(reports: Iterable[Mapping[str, Any]]) -> list[Drift]:
    """Fields that drifted in the first of the reports, which come newest first.

    A language of which that run read nothing is not judged again. Reports without fill rates are passed
    over, and no more of them are taken than are needed.
    """
    fills = (_fills(report) for report in reports)
    newest = next(fills, {})
    if not newest:
        return []
    runs = [newest, *fills]
    return [
        drift
        for language in sorted(newest)
        for drift in _judge(language, [run[language] for run in runs if language in run])
    ]


def _judge(language: str, runs: list[FillCount]) -> Iterator[Drift]:
    newest, *before = _pools(runs) or [FillCount()]
    if len(before) < _POOLS_MIN:
        return
    for name in FIELDS:
        rate = newest.rates[name]
        usual = median(pool.rates[name] for pool in before)
        chance = sqrt(usual * (1 - usual) / newest.records)
        if usual - rate > max(_FALL, _DEVIATIONS * chance):
            yield Drift(language, name, round(rate, 4), round(usual, 4), newest.records)


def _pools(runs: list[FillCount]) -> list[FillCount]:
    """Runs joined, in their order, until each pool has its records; what is left over is dropped."""
    pools: list[FillCount] = []
    pool = FillCount()
    for run in runs:
        pool.records += run.records
        pool.filled.update(run.filled)
        if pool.records >= POOL:
            pools.append(pool)
            pool = FillCount()
    return pools[: POOLS + 1]


def _fills(report: Mapping[str, Any]) -> dict[str, FillCount]:
    """The fill counts in a report; of one that has none, or not in this shape, nothing."""
    try:
        return {
            str(language): _counted(int(fill["records"]), fill["rates"])
            for language, fill in report.get("fill_rates", {}).items()
            if fill["records"] > 0
        }
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return {}


def _counted(records: int, rates: Mapping[str, float]) -> FillCount:
    filled = Counter({name: round(float(rates.get(name, 0)) * records) for name in FIELDS})
    return FillCount(records, filled)
