"""When the site says no, or nothing: wait, as long as it asks or longer each time, and then leave it alone.

Each origin for itself, so that one edition's crawl goes on while the other's host is down. Where an origin is
left alone, what is due of it is not sent and stays due. What an origin has asked an earlier run to wait holds
for this one, too.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

from scrapy import signals
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError, ConnectionClosed

from kremlin_archive.answers import ABSENT, OK, REFUSED, http_date, retry_after
from kremlin_archive.backoff import Backoff
from kremlin_archive.breaker import Breaker, Shut, Trouble, shut_for
from kremlin_archive.clocks import OwnClock, SiteClock
from kremlin_archive.extensions import ArchiveRun
from kremlin_archive.urls import is_site, language_of, origin_of
from kremlin_archive.wire import RunStopping, exchange_begins, exchange_failed

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.http.headers import Headers

_REDIRECTS = range(300, 400)
_ASK_AGAIN = "asks_again_after_retry_after"
_PATIENT = "waited_for_retry_after"
_LONGEST_NUMBER = 10
_EVERY_HOST = "every host"
_TROUBLES: tuple[tuple[tuple[type[Exception], ...], Trouble], ...] = (
    ((DownloadTimeoutError,), "silent"),
    ((DownloadConnectionRefusedError, CannotResolveHostError, ConnectError), "unreachable"),
    ((DownloadFailedError, ResponseDataLossError, ConnectionClosed), "closed"),
)
logger = logging.getLogger(__name__)


class Refusals:
    """Downloader middleware: waits, and leaves an origin alone when a breaker's limit is reached.

    403 is how this site throttles («403 after a few hundred in a sitting»), so it is never content.
    ``longest_wait`` is in seconds, ``budget`` the most requests a run may send (0: any number);
    ``clocks_apart`` is in seconds, too (0: by how much the clocks differ does not matter).
    """

    def __init__(
        self,
        crawler: Crawler,
        breaker: Breaker,
        backoff: Backoff,
        *,
        longest_wait: int,
        budget: int,
        clocks_apart: int,
    ) -> None:
        self._crawler = crawler
        self._breaker = breaker
        self._backoff = backoff
        self._longest_wait = longest_wait
        self._site_clock = SiteClock(clocks_apart or inf)
        self._own_clock = OwnClock(clocks_apart or inf)
        self._budget = budget
        self._sent = 0
        self._recalled: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings."""
        settings = crawler.settings
        breaker = Breaker(
            refusals=settings.getint("REFUSALS_MAX"), failures=settings.getint("FAILURES_MAX")
        )
        refusals = cls(
            crawler,
            breaker,
            Backoff(settings.getfloat("BACKOFF_BASE")),
            longest_wait=settings.getint("RETRY_AFTER_MAX"),
            budget=settings.getint("REQUESTS_MAX"),
            clocks_apart=settings.getint("CLOCKS_APART_MAX"),
        )
        crawler.signals.connect(refusals.begins, exchange_begins)
        crawler.signals.connect(refusals.downloaded, signals.response_downloaded)
        crawler.signals.connect(refusals.failed, exchange_failed)
        return refusals

    def process_request(self, request: Request) -> None:
        """Hold back what would go to an origin left alone, or beyond the budget."""
        origin = origin_of(request.url)
        run = ArchiveRun.of(self._crawler)
        self._recall(origin)
        if run.turns.is_shut(origin):
            raise RunStopping(
                f"{request.url}: not sent, because {origin} is left alone in this run"
            )
        if self._budget and self._sent >= self._budget:
            words = f"the run's budget of {self._budget} requests is spent; what was due stays due"
            run.tally.shut.setdefault(_EVERY_HOST, Shut(_EVERY_HOST, "budget", words))
            raise RunStopping(f"{request.url}: not sent, because the run's budget is spent")
        self._sent += 1

    def downloaded(self, request: Request, response: Response) -> None:
        """Count what is no answer, and hold its origin.

        A signal, because Scrapy sends it before it frees the host's slot for the next request; by the time
        of ``process_response`` some more may have gone out.
        """
        self._compare_clocks(response)
        wait = retry_after(_header(response.headers, "Retry-After"), datetime.now(UTC))
        trouble = self._trouble(request, response)
        if trouble is not None:
            said = f"{response.url} answered {response.status}"
            self._troubled(request, trouble, said, wait)
            return
        origin = origin_of(request.url)
        self._breaker.answered(origin, request.url)
        self._backoff.answered(origin)
        if wait is not None and response.status in _REDIRECTS:
            self._hold(origin, f"{response.url} leads on", min(wait, self._longest_wait))

    def failed(self, request: Request, error: Exception) -> None:
        """Count what brought no answer, and hold its origin; a signal, as ``downloaded`` is."""
        trouble = trouble_of(error)
        if trouble is not None:
            said = f"{request.url}: {str(error) or type(error).__name__}"
            self._troubled(request, trouble, said, wait=None)

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Ask once more for what the site asked to wait for."""
        if not request.meta.pop(_ASK_AGAIN, False):
            return response
        return request.replace(dont_filter=True, meta={**request.meta, _PATIENT: True})

    def _troubled(self, request: Request, trouble: Trouble, said: str, wait: float | None) -> None:
        origin = origin_of(request.url)
        if wait is not None and wait > self._longest(origin):
            detail = f"{said} and asks to wait {wait:.0f} s"
            shut: Shut | None = shut_for(origin, trouble, detail, has_answered=True)
        else:
            shut = self._breaker.troubled(origin, trouble, request.url, said)
        if shut is not None:
            ArchiveRun.of(self._crawler).leave_alone(shut)
        else:
            self._hold(origin, said, max(wait or 0.0, self._backoff.troubled(origin)))
        if shut is None and wait is not None and not request.meta.get(_PATIENT):
            request.meta[_ASK_AGAIN] = True
        else:
            self._spare(request, origin, refused=trouble == "refused")

    def _recall(self, origin: str) -> None:
        """Before an origin is first asked: wait as long as it asked earlier runs to, or leave it alone."""
        if origin in self._recalled:
            return
        self._recalled.add(origin)
        run = ArchiveRun.of(self._crawler)
        until = run.state.left_alone_until(origin)
        if until is None or (left := (until - datetime.now(UTC)).total_seconds()) <= 0:
            return
        said = f"{origin} has asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
        if left > self._longest(origin):
            run.leave_alone(Shut(origin, "refused", f"{said}; what was due stays due"))
        else:
            self._hold(origin, said, left)

    def _longest(self, origin: str) -> float:
        """Seconds that an origin may ask to wait; for a host of pictures no run holds the archive."""
        return self._longest_wait if language_of(origin) is not None else 0

    def _hold(self, origin: str, said: str, seconds: float) -> None:
        if seconds > 0:
            logger.warning("%s: waiting %.1f s before asking %s again", said, seconds, origin)
            ArchiveRun.of(self._crawler).turns.hold(origin, seconds)

    def begins(self, request: Request) -> None:
        """End a run whose clock was set since it began, before anything is dated by it."""
        if (moved := self._own_clock.was_set_by()) is not None:
            side = "forward" if moved > 0 else "back"
            problem = (
                f"this machine's clock was set {side} by {abs(moved):.0f} s since the run began: stopping "
                f"before {request.url} is dated by it. The next run goes on; if the clock was set by nobody, "
                "see to it"
            )
            ArchiveRun.of(self._crawler).stop(problem, "clock")

    def _compare_clocks(self, response: Response) -> None:
        """End a run whose clock and the site's differ."""
        ahead = self._site_clock.apart(seconds_ahead(response.headers, datetime.now(UTC)))
        if ahead is not None:
            side = "ahead of" if ahead > 0 else "behind"
            problem = (
                f"this machine's clock is {abs(ahead):.0f} s {side} the site's ({response.url}): "
                "one of them is wrong, and what is fetched would be dated by it: stopping. Set this "
                "machine's clock; if it is the site's that is wrong, raise CLOCKS_APART_MAX"
            )
            ArchiveRun.of(self._crawler).stop(problem, "clock")

    def _trouble(self, request: Request, response: Response) -> Trouble | None:
        taken = ArchiveRun.of(self._crawler).taken(request)
        if response.status in REFUSED or taken.extraction.problem_kind == "challenge":
            return "refused"
        if response.status == OK or response.status in ABSENT or _leads_on(response):
            return None
        return "broken"

    def _spare(self, request: Request, origin: str, *, refused: bool) -> None:
        """Repeat neither what was refused nor what goes to an origin left alone."""
        if refused or ArchiveRun.of(self._crawler).turns.is_shut(origin):
            request.meta["dont_retry"] = True


