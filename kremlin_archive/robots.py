"""robots.txt, obeyed as RFC 9309 says or more strictly: one that cannot be fetched forbids everything.

Only 404 and 410 mean that there are no rules. RFC 9309 lets any 4xx mean that; but the site has a robots.txt,
and a 403, 401 or 451 is how those answer who throttle. One that leads off the site is unknown, because a
provider's page would be read as permission. A run reads the rules of an origin when it first asks for one
of its pages, and anew once they are older than ROBOTSTXT_MAX_AGE seconds (RFC 9309, 2.4: a day).

An origin whose rules cannot be known, or forbid all there is to fetch, is left alone in that run; said once.

Scrapy's middleware (2.19) takes an unreachable or failing robots.txt for permission, and lets all but the
first of the requests that wait for it pass unchecked (they share one Deferred, whose result the first takes).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.misc import build_from_crawler

from kremlin_archive.answers import ABSENT, OK, REFUSED
from kremlin_archive.breaker import Shut, Trouble, shut_for
from kremlin_archive.clocks import passed
from kremlin_archive.extensions import ArchiveRun
from kremlin_archive.refusals import location, trouble_of
from kremlin_archive.seeds import sections
from kremlin_archive.urls import is_site, language_of, origin_of
from kremlin_archive.wire import RunStopping

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

    from kremlin_archive.dataset.intake import Taken

_REDIRECTS = range(300, 400)
_LONGEST_DELAY = 60.0
_MAX_REDIRECTS = 5  # as many must be followed (RFC 9309, 2.3.1.2)
logger = logging.getLogger(__name__)


class RobotsUnreachable(RunStopping):
    """The rules of an origin are not known, or forbid all: its pages are not asked for, and stay due."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """The rules of an origin, or the way to them, and when that was set out on."""

    rules: asyncio.Future[RobotParser]
    began: float = field(default_factory=passed)

    def is_older(self, seconds: float) -> bool:
        """Whether the rules are here, and from longer ago than that."""
        return self.rules.done() and passed() - self.began > seconds


class StrictRobots(RobotsTxtMiddleware):
    """One fetch an origin and day, which every request awaits; no answer, a refusal or an error forbid all.

    A request that waits for its turn goes by the rules that were known when it was queued, unless they have
    become ones that forbid all.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._agent = self._robotstxt_useragent or self._default_useragent
        self._max_age = crawler.settings.getfloat("ROBOTSTXT_MAX_AGE")
        self._readings: dict[str, _Reading] = {}
        self._obeyed: set[str] = set()
        self._told: set[str] = set()

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Scrapy's, and what is forbidden is said once for each folder."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest:
            folder = request.url.rpartition("/")[0]
            if folder not in self._told:
                self._told.add(folder)
                logger.warning("%s/: robots.txt forbids pages, which are not asked for", folder)
            raise

    async def robot_parser(self, request: Request) -> RobotParser:
        """The rules of a request's origin."""
        origin = origin_of(request.url)
        reading = self._readings.get(origin)
        if reading is None or reading.is_older(self._max_age):
            reading = _Reading(asyncio.ensure_future(self._read(f"{origin}/robots.txt")))
            self._readings[origin] = reading
        return await asyncio.shield(reading.rules)

    async def _read(self, url: str) -> RobotParser:
        self._stats.inc_value("robotstxt/request_count")
        rules = build_from_crawler(self._parserimpl, self.crawler, await self._fetch(url))
        if self._forbids_everything(rules, url):
            origin = origin_of(url)
            problem = f"{origin} refuses: {url} forbids everything; what was due stays due"
            ArchiveRun.of(self.crawler).leave_alone(Shut(origin, "refused", problem))
            raise RobotsUnreachable(problem)
        self._obeyed.add(origin_of(url))
        if (delay := self._delay(rules)) > 0:
            logger.info("%s asks for %.1f s between two requests", url, delay)
            ArchiveRun.of(self.crawler).turns.space(origin_of(url), delay)
        return rules

    async def _fetch(self, url: str) -> bytes:
        response = await self._ask(url, url)
        for _ in range(_MAX_REDIRECTS):
            if response.status not in _REDIRECTS:
                break
            target = location(response)
            if target is None or not is_site(target):
                raise self._unknown(url, "broken", f"leads off the site ({target})")
            response = await self._ask(url, target)
        if (trouble := self._trouble(response)) is not None:
            raise self._unknown(url, trouble, f"was answered {response.status}")
        if response.status != OK:
            return b""
        return self._rules(url, response)

    def _rules(self, url: str, response: Response) -> bytes:
        capture = self._taken(response).capture
        if capture.content_error is not None:
            raise self._unknown(url, "broken", f"cannot be read ({capture.content_error})")
        if capture.content.lstrip().startswith(b"<"):
            raise self._unknown(url, "broken", "is a web page")
        return capture.content

    def _taken(self, response: Response) -> Taken:
        assert response.request is not None  # noqa: S101 - set by Scrapy
        return ArchiveRun.of(self.crawler).taken(response.request)

    async def _ask(self, url: str, where: str) -> Response:
        """Ask for the rules at ``url`` or where that led; what fails makes them unknown."""
        meta = {"dont_obey_robotstxt": True, "dont_redirect": True}
        request = Request(where, NO_CALLBACK, priority=self.DOWNLOAD_PRIORITY, meta=meta)
        assert self.crawler.engine is not None  # noqa: S101 - a request came through it
        try:
            return await self.crawler.engine.download_async(request)
        except RunStopping as error:
            if origin_of(where) == origin_of(url):
                raise
            raise self._unknown(url, "silent", f"leads to {where}, which is left alone") from error
        except Exception as error:
            what = f"cannot be fetched ({error!r})"
            answered: Trouble = "broken" if isinstance(error, IgnoreRequest) else "silent"
            raise self._unknown(url, trouble_of(error) or answered, what) from error

    def _trouble(self, response: Response) -> Trouble | None:
        """Name what is no answer, and so no permission."""
        is_challenge = self._taken(response).extraction.problem_kind == "challenge"
        if response.status in REFUSED or is_challenge:
            return "refused"
        return None if response.status in {OK, *ABSENT} else "broken"

    def _unknown(self, url: str, trouble: Trouble, what: str) -> RobotsUnreachable:
        problem = f"{url} {what}, so nothing may be fetched"
        run, origin = ArchiveRun.of(self.crawler), origin_of(url)
        if not run.is_stopping():
            has_answered = origin in self._obeyed
            run.leave_alone(shut_for(origin, trouble, problem, has_answered=has_answered))
        return RobotsUnreachable(problem)

    def _delay(self, rules: RobotParser) -> float:
        """Seconds that Crawl-delay asks for; it is in no standard, and one beyond a minute is a mistake."""
        return min(rules.crawl_delay(self._agent) or 0.0, _LONGEST_DELAY)

    def _forbids_everything(self, rules: RobotParser, url: str) -> bool:
        """Whether no section's listing may be fetched, nor the site's root."""
        language = language_of(url)
        places = [url.removesuffix("robots.txt")]
        if language is not None:
            places += [section.listing_url(language) for section in sections()]
        return not any(rules.allowed(place, self._agent) for place in places)
