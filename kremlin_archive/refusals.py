"""When the site says no: wait as long as it asks, and stop when it keeps saying it."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self

from kremlin_archive.extensions import ArchiveRun

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

REFUSED = frozenset({403, 429})
_BUSY = 503
_PATIENT = "waited_for_retry_after"
logger = logging.getLogger(__name__)


class Refusals:
    """Downloader middleware: obeys Retry-After, and ends the run after ``most`` refusals in a row.

    403 is how this site throttles («403 after a few hundred in a sitting»), so it is never content.
    """

    def __init__(self, crawler: Crawler, *, most: int, longest_wait: int) -> None:
        self._crawler = crawler
        self._most = most
        self._longest_wait = longest_wait
        self._in_a_row = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings."""
        settings = crawler.settings
        return cls(
            crawler,
            most=settings.getint("REFUSALS_MAX"),
            longest_wait=settings.getint("RETRY_AFTER_MAX"),
        )

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """Count refusals; after a wait that the site asked for, try the request once more."""
        if response.status not in REFUSED and response.status != _BUSY:
            self._in_a_row = 0
            return response
        wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if wait is not None and wait <= self._longest_wait and not request.meta.get(_PATIENT):
            await self._pause(request.url, wait)
            return request.replace(dont_filter=True, meta={**request.meta, _PATIENT: True})
        if response.status in REFUSED:
            self.refuse(response.url)
        return response

    def refuse(self, url: str) -> None:
        """Count a refusal; end the run when there have been too many in a row."""
        self._in_a_row += 1
        if self._in_a_row >= self._most:
            problem = f"{url}: refused, {self._in_a_row} times in a row: stopping"
            ArchiveRun.of(self._crawler).stop(problem, "refused")

    async def _pause(self, url: str, seconds: float) -> None:
        engine = self._crawler.engine
        logger.warning("%s: the site asks to wait %d s: waiting", url, seconds)
        assert engine is not None  # noqa: S101 - a response came through it
        engine.pause()
        try:
            await asyncio.sleep(seconds)
        finally:
            engine.unpause()


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or an HTTP date), or None.

    >>> retry_after(b"120", datetime.now(UTC))
    120.0
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if then.tzinfo is None:
        return None
    return max(0.0, (then - now).total_seconds())
