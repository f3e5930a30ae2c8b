"""The spider: ask for each event's page once, wherever it is named, and say what became of every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest

from kremlin_archive.answers import ABSENT, REFUSED
from kremlin_archive.errors import PageError
from kremlin_archive.extensions import ArchiveRun
from kremlin_archive.items import Missed, MissedItem, PageItem
from kremlin_archive.plan import read_plan
from kremlin_archive.refusals import location
from kremlin_archive.selftest import self_test
from kremlin_archive.spiders.due import Budgets, Wanted, wanted
from kremlin_archive.spiders.walking import Output, Page, Walks
from kremlin_archive.urls import event_address, is_site
from kremlin_archive.wire import RunStopping

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from kremlin_archive.dataset.intake import Taken

OK = 200
_REDIRECT = frozenset({301, 302, 303, 307, 308})
_MAX_HOPS = 5
_MAY_BE_ABSENT = "may_be_absent"
_MEDIA_LATER = -5


class EventsSpider(Spider):
    """Arguments are those of ``plan.read_plan``; a wrong one is an error before the first request."""

    name = "events"
    allowed_domains: ClassVar[list[str]] = ["kremlin.ru"]

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 - Scrapy's signature
        super().__init__(arguments.pop("name", None))
        self.arguments = dict(arguments)
        self.plan = read_plan(arguments)
        self._asked: dict[str, set[str]] = {}
        self._absent: set[str] = set()
        self._named_elsewhere: dict[str, str] = {}
        self._asked_media: set[str] = set()

    async def start(self) -> AsyncIterator[Request]:
        """Prove that capture is exact, then begin every walk and ask for what is due besides."""
        self._run = ArchiveRun.of(self.crawler)
        self._walks = Walks(self.plan, self._run, self)
        try:
            await self_test(self.crawler)
        except Exception as error:  # noqa: BLE001 - whatever it is, exactness is not proven
            self._run.stop(f"the capture self-test failed: {error!r}", "capture_not_exact")
            return
        if self.plan.walks:
            for request in self._walks.begin():
                yield request
        budgets = Budgets.of(self.crawler.settings)
        for one in wanted(self.plan, self._run.state, budgets, datetime.now(UTC)):
            for request in self._ask(one):
                yield request

    # ---- events --------------------------------------------------------------------------------------

    def ask_event(self, url: str) -> Iterator[Request]:
        """Ask for an event's page, once a run."""
        address = event_address(url)
        if address is not None:
            yield from self._ask(Wanted(url if address.view == "page" else address.url))

    def _ask(self, one: Wanted) -> Iterator[Request]:
        address = event_address(one.url)
        if address is None or address.language not in self.plan.languages:
            return
        doc_id = address.doc_id
        if doc_id in self._asked:
            yield from self._ask_elsewhere(doc_id, one.url)
        elif not self.is_full():
            self._asked[doc_id] = {one.url}
            absent = one.may_be_absent
            yield self.request(one.url, self.event, may_be_absent=absent, others=one.others)

    def _ask_elsewhere(self, doc_id: str, url: str) -> Iterator[Request]:
        """Ask at another address than before only where that has no page: a number can be used anew."""
        if url in self._asked[doc_id]:
            return
        if doc_id in self._absent:
            self._absent.remove(doc_id)
            self._asked[doc_id].add(url)
            yield self.request(url, self.event)
        else:
            self._named_elsewhere[doc_id] = url

    def event(self, response: Response, others: tuple[str, ...] = (), hops: int = 0) -> Output:
        """Hand on an event page and ask for its other edition; say what became of any other answer."""
        taken = self._taken(response)
        if taken.extraction.problem_kind == "challenge":
            others = ()  # says nothing of the page, whatever its status
        elif response.status in _REDIRECT:
            yield from self._redirected(response, hops)
            return
        if response.status in ABSENT and others:
            yield self.request(others[0], self.event, may_be_absent=True, others=others[1:])
            return
        if response.status in ABSENT and (elsewhere := self._named_too(response.url)):
            yield self.request(elsewhere, self.event)
            return
        if (missed := self._missed(response)) is not None:
            yield missed
            return
        yield PageItem(response.url, taken)
        yield from self._counterpart(taken)
        if self.plan.media == "photos":
            yield from self._photos(taken)

    def _named_too(self, url: str) -> str | None:
        """Another address at which an absent event was named; where there is none yet, one may come."""
        address = event_address(url)
        if address is None:
            return None
        elsewhere = self._named_elsewhere.pop(address.doc_id, None)
        if elsewhere is None:
            self._absent.add(address.doc_id)
        else:
            self._asked[address.doc_id].add(elsewhere)
        return elsewhere

    def _counterpart(self, taken: Taken) -> Output:
        record = taken.extraction.record
        address = event_address(record.counterpart_url or "") if record else None
        if address is None or record is None or record.counterpart_url is None:
            return
        if self._run.state.known(address.doc_id) is None:
            yield from self.ask_event(record.counterpart_url)

    def _photos(self, taken: Taken) -> Output:
        record = taken.extraction.record
        for photo in record.photos if record else ():
            known = photo.url in self._asked_media or self._run.state.latest(photo.url) is not None
            if not known and is_site(photo.url):
                self._asked_media.add(photo.url)
                yield self.request(photo.url, self.photo, priority=_MEDIA_LATER)

    def photo(self, response: Response) -> Output:
        """Count a picture; its bytes are stored like every answer's."""
        missed = self._missed(response)
        if missed is not None:
            yield missed
        else:
            self._run.tally.photos += 1

    def _redirected(self, response: Response, hops: int) -> Output:
        target = location(response)
        here, there = event_address(response.url), event_address(target or "")
        is_ours = target is not None and is_site(target)
        if target is None or not is_ours:
            problem = f"redirected to another host ({target or 'an address that cannot be read'})"
        elif hops >= _MAX_HOPS:
            problem = f"redirected more than {_MAX_HOPS} times"
        elif here is None or there is None or here.doc_id != there.doc_id:
            problem = f"redirected to another page ({target})"
            if there is not None:
                yield from self.ask_event(target)
        else:
            absent = bool(response.meta.get(_MAY_BE_ABSENT))
            yield self.request(target, self.event, may_be_absent=absent, hops=hops + 1)
            return
        # Where the site leads elsewhere, a page that may be absent is; a loop or another site leads nowhere.
        leads_elsewhere = is_ours and hops < _MAX_HOPS
        kind: Missed = "absent" if leads_elsewhere and self._may_be_absent(response) else "failed"
        yield MissedItem(response.url, kind, f"{response.url}: {problem}: not followed")

    # ---- one request ---------------------------------------------------------------------------------

    def is_full(self) -> bool:
        """Whether as many pages were asked for as the plan allows."""
        return self.plan.limit is not None and len(self._asked) >= self.plan.limit

    def request(
        self,
        url: str,
        callback: Callable[..., Output],
        *,
        priority: int = 0,
        may_be_absent: bool = False,
        **facts: object,
    ) -> Request:
        """A request whose answer comes to ``callback`` with ``facts``."""
        return Request(
            url,
            callback,
            errback=self.not_answered,
            priority=priority,
            cb_kwargs=facts,
            dont_filter=True,  # identity is the event's number, kept in _asked; listings are walked once
            meta={
                "handle_httpstatus_all": True,
                "dont_redirect": True,
                _MAY_BE_ABSENT: may_be_absent,
            },
        )

    def _taken(self, response: Response) -> Taken:
        assert response.request is not None  # noqa: S101 - set by Scrapy
        return self._run.taken(response.request)

    def read(self, response: Response, parse: Callable[[bytes, str], Page]) -> Page | MissedItem:
        """A listing or feed page, or what was wrong with the answer."""
        if (missed := self._missed(response)) is not None:
            return missed
        capture = self._taken(response).capture
        if capture.content_error is not None:
            return MissedItem(capture.url, "failed", f"{capture.url}: {capture.content_error}")
        try:
            return parse(capture.content, capture.url)
        except PageError as error:
            return MissedItem(capture.url, "failed", str(error))

    def _missed(self, response: Response) -> MissedItem | None:
        status = response.status
        extraction = self._taken(response).extraction
        if extraction.problem_kind == "challenge" and extraction.problem is not None:
            return MissedItem(response.url, "refused", extraction.problem)
        if status == OK:
            return None
        kind: Missed = "failed"
        if status in REFUSED:
            kind = "refused"
        elif status in ABSENT and self._may_be_absent(response):
            kind = "absent"  # one that a listing names and that was never here is a gap
        return MissedItem(response.url, kind, f"{response.url}: answered {status}")

    def _may_be_absent(self, response: Response) -> bool:
        """Whether no page is an answer: to a number that was guessed, or of a page that is archived."""
        address = event_address(response.url)
        known = address is not None and self._run.state.known(address.doc_id) is not None
        return known or bool(response.meta.get(_MAY_BE_ABSENT))

    def not_answered(self, failure: Failure) -> Output:
        """Count a request that ended without an answer; a listing's walk goes on behind it."""
        request: Request = failure.request  # type: ignore[attr-defined] # set by Scrapy
        error = failure.value
        problem = f"{request.url}: {str(error) or type(error).__name__}"
        if isinstance(error, RunStopping):
            if request.cb_kwargs.get("hops") and not self._run.is_stopping():
                # Its address was answered, and led to an origin that is left alone.
                yield MissedItem(request.url, "failed", problem)
            else:
                self._run.tally.left += 1
            return
        refused = isinstance(error, IgnoreRequest)
        yield MissedItem(request.url, "refused" if refused else "failed", problem)
        if not isinstance(error, IgnoreRequest):
            yield from self._walks.past(request)
