"""robots.txt, obeyed to the letter of RFC 9309: one that cannot be fetched forbids everything.

Scrapy's middleware (2.19) takes an unreachable or failing robots.txt for permission, and lets all but the
first of the requests that wait for it pass unchecked (they share one Deferred, whose result the first takes).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.misc import build_from_crawler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

_OK = 200
_UNAVAILABLE = frozenset({400, 401, 404, 405, 406, 410, 451})
"""There is no robots.txt: everything is allowed (RFC 9309, 2.3.1.3)."""


class RobotsUnreachable(IgnoreRequest):
    """The rules of a host are not known: its pages are neither fetched nor refused."""


class StrictRobots(RobotsTxtMiddleware):
    """One fetch a host, which every request awaits; no answer, a refusal or an error forbid everything."""

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
        except Exception as error:
            raise RobotsUnreachable(
                f"{url} cannot be fetched ({error!r}), so nothing may be"
            ) from error
        if response.status == _OK:
            return response.body
        if response.status in _UNAVAILABLE:
            return b""
        # 403 and 429 are how this site throttles; the rest are its faults. Neither is permission.
        raise RobotsUnreachable(f"{url} was answered {response.status}, so nothing may be fetched")
