"""``scrapy crawl``, with the truth in its exit code.

Scrapy's own exits 0 when every callback raises. This one reads the run's verdict, checks arguments and
output before the reactor starts, and keeps a second run out.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError

from kremlin_archive.archive.lock import lock_archive, make_writable
from kremlin_archive.archive.recovery import describe, recover
from kremlin_archive.dataset.occasion import read_policy
from kremlin_archive.errors import ArchiveError, LockedError, UsageError
from kremlin_archive.extensions import ArchiveRun
from kremlin_archive.plan import read_plan
from kremlin_archive.report.heartbeat import heartbeat_address
from kremlin_archive.report.metrics import SUFFIX
from kremlin_archive.report.runs import close_reports, not_begun, write_report
from kremlin_archive.report.streams import open_closed, say, settle
from kremlin_archive.report.tally import ExitCode
from kremlin_archive.report.telling import Telling
from kremlin_archive.report.versions import versions
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
    *("RECHECK_BUDGET", "PAIR_BUDGET", "RETRY_BUDGET", "PHOTO_BUDGET", "FILL_BUDGET"),
    "LISTING_BUDGET",
    *("REFUSALS_MAX", "FAILURES_MAX", "RETRY_AFTER_MAX", "REQUESTS_MAX"),
    *("CLOCKS_APART_MAX", "URLLENGTH_LIMIT"),
)
_AT_LEAST_ONE = (
    *("WARC_MAX_BYTES", "CONCURRENT_ITEMS"),
    *("CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN"),
)
"""With 0 of the latter two a run would wait for ever, and hold the archive."""
_OF_NO_USE = {
    "HTTPCACHE_ENABLED": "answers from a cache are no exchanges; switch it off",
    "JOBDIR": "what is left to do is told by the archive, not by a queue; leave it out",
    "DEPTH_LIMIT": "what lies deeper would be left out without a word; REQUESTS_MAX bounds a run",
}
_URL_LENGTH = (
    2083  # Scrapy's; longer addresses are left out without a word, and no event's is as long
)
_SECONDS_SHAPE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_SECONDS = ("DOWNLOAD_DELAY", "DOWNLOAD_TIMEOUT", "BACKOFF_BASE", "ROBOTSTXT_MAX_AGE")


class Command(ScrapyCrawl):
    """Run a spider of this project; exit 0 done, 1 wrong use, 2 in part, 3 refused, 4 locked."""

    _log_problem: str | None = None

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Crawl the site into the archive (exit codes tell how it went)"

    def long_desc(self) -> str:
        """What ``--help`` says."""
        return _HELP

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's; what cannot be read is wrong use, where argparse would exit with 2, done in part."""
        super().add_options(parser)
        parser.error = self._misread  # type: ignore[method-assign]

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's, with wrong use as exit code 1; Scrapy would not begin without its log."""
        open_closed()
        try:
            super().process_options(args, opts)
        except ScrapyUsageError as error:
            self._misread(str(error))
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        level = str(self.settings["LOG_LEVEL"])
        if not (level.isdigit() or level in logging.getLevelNamesMapping()):
            self._misread(f"LOG_LEVEL={level!r}: expected a level such as INFO")
        self._log_problem = _why_no_log(self.settings["LOG_FILE"])
        if self._log_problem is not None:
            say(f"kremlin-archive: {self._log_problem}", sys.stderr)
            self.settings.set("LOG_FILE", None, priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked, then crawl, and tell how it went."""
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        try:
            crawler = self._run(args, opts, Path(self.settings["ARCHIVE_ROOT"] or ""))
        except (UsageError, LockedError) as error:
            self.exitcode, words = self._not_begun(error, opts)
        else:
            self.exitcode, words = self._verdict(crawler)
        read_telling(self.settings).tell_monitor(self.exitcode, words)
        settle()

    def _run(self, args: list[str], opts: argparse.Namespace, root: Path) -> Crawler:
        """Raises UsageError or LockedError when nothing was begun."""
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        if args != [EventsSpider.name]:
            raise UsageError(f"expected scrapy crawl {EventsSpider.name}, found {' '.join(args)!r}")
        read_plan(dict(opts.spargs))
        check_settings(self.settings)
        with lock_archive(root):
            _clear_up(root)
            return self._crawl(args[0], opts)

    def _crawl(self, name: str, opts: argparse.Namespace) -> Crawler:
        assert self.crawler_process is not None  # noqa: S101 - set by Scrapy
        crawler = self._create_crawler(name)
        started = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        if isinstance(started, asyncio.Task) and started.done() and (error := started.exception()):
            raise UsageError(f"the run did not start: {error!r}")
        if crawler.get_extension(ArchiveRun) is None:
            raise UsageError("the run did not start; the log says why")
        return crawler

    def _verdict(self, crawler: Crawler) -> tuple[int, str]:
        """Exit code and words of a run that has ended, told to whoever reads."""
        run = ArchiveRun.of(crawler)
        if run.report is None:
            run.break_off()
        assert run.exit_code is not None  # noqa: S101 - comes with the report
        assert run.summary is not None  # noqa: S101
        assert run.report is not None  # noqa: S101
        if self._log_problem is not None:
            run.note(self._log_problem)
        if (problem := say(run.summary, sys.stdout)) is not None:
            run.note(f"standard output could not be written: {problem}")
        read_telling(crawler.settings).tell_report(run.report)
        return run.exit_code, run.summary

    def _not_begun(self, error: ArchiveError, opts: argparse.Namespace) -> tuple[int, str]:
        """The same where nothing was begun. It has a report of its own; no archive is made for that."""
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        code = ExitCode.LOCKED if isinstance(error, LockedError) else ExitCode.WRONG_USE
        words = f"kremlin-archive: {error}"
        say(words, sys.stderr)
        report = not_begun(datetime.now(UTC), code, str(error), dict(opts.spargs), versions())
        root = Path(self.settings["ARCHIVE_ROOT"] or "")
        if self.settings["ARCHIVE_ROOT"] and root.is_dir():
            with contextlib.suppress(OSError):  # it cannot be written: that is what is wrong
                write_report(root / "runs" / f"{report['run_id']}.json", report)
        read_telling(self.settings).tell_report(report)
        return code, words

    def _misread(self, message: str) -> NoReturn:
        """The command line cannot be read, so where the archive is, is not known."""
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        open_closed()
        words = f"kremlin-archive: {message} (scrapy crawl --help)"
        say(words, sys.stderr)
        read_telling(self.settings).tell_monitor(ExitCode.WRONG_USE, words)
        settle()
        sys.exit(ExitCode.WRONG_USE)


def _why_no_log(path: str | None) -> str | None:
    """What keeps a log from being written, in words; leaves an empty line in it."""
    try:
        if path:
            with Path(path).open("a", encoding="utf-8") as log:
                log.write("\n")
    except OSError as error:
        return f"the log {path} could not be written, standard error has it: {error}"
    return None


def _clear_up(root: Path) -> None:
    """Make whole what a killed run left, and see that a report can be. Raises UsageError."""
    try:
        make_writable(root / "runs")
        for one in recover(root):
            say(f"kremlin-archive: {describe(one)}", sys.stderr)
        for report in close_reports(root / "runs"):
            say(f"kremlin-archive: {report}: a run that was killed", sys.stderr)
    except OSError as error:
        raise UsageError(f"{root}: cannot be written: {error}") from error


def read_telling(settings: BaseSettings) -> Telling:
    """What the settings want to be told, as far as they are right (`check_settings` says what is wrong)."""
    metrics, url = str(settings.get("METRICS_FILE") or ""), settings.get("HEARTBEAT_URL")
    return Telling(
        json_line=_is_right(_check_switch, settings, "LOG_JSON_LINE")
        and settings.getbool("LOG_JSON_LINE"),
        metrics=Path(metrics) if metrics and _is_right(_check_metrics, settings) else None,
        heartbeat=url if url and _is_right(_check_heartbeat, settings) else "",
    )


def _is_right(check: Callable[..., None], *given: object) -> bool:
    try:
        check(*given)
    except UsageError:
        return False
    return True


def check_settings(settings: BaseSettings) -> None:
    """Raise UsageError for a setting with which nothing could be archived."""
    parse_connect_to(settings.get("CONNECT_TO") or "")
    if not str(settings.get("ARCHIVE_ROOT") or ""):
        raise UsageError("ARCHIVE_ROOT is empty: name the folder of the archive")
    for name, why in _OF_NO_USE.items():
        if str(settings.get(name) or "0").lower() not in ("0", "false"):
            raise UsageError(f"{name}: {why}")
    _check_numbers(settings)
    if 0 < int(settings["URLLENGTH_LIMIT"]) < _URL_LENGTH:
        raise UsageError(f"URLLENGTH_LIMIT: expected {_URL_LENGTH} or more, or 0 for none")
    read_policy(settings.get("PUBLISH"))
    _check_switch(settings, "PRUNE_SNAPSHOTS")
    _check_metrics(settings)
    _check_heartbeat(settings)
    _check_switch(settings, "LOG_JSON_LINE")


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


def _check_metrics(settings: BaseSettings) -> None:
    metrics = str(settings.get("METRICS_FILE") or "")
    if metrics and Path(metrics).suffix != SUFFIX:
        raise UsageError(f"METRICS_FILE={metrics!r}: expected a file name that ends in {SUFFIX}")


def _check_heartbeat(settings: BaseSettings) -> None:
    if url := settings.get("HEARTBEAT_URL"):
        heartbeat_address(url, ExitCode.DONE)
