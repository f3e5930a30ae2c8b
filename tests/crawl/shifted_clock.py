"""``python -m tests.crawl.shifted_clock SECONDS crawl events …``: Scrapy, its clock so far ahead."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import time_machine
from scrapy.cmdline import execute


def main() -> None:
    """Run Scrapy's command line; the clock ticks, from an instant so many seconds away from now."""
    shift = timedelta(seconds=float(sys.argv[1]))
    with time_machine.travel(datetime.now(UTC) + shift, tick=True):
        execute(["scrapy", *sys.argv[2:]])


if __name__ == "__main__":
    main()
