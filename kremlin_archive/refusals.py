"""When the site says no: wait as long as it asks, and stop when it keeps saying it."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

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
    """Downloader middleware: obeys Retry-After, and ends the run after ``most`` refusals in a row by a host.

    403 is how this site throttles («403 after a few hundred in a sitting»), so it is never content.
    """

    def __init__(self, crawler: Crawler, *, most: int, longest_wait: int) -> None:
        self._crawler = crawler
        self._most = most
        self._longest_wait = longest_wait
        self._in_a_row: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings."""
        settings = crawler.settings
        return cls(
            crawler,
            most=settings.getint("REFUSALS_MAX"),
            longest_wait=settings.getint("RETRY_AFTER_MAX"),
        )

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Count refusals; where the site asks to wait, hold its host and try the request once more."""
        host = urlsplit(response.url).netloc
        if response.status not in REFUSED and response.status != _BUSY:
            self._in_a_row[host] = 0
            return response
        wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if wait is not None and wait <= self._longest_wait and not request.meta.get(_PATIENT):
            logger.warning("%s: the site asks to wait %d s: waiting", response.url, wait)
            ArchiveRun.of(self._crawler).turns.hold(host, wait)
            return request.replace(dont_filter=True, meta={**request.meta, _PATIENT: True})
        if response.status in REFUSED:
            self._refused(host, response.url)
        return response

    def _refused(self, host: str, url: str) -> None:
        self._in_a_row[host] += 1
        if self._in_a_row[host] >= self._most:
            problem = f"{url}: refused, {self._in_a_row[host]} times in a row: stopping"
            ArchiveRun.of(self._crawler).stop(problem, "refused")


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or an HTTP date), or None.

    >>> retry_after(b"120", datetime.now(UTC))
    120.0
    """
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if then.tzinfo is None:
        return None
    return max(0.0, (then - now).total_seconds())
