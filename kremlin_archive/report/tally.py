"""Count what a run got and did not get, and say by one number how it went."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from kremlin_archive.report.drift import FillCount

Outcome = Literal["new", "changed", "unchanged", "failed", "refused", "absent"]
OUTCOMES: tuple[Outcome, ...] = ("new", "changed", "unchanged", "absent", "failed", "refused")


class ExitCode(IntEnum):
    """How a run went, for cron."""

    DONE = 0
    """Done, also when nothing was new."""
    WRONG_USE = 1
    """Wrong use or configuration: nothing was fetched."""
    IN_PART = 2
    """Some pages failed and are due in the next run."""
    REFUSED = 3
    """The site refused (403, 429, robots.txt): stopped early."""
    LOCKED = 4
    """Another run holds the archive."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A page that was not had, and why."""

    url: str
    outcome: Outcome
    problem: str


@dataclass(slots=True)
class Tally:
    """The running count of one crawl."""

    pages: Counter[Outcome] = field(default_factory=Counter)
    misses: list[Miss] = field(default_factory=list)
    listings: Counter[str] = field(default_factory=Counter)
    """Listing and feed pages read, by «language section»."""
    warnings: Counter[str] = field(default_factory=Counter)
    fills: defaultdict[str, FillCount] = field(default_factory=lambda: defaultdict(FillCount))
    """Which fields the pages read fill, by language."""
    photos: int = 0
    exchanges: int = 0
    left: int = 0
    """Requests not sent because the run was ending; their pages stay due."""
    crashes: int = 0
    """Errors of our own code: never expected, never hidden."""

    def got(self, outcome: Outcome) -> None:
        """Count a page that was stored and read."""
        self.pages[outcome] += 1

    def missed(self, url: str, outcome: Outcome, problem: str) -> None:
        """Count a page that was not had."""
        self.pages[outcome] += 1
        self.misses.append(Miss(url, outcome, problem))

    @property
    def had(self) -> int:
        """Pages stored and read."""
        return self.pages["new"] + self.pages["changed"] + self.pages["unchanged"]

    def as_json(self) -> dict[str, Any]:
        """Counts and misses as plain JSON values."""
        return {
            "pages": {outcome: self.pages[outcome] for outcome in OUTCOMES},
            "listings": dict(sorted(self.listings.items())),
            "warnings": dict(sorted(self.warnings.items())),
            "fill_rates": {name: fill.as_json() for name, fill in sorted(self.fills.items())},
            "photos": self.photos,
            "exchanges": self.exchanges,
            "left": self.left,
            "crashes": self.crashes,
            "misses": [
                {"url": miss.url, "outcome": miss.outcome, "problem": miss.problem}
                for miss in self.misses
            ],
        }


def exit_code(tally: Tally, *, ended: str, stored: bool) -> ExitCode:
    """The run's exit code. ``ended`` is Scrapy's reason of closing, ``stored`` whether a snapshot stands.

    >>> exit_code(Tally(), ended="finished", stored=True).value
    0
    """
    nothing_else = not tally.had and not tally.listings and not tally.pages["failed"]
    if ended == "refused" or (tally.pages["refused"] and nothing_else):
        return ExitCode.REFUSED
    if ended == "capture_not_exact":
        return ExitCode.WRONG_USE
    missed = tally.pages["failed"] or tally.pages["refused"]
    if missed or tally.crashes or not stored or ended != "finished":
        return ExitCode.IN_PART
    return ExitCode.DONE
