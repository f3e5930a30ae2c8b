"""robots.txt, obeyed to the letter of RFC 9309: one that cannot be fetched forbids everything.

Scrapy's middleware (2.19) takes an unreachable or failing robots.txt for permission, and lets all but the
first of the requests that wait for it pass unchecked (they share one Deferred, whose result the first takes).
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.misc import build_from_crawler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

FORBID_ALL = b"User-agent: *\nDisallow: /\n"
_SERVER_ERROR = 500
logger = logging.getLogger(__name__)


class StrictRobots(RobotsTxtMiddleware):
    """One fetch a host, for which every request waits; a server error or no answer is «Disallow: /»."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._reading: dict[str, asyncio.Future[RobotParser]] = {}

    async def robot_parser(self, request: Request) -> RobotParser:
        """The rules of a request's host."""
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._reading:
            self._reading[origin] = asyncio.ensure_future(self._read(f"{origin}/robots.txt"))
        return await asyncio.shield(self._reading[origin])

    async def _read(self, url: str) -> RobotParser:
        self._stats.inc_value("robotstxt/request_count")
        rules = await self._fetch(url)
        return build_from_crawler(self._parserimpl, self.crawler, rules)

    async def _fetch(self, url: str) -> bytes:
        meta = {"dont_obey_robotstxt": True}
        request = Request(url, NO_CALLBACK, priority=self.DOWNLOAD_PRIORITY, meta=meta)
        assert self.crawler.engine is not None  # noqa: S101 - a request came through it
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - without rules, whatever the reason, nothing may be fetched
            logger.error("%s: %s: taken as forbidding everything (RFC 9309)", url, error)
            return FORBID_ALL
        if response.status >= _SERVER_ERROR:
            logger.error("%s: answered %d: taken as forbidding everything", url, response.status)
            return FORBID_ALL
        return response.body
