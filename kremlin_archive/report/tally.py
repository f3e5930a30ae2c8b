"""Count what a run got and did not get, and say by one number how it went."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from kremlin_archive.breaker import Shut, Why
from kremlin_archive.report.drift import FillCount

Outcome = Literal["new", "changed", "unchanged", "failed", "refused", "absent"]
OUTCOMES: tuple[Outcome, ...] = ("new", "changed", "unchanged", "absent", "failed", "refused")

_VANISHED_MIN = 5  # fewer at once is what a site that takes pages away does
_GRAVEST: tuple[Why, ...] = ("refused", "unreachable", "broken", "budget")


class ExitCode(IntEnum):
    """How a run went, for cron."""

    DONE = 0
    """Done, also when nothing was new."""
    WRONG_USE = 1
    """Wrong use or configuration: nothing was fetched."""
    IN_PART = 2
    """Some pages failed and are due in the next run."""
    REFUSED = 3
    """The site refused (403, 429 and the like, robots.txt): stopped early."""
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
    """Requests not sent because the run was ending or left their host alone; their pages stay due."""
    shut: dict[str, Shut] = field(default_factory=dict)
    """Hosts that the run left alone from some moment on, and why."""
    found: Counter[str] = field(default_factory=Counter)
    """Archived pages that were looked at and are there, by host."""
    vanished: Counter[str] = field(default_factory=Counter)
    """Archived pages that are not there and were not known to be gone, by host."""
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
    def is_refused(self) -> bool:
        """Whether a host was left alone because it refuses."""
        return any(shut.why == "refused" for shut in self.shut.values())

    @property
    def problem(self) -> str | None:
        """What to say of the hosts that were left alone, in the order in which they were."""
        return "; ".join([*(shut.problem for shut in self.shut.values()), *self.alarms]) or None

    @property
    def alarms(self) -> list[str]:
        """Hosts of which most archived pages that were looked at vanished at once.

        Each is the site's own answer, and counts as one; all together are more likely its accident.
        """
        return [
            f"{host}: {gone} archived pages vanished at once, {self.found[host]} are there: is the site "
            "broken? What says again, six hours later, that it is not there is marked gone till it is back"
            for host, gone in self.vanished.items()
            if gone >= _VANISHED_MIN and gone > self.found[host]
        ]

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
            "shut": {host: shut.why for host, shut in self.shut.items()},
            "vanished": dict(sorted(self.vanished.items())),
            "crashes": self.crashes,
            "misses": [
                {"url": miss.url, "outcome": miss.outcome, "problem": miss.problem}
                for miss in self.misses
            ],
        }


def how_it_ended(tally: Tally, reason: str) -> str:
    """Scrapy's reason of closing; where that is «finished», the gravest why of the hosts left alone."""
    if reason != "finished" or not tally.shut:
        return reason
    return min((shut.why for shut in tally.shut.values()), key=_GRAVEST.index)


def exit_code(tally: Tally, *, ended: str, stored: bool, problem: str | None = None) -> ExitCode:
    """The run's exit code. ``ended`` is its reason of closing, ``stored`` whether a snapshot stands.

    ``problem`` is what is wrong and no single page is to blame for.

    A refusal outweighs whatever else went wrong: it is the one thing that the person who runs this must not
    answer by trying again at once.

    >>> exit_code(Tally(), ended="finished", stored=True).value
    0
    """
    if ended == "capture_not_exact":
        return ExitCode.WRONG_USE
    nothing_else = not tally.had and not tally.listings and not tally.pages["failed"]
    if tally.is_refused or (tally.pages["refused"] and nothing_else):
        return ExitCode.REFUSED
    missed = tally.pages["failed"] or tally.pages["refused"] or tally.left or tally.shut
    if missed or tally.alarms or tally.crashes or not stored or problem or ended != "finished":
        return ExitCode.IN_PART
    return ExitCode.DONE
