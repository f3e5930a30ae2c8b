"""``scrapy crawl``, with the truth in its exit code.

Scrapy's own exits 0 when every callback raises. This one reads the run's verdict, checks arguments and
output before the reactor starts, and keeps a second run out.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError

from kremlin_archive.archive.lock import lock_archive
from kremlin_archive.archive.recovery import describe, recover
from kremlin_archive.dataset.occasion import read_policy
from kremlin_archive.errors import LockedError, UsageError
from kremlin_archive.extensions import ArchiveRun
from kremlin_archive.plan import read_plan
from kremlin_archive.report.heartbeat import heartbeat_address, send_heartbeat
from kremlin_archive.report.metrics import SUFFIX, write_metrics
from kremlin_archive.report.runs import close_reports, json_line
from kremlin_archive.report.tally import ExitCode
from kremlin_archive.spiders.events import EventsSpider
from kremlin_archive.wire import parse_connect_to

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings


_HELP = """Crawl event pages into the archive. Arguments, all optional, given as -a NAME=VALUE:
languages=en,ru; sections=all or names of seeds/sections.toml; limit=N, the most events to ask for;
media=photos, the pictures too; mode=, and what bounds it.
mode=update (the default): what is new or changed, and what is due by the schedule; with
since=2021-08-01 until=2021-08-31, pages=10-40 or ids=66419,66400-66410: that range.
mode=backfill: the whole listings or such a range to its end, what is missing or changed; ids: those not
archived. mode=recheck: archived documents again, by since, until, ids, older=90d (not looked at for so
long). mode=fill: what the site has named and not given, then the numbers never asked for, bounded by
since, until or ids, by limit and by -s FILL_BUDGET=N requests.
Exit codes: 0 done, 1 wrong use, 2 done in part, 3 refused by the site, 4 another run holds the archive."""
_BUDGETS = (
    *("RECHECK_BUDGET", "PAIR_BUDGET", "FILL_BUDGET"),
    *("REFUSALS_MAX", "FAILURES_MAX", "RETRY_AFTER_MAX", "REQUESTS_MAX"),
    "CLOCKS_APART_MAX",
)
_AT_LEAST_ONE = ("WARC_MAX_BYTES", "CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN")
"""With 0 of the latter two a run would wait for ever, and hold the archive."""
_SECONDS_SHAPE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_SECONDS = ("DOWNLOAD_DELAY", "DOWNLOAD_TIMEOUT", "BACKOFF_BASE")


class Command(ScrapyCrawl):
    """Run a spider of this project; exit 0 done, 1 wrong use, 2 in part, 3 refused, 4 locked."""

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Crawl the site into the archive (exit codes tell how it went)"

    def long_desc(self) -> str:
        """What ``--help`` says."""
        return _HELP

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's, with wrong use as exit code 1."""
        try:
            super().process_options(args, opts)
        except ScrapyUsageError as error:
            _leave(ExitCode.WRONG_USE, str(error))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked, then crawl."""
        if args != [EventsSpider.name]:
            _leave(
                ExitCode.WRONG_USE, f"expected the spider's name: scrapy crawl {EventsSpider.name}"
            )
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        try:
            read_plan(dict(opts.spargs))
            check_settings(self.settings)
            lock = lock_archive(Path(self.settings["ARCHIVE_ROOT"]))
        except UsageError as error:
            _leave(ExitCode.WRONG_USE, str(error))
        except LockedError as error:
            _leave(ExitCode.LOCKED, str(error))
        with lock:
            for one in recover(Path(self.settings["ARCHIVE_ROOT"])):
                print(f"kremlin-archive: {describe(one)}", file=sys.stderr)  # noqa: T201
            for report in close_reports(Path(self.settings["ARCHIVE_ROOT"]) / "runs"):
                print(f"kremlin-archive: {report}: a run that was killed", file=sys.stderr)  # noqa: T201
            crawler = self._crawl(args[0], opts)
        self.exitcode, words = _verdict(crawler)
        _tell_monitor(self.settings, self.exitcode, words)

    def _crawl(self, name: str, opts: argparse.Namespace) -> Crawler:
        assert self.crawler_process is not None  # noqa: S101 - set by Scrapy
        crawler = self._create_crawler(name)
        started = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        if isinstance(started, asyncio.Task) and started.done() and (error := started.exception()):
            _leave(ExitCode.WRONG_USE, f"the run did not start: {error!r}")
        return crawler


def check_settings(settings: BaseSettings) -> None:
    """Raise UsageError for a setting with which nothing could be archived."""
    parse_connect_to(settings.get("CONNECT_TO") or "")
    if not str(settings.get("ARCHIVE_ROOT") or ""):
        raise UsageError("ARCHIVE_ROOT is empty: name the folder of the archive")
    if settings.getbool("HTTPCACHE_ENABLED"):
        raise UsageError("HTTPCACHE_ENABLED: answers from a cache are no exchanges; switch it off")
    if settings["JOBDIR"]:
        raise UsageError(
            "JOBDIR: what is left to do is told by the archive, not by a queue; leave it out"
        )
    _check_numbers(settings)
    read_policy(settings.get("PUBLISH"))
    _check_switch(settings, "PRUNE_SNAPSHOTS")
    _check_telling(settings)


def _check_numbers(settings: BaseSettings) -> None:
    for name in (*_BUDGETS, *_AT_LEAST_ONE):
        number = str(settings.get(name))
        is_number = number.isascii() and number.isdigit()
        if name in _AT_LEAST_ONE and not (is_number and int(number)):
            raise UsageError(f"{name}={number!r}: expected a number above 0")
        if not is_number:
            raise UsageError(f"{name}={number!r}: expected a number, 0 for none")
    for name in _SECONDS:
        seconds = str(settings.get(name))
        if not _SECONDS_SHAPE.fullmatch(seconds):
            raise UsageError(f"{name}={seconds!r}: expected seconds such as 2.5")


def _check_switch(settings: BaseSettings, name: str) -> None:
    try:
        settings.getbool(name)
    except ValueError as error:
        raise UsageError(f"{name}={settings.get(name)!r}: {error}") from None


def _check_telling(settings: BaseSettings) -> None:
    metrics = str(settings.get("METRICS_FILE") or "")
    if metrics and Path(metrics).suffix != SUFFIX:
        raise UsageError(f"METRICS_FILE={metrics!r}: expected a file name that ends in {SUFFIX}")
    if url := settings.get("HEARTBEAT_URL"):
        heartbeat_address(url, ExitCode.DONE)
    _check_switch(settings, "LOG_JSON_LINE")


def _verdict(crawler: Crawler) -> tuple[int, str]:
    """Exit code and words of a run that has ended, the words printed where a person looks for them."""
    run = crawler.get_extension(ArchiveRun)
    if run is None:
        words = "The run did not start; the log says why."
        print(words, file=sys.stderr)  # noqa: T201
        return ExitCode.WRONG_USE, words
    if run.exit_code is None or run.summary is None:
        words = "Interrupted; the next run makes its files whole and goes on."
        print(words, file=sys.stderr)  # noqa: T201
        return ExitCode.IN_PART, words
    print(run.summary)  # noqa: T201 - what a person reads
    _tell_machines(crawler.settings, run.report)
    return run.exit_code, run.summary


def _tell_machines(settings: BaseSettings, report: dict[str, Any] | None) -> None:
    if report is None:
        return  # the run broke while it was writing its report
    if settings.getbool("LOG_JSON_LINE"):
        print(json_line(report), flush=True)  # noqa: T201
    if settings["METRICS_FILE"]:
        write_metrics(Path(settings["METRICS_FILE"]), report)


def _tell_monitor(settings: BaseSettings, code: int, words: str) -> None:
    """Last, with the archive unlocked, so that a slow monitor is in nobody's way."""
    if settings["HEARTBEAT_URL"]:
        send_heartbeat(settings["HEARTBEAT_URL"], code, words)


def _leave(code: ExitCode, message: str) -> None:
    print(f"kremlin-archive: {message}", file=sys.stderr)  # noqa: T201
    sys.exit(code)
