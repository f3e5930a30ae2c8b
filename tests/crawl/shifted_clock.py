"""``python -m tests.crawl.shifted_clock SECONDS[@N] crawl events …``: Scrapy, its clock so far ahead.

With N the clock is right until so many exchanges are stored, and is set then.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import time_machine
from scrapy import Request
from scrapy.cmdline import execute

from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.extensions import ArchiveRun


def main() -> None:
    """Run Scrapy's command line; the clock ticks, from an instant so many seconds away from now."""
    seconds, _, after = sys.argv[1].partition("@")
    shift = timedelta(seconds=float(seconds))
    began = datetime.now(UTC) + (timedelta() if after else shift)
    with time_machine.travel(began, tick=True) as clock:
        if after:
            _set_after(int(after), shift, clock)
        execute(["scrapy", *sys.argv[2:]])


def _set_after(exchanges: int, shift: timedelta, clock: time_machine.Traveller) -> None:
    record = ArchiveRun.record

    def then_set(run: ArchiveRun, request: Request, exchange: Exchange) -> None:
        record(run, request, exchange)
        if run.tally.exchanges == exchanges:
            clock.shift(shift)

    ArchiveRun.record = then_set  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