def location(response: Response) -> str | None:
    """Where a redirect leads; None when its address cannot be read."""
    given = (response.headers.get("Location") or b"").decode("utf-8", "replace")
    try:
        target = urljoin(response.url, given)
        urlsplit(target).port  # noqa: B018 - raises for a port out of range
    except ValueError:
        return None
    return target if given else None


def _leads_on(response: Response) -> bool:
    """Whether an answer is a redirect within the site; one off it may be a provider's page of its own."""
    target = location(response) if response.status in _REDIRECTS else None
    return target is not None and is_site(target)


def trouble_of(error: BaseException) -> Trouble | None:
    """What an exchange that failed may mean; None for what is not the host's doing."""
    return next((trouble for kinds, trouble in _TROUBLES if isinstance(error, kinds)), None)


def seconds_ahead(headers: Headers, now: datetime) -> float:
    """How far ``now`` is ahead of an answer's Date and Age; 0 where there is no Date that can be read.

    Age (seconds) is how long a cache on the way has kept the answer.
    """
    then = http_date(_header(headers, "Date"))
    age = (headers.get("Age") or b"").strip()
    in_cache = int(age) if age.isdigit() and len(age) < _LONGEST_NUMBER else 0
    return 0.0 if then is None else (now - then).total_seconds() - in_cache


def _header(headers: Headers, name: str) -> str:
    return (headers.get(name) or b"").decode("latin-1")
