"""One crawl as a whole: store every exchange, and at the end publish, report and say how it went."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.exceptions import CloseSpider

from kremlin_archive.archive.cdxj_index import update_index
from kremlin_archive.archive.closed_warcs import closed_warcs
from kremlin_archive.archive.writer import RunFacts
from kremlin_archive.dataset.checks import some
from kremlin_archive.dataset.extract import drop_unfinished_parts
from kremlin_archive.dataset.intake import Intake, Taken
from kremlin_archive.dataset.occasion import Policy, read_policy
from kremlin_archive.dataset.pruning import prune
from kremlin_archive.dataset.publishing import Publication, lost_sources, publish_if_due
from kremlin_archive.errors import ArchiveError
from kremlin_archive.ledger import still_missing
from kremlin_archive.report.drift import Drift, find_drift
from kremlin_archive.report.progress import Progress
from kremlin_archive.report.runs import (
    new_run_id,
    open_report,
    read_reports,
    unfinished,
    write_report,
)
from kremlin_archive.report.summary import RunSummary, render
from kremlin_archive.report.tally import OUTCOMES, ExitCode, Tally, exit_code, how_it_ended
from kremlin_archive.report.versions import versions
from kremlin_archive.run_facts import RunPlace, facts_of
from kremlin_archive.state import State
from kremlin_archive.state.file import is_refused
from kremlin_archive.swallowed import Swallowed
from kremlin_archive.ticking import EverySecond
from kremlin_archive.turns import Turns

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from kremlin_archive.archive.exchange import Exchange
    from kremlin_archive.breaker import Shut

_GONE_ON_WITH = timedelta(days=14)
_REPORTS = 500  # three weeks of hourly runs say what is usual
logger = logging.getLogger(__name__)


class ArchiveRun:
    """The recorder of the wire handler, the run's tally and state, and its end."""

    def __init__(
        self,
        place: RunPlace,
        facts: RunFacts,
        *,
        max_bytes: int,
        policy: Policy = "changed",
        prunes: bool = True,
    ) -> None:
        self._place = place
        self._policy: Policy = policy
        self._prunes = prunes
        self._began = time.monotonic()
        self._began_at = datetime.now(UTC)
        self._arguments: dict[str, str] = {}
        self.state = State(place.root)
        self._intake = Intake(place.root, facts, max_bytes=max_bytes, originals=self.state)
        self._taken: WeakKeyDictionary[Request, Taken] = WeakKeyDictionary()
        self._closing: asyncio.Future[Any] | None = None
        self._crawler: Crawler | None = None
        self._progress = Progress("crawl", "pages")
        self._ticking = EverySecond(self._show)
        self._swallowed = Swallowed(self.crashed)
        self._stopping = False
        self._distrusts_state = False
        self.turns = Turns()
        self.tally = Tally()
        self._drift: list[Drift] = []
        self._notes: list[str] = []
        self._missing: dict[str, int] = {}
        self.problem: str | None = None
        self.exit_code: ExitCode | None = None
        """Set when the run has ended."""
        self.summary: str | None = None
        self.report: dict[str, Any] | None = None
        """What ``runs/ID.json`` holds, when the run has ended."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings and connect the signals."""
        settings = crawler.settings
        root = Path(settings["ARCHIVE_ROOT"])
        place = RunPlace(root, new_run_id(root / "runs", datetime.now(UTC)))
        run = cls(
            place,
            facts_of(settings, place.run_id),
            max_bytes=settings.getint("WARC_MAX_BYTES"),
            policy=read_policy(settings["PUBLISH"]),
            prunes=settings.getbool("PRUNE_SNAPSHOTS"),
        )
        run._crawler = crawler
        crawler.signals.connect(run.spider_opened, signals.spider_opened)
        crawler.signals.connect(run.crashed, signals.spider_error)
        crawler.signals.connect(run.crashed, signals.item_error)
        crawler.signals.connect(run.spider_closed, signals.spider_closed)
        return run

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """The run that a crawler is doing. Raises ArchiveError when the extension is switched off."""
        run = crawler.get_extension(cls)
        if run is None:
            raise ArchiveError(f"the extension {cls.__name__} is off: nothing would be stored")
        return run

    def record(self, request: Request, exchange: Exchange) -> None:
        """Store an exchange before anybody parses it; a disk that refuses ends the run."""
        try:
            taken = self._intake.take(exchange)
        except (OSError, sqlite3.Error) as error:
            self.stop(f"{request.url}: cannot be stored: {error}", self._reason(error))
            raise
        self.tally.exchanges += 1
        if taken is not None:
            at = taken.capture.pointer
            logger.debug("stored %s in %s at %d", request.url, at.filename, at.offset)
            self._taken[request] = taken

    def taken(self, request: Request) -> Taken:
        """What was stored of a request that was answered."""
        return self._taken[request]

    def spider_opened(self, spider: Spider) -> None:
        """Begin; what goes wrong in it ends the run, which Scrapy would go on with."""
        self._arguments = getattr(spider, "arguments", {})
        try:
            self._begin()
        except Exception as error:
            logger.exception("the run could not begin")
            self._blame(f"the run could not begin: {error}")
            self._stopping = True
            raise CloseSpider(self._reason(error)) from error

    def _begin(self) -> None:
        """Learn what the archive holds, and begin to show how far the run is."""
        open_report(self._place.report, self._opening())
        drop_unfinished_parts(self._place.root)
        if self.state.made_anew is not None:
            self.note(f"state.sqlite was made anew from the WARC files: {self.state.made_anew}")
        known = self._sync()
        self._name_losses()
        logger.info("run %s: %d documents are in the archive", self._place.run_id, known)
        self._progress.__enter__()
        self._ticking.start()
        self._swallowed.start()

    @cached_property
    def gone_on_with(self) -> frozenset[str]:
        """Ids of the runs of the same words that were stopped before their end."""
        return unfinished(self._reports_before(), self._arguments, self._began_at - _GONE_ON_WITH)

    def _sync(self) -> int:
        known = self.state.sync()
        while self.state.not_taken_in:
            self._blame(f"a WARC file cannot be taken in: {self.state.not_taken_in.pop()}")
        return known

    def _name_losses(self) -> None:
        """Say which WARC files are lost, until they are back or a person publishes without them."""
        lost = sorted({*self.state.lost, *lost_sources(self._place.root, self.state.warcs)})
        for one in lost:
            logger.error("WARC files: %s", one)
        if lost:
            self._blame(
                f"WARC files are lost ({some(lost)}): bring them back, or publish what is there with "
                "kremlin-archive extract"
            )

    def crashed(self, failure: Failure | None = None, response: Any = None, **_: object) -> None:  # noqa: ANN401
        """Count an error of our own code; its page is due again."""
        self.tally.crashes += 1
        if failure is not None and isinstance(failure.value, sqlite3.Error):
            reason = self._reason(failure.value)
            self.stop(f"the working state cannot be used: {failure.value}", reason)
        if failure is not None and response is not None:
            self.tally.missed(response.url, "failed", f"{response.url}: {failure.value!r}")

    def spider_closed(self, spider: Spider, reason: str) -> None:  # noqa: ARG002
        """Close the files, publish the snapshot, write the report, and keep the words for the end.

        No step keeps a later one from being done, least of all the report.
        """
        self._step("end showing how far it is", self._end_showing)
        published = self._publish()
        self._step("prune old snapshots", partial(self._prune, published))
        self._step("compare with earlier runs", self._find_drift)
        self._step("keep the working state", self._keep_state)
        ended = how_it_ended(self.tally, reason)
        self._step("sum up", partial(self._sum_up, ended, published))
        if self.report is None:
            self._sum_up_plainly(ended)
        self._write_report(ended, published)

    def break_off(self) -> None:
        """Write the report of a run that was not left the time to end."""
        self._blame("interrupted: the next run makes its files whole and goes on")
        self._sum_up_plainly("interrupted")
        self._write_report("interrupted", None)

    def stop(self, problem: str, reason: str) -> None:
        """End the run now, because of a problem that no single page is to blame for."""
        if self._stopping or self._crawler is None or self._crawler.engine is None:
            return
        logger.error("%s", problem)
        self._stopping = True
        self._blame(problem)
        self._closing = asyncio.ensure_future(
            self._crawler.engine.close_spider_async(reason=reason)
        )

    def leave_alone(self, shut: Shut) -> None:
        """Send nothing more to an origin in this run; said once, but not where the run's end is to blame."""
        if not self._stopping and shut.origin not in self.tally.shut:
            logger.error("%s", shut.problem)
            self.tally.shut[shut.origin] = shut
            self.turns.shut(shut.origin)

    def is_stopping(self) -> bool:
        """Whether the run is ending, by itself or because somebody asked it to."""
        return self._stopping or (self._crawler is not None and not self._crawler.crawling)

    def _keep_state(self) -> None:
        """Bring the cache up to date; it is only a cache, so a failure is said and costs time later."""
        try:
            if not self._distrusts_state:
                self._sync()
                self._missing = still_missing(self.state)
                self.state.close()
        except (ArchiveError, OSError, sqlite3.Error) as error:
            logger.warning("the working state could not be kept: %s", error)
            self._reason(error)
        if self._distrusts_state:
            with contextlib.suppress(OSError, sqlite3.Error):
                self.state.discard()

    def note(self, words: str) -> None:
        """Have the report say what decides nothing; also when it is written already."""
        self._notes.append(words)
        if self.report is not None:
            with contextlib.suppress(OSError):
                write_report(self._place.report, self.report)

    def _reason(self, error: BaseException) -> str:
        """Why an error ends the run: the disk refuses, the working state is damaged, or our code is wrong."""
        if isinstance(error, sqlite3.Error) and not is_refused(error):
            self._distrusts_state = True
            return "state"
        return "disk" if isinstance(error, (OSError, sqlite3.Error)) else "crash"

    def _step(self, name: str, do: Callable[[], None]) -> None:
        """Do a step of the end; its failure is an error of our own code, counted and named."""
        try:
            do()
        except Exception as error:
            self.tally.crashes += 1
            self._blame(f"could not {name}: {error!r}")
            logger.exception("could not %s", name)

    def _blame(self, problem: str) -> None:
        """Name a problem of the run: one that has any is not done."""
        self.problem = "; ".join(filter(None, (self.problem, problem)))

    def _end_showing(self) -> None:
        self._ticking.stop()
        self._swallowed.stop()
        self._show()
        self._progress.__exit__(None, None, None)
        if self._progress.problem is not None:
            self.note(f"standard error could not be written: {self._progress.problem}")

    def _show(self) -> None:
        counts: dict[str, int] = {outcome: self.tally.pages[outcome] for outcome in OUTCOMES}
        self._progress.update(sum(counts.values()), counts=counts)

    def _publish(self) -> Publication | None:
        try:
            self._intake.close()
            root = self._place.root
            if not (warcs := closed_warcs(root)):
                return None  # nothing was ever fetched
            update_index(root, closed=warcs)
            return publish_if_due(root, self._policy, datetime.now(UTC), warcs)
        except Exception as error:
            # Whatever it is, the bytes are stored and the report must still be written.
            self._blame(f"no snapshot was published: {error}")
            logger.exception("no snapshot was published")
            return None

    def _prune(self, published: Publication | None) -> None:
        """Delete old snapshots after a new one came; a failure is said, the data is what it was."""
        if not self._prunes or published is None or published.why_not is not None:
            return
        try:
            pruned = prune(self._place.root, datetime.now(UTC))
        except (ArchiveError, OSError) as error:
            logger.warning("old snapshots could not be pruned: %s", error)
        else:
            logger.info("pruned %d old snapshots, kept %d", len(pruned.deleted), len(pruned.kept))

    def _find_drift(self) -> None:
        self._drift = find_drift(chain([self.tally.as_json()], self._reports_before()))

    def _sum_up(self, ended: str, published: Publication | None) -> None:
        """Find the exit code, and the words and the report that give it."""
        stored = published is not None
        self.exit_code = exit_code(self.tally, ended=ended, stored=stored, problem=self.problem)
        summary = self._summary(ended, published)
        self.summary = render(summary)
        self.report = self._report(summary)

    def _sum_up_plainly(self, ended: str) -> None:
        self.exit_code = exit_code(self.tally, ended=ended, stored=False)
        self.summary = f"Run {self._place.run_id}: exit code {self.exit_code.value}; {self.problem}"
        self.report = {
            **self._opening(),
            "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "exit_code": self.exit_code.value,
            "ended": ended,
            "problem": self.problem,
            **self.tally.as_json(),
            "notes": self._notes,
        }

    def _write_report(self, ended: str, published: Publication | None) -> None:
        assert self.report is not None  # noqa: S101 - it was just made
        try:
            write_report(self._place.report, self.report)
        except OSError as error:
            logger.error("%s: the run's report could not be written: %s", self._place.report, error)
            self._blame(f"the run's report could not be written: {error}")
            self._step("sum up", partial(self._sum_up, ended, published))

    def _summary(self, reason: str, published: Publication | None) -> RunSummary:
        assert self.exit_code is not None  # noqa: S101 - set by the caller
        warcs = self._intake.warcs
        return RunSummary(
            run_id=self._place.run_id,
            seconds=time.monotonic() - self._began,
            tally=self.tally,
            code=self.exit_code,
            ended=reason,
            warcs=warcs,
            warc_bytes=sum(path.stat().st_size for path in warcs),
            snapshot=published.snapshot if published else None,
            snapshot_rows=dict(published.rows) if published else {},
            why_not_published=published.why_not if published else None,
            problem=self.problem,
            drift=self._drift,
            missing=self._missing,
        )

    def _reports_before(self) -> Iterator[dict[str, Any]]:
        return read_reports(self._place.report.parent, most=_REPORTS)

    def _opening(self) -> dict[str, Any]:
        return {
            "run_id": self._place.run_id,
            "began_at": self._began_at.isoformat(timespec="seconds"),
            "arguments": self._arguments,
            "versions": versions(),
        }

    def _report(self, summary: RunSummary) -> dict[str, Any]:
        root = self._place.root
        return {
            **self._opening(),
            "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "exit_code": summary.code.value,
            "ended": summary.ended,
            "problem": "; ".join(filter(None, (self.tally.problem, summary.problem))) or None,
            "notes": self._notes,
            "seconds": round(summary.seconds, 1),
            **self.tally.as_json(),
            "missing": summary.missing,
            "drift": [asdict(drift) for drift in summary.drift],
            "warcs": [path.relative_to(root).as_posix() for path in summary.warcs],
            "warc_bytes": summary.warc_bytes,
            "snapshot": summary.snapshot and summary.snapshot.name,
            "snapshot_rows": summary.snapshot_rows,
            "published": summary.snapshot is not None and summary.why_not_published is None,
            "why_not_published": summary.why_not_published,
        }
