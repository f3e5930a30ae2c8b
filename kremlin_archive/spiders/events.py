"""The spider: ask for each event's page once, wherever it is named, and say what became of every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.exceptions import DontCloseSpider, IgnoreRequest

from kremlin_archive.answers import ABSENT, OK, REDIRECTS, REFUSED, leads_away, no_picture
from kremlin_archive.dataset.sniffing import sniff
from kremlin_archive.errors import PageError
from kremlin_archive.extensions import ArchiveRun
from kremlin_archive.items import Missed, MissedItem, PageItem
from kremlin_archive.plan import read_plan
from kremlin_archive.refusals import location
from kremlin_archive.same_page import HOPS
from kremlin_archive.selftest import self_test
from kremlin_archive.spiders.desk import Output, Page
from kremlin_archive.spiders.due import Budgets, Wanted, wanted
from kremlin_archive.spiders.pictures import Pictures, pictures_due, pictures_on
from kremlin_archive.spiders.walking import Walks
from kremlin_archive.urls import EventAddress, event_address, is_site, page_url
from kremlin_archive.wire import RunStopping

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from kremlin_archive.dataset.intake import Taken

_MAX_HOPS = 5
_MAY_BE_ABSENT = "may_be_absent"


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
        self._later: list[Wanted] = []
        self._looks: list[Request] = []
        self._pictures = Pictures()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401 - Scrapy's
        """Scrapy's, and learn when the engine has nothing to do."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.idle, signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Prove that capture is exact, then begin every walk and ask for what is due besides."""
        self._run = ArchiveRun.of(self.crawler)
        budgets = Budgets.of(self.crawler.settings)
        self._walks = Walks(self.plan, self._run, self, budgets)
        try:
            await self_test(self.crawler)
        except Exception as error:  # noqa: BLE001 - whatever it is, exactness is not proven
            self._run.stop(f"the capture self-test failed: {error!r}", "capture_not_exact")
            return
        if self.plan.walks:
            for request in self._walks.begin():
                yield request
        if self.plan.looks_after_the_archive:
            self._looks = list(self._walks.looks())
        is_resumed = bool(self._walks.gone_on_with())
        for one in wanted(
            self.plan, self._run.state, budgets, datetime.now(UTC), is_resumed=is_resumed
        ):
            if one.comes_last:
                self._later.append(one)
                continue
            for request in self._ask(one):
                yield request
        self._pictures.add(pictures_due(self.plan, self._run.state, self.crawler.settings))

    def idle(self) -> None:
        """Ask for what comes when all else is had: first looks and retries, then pictures.

        Not by priority: Scrapy takes requests out of its queue before a feed's listing is in it, and goes by
        hosts before it goes by priorities.
        """
        late, self._later = self._later, []
        looks, self._looks = self._looks, []
        requests = looks + [request for one in late for request in self._ask(one)]
        requests = requests or list(self._ask_pictures())
        for request in requests:
            assert self.crawler.engine is not None  # noqa: S101 - it is what is idle
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    # ---- events --------------------------------------------------------------------------------------

    def ask_event(self, url: str, *, may_be_absent: bool = False) -> Iterator[Request]:
        """Ask for an event's page, once a run."""
        address = event_address(url)
        if address is not None:
            where = url if address.view == "page" else address.url
            yield from self._ask(Wanted(where, may_be_absent=may_be_absent))

    def _ask(self, one: Wanted) -> Iterator[Request]:
        address = event_address(one.url)
        if address is None or address.language not in self.plan.languages:
            return
        doc_id = address.doc_id
        if doc_id in self._asked:
            yield from self._ask_elsewhere(doc_id, one.url)
        elif not self.is_full():
            self._asked[doc_id] = {one.url}
            others = one.others or self._archived_at(address)
            yield self.request(one.url, self.event, may_be_absent=one.may_be_absent, others=others)

    def _archived_at(self, address: EventAddress) -> tuple[str, ...]:
        """Where an event is archived from, if that is another address: what is told of it may be there."""
        known = self._run.state.known(address.doc_id)
        archived = event_address(known.url) if known is not None else None
        return (archived.url,) if archived is not None and archived.url != address.url else ()

    def _ask_elsewhere(self, doc_id: str, url: str) -> Iterator[Request]:
        """Ask at another address than before only where that gave no page: a number can be used anew."""
        if url in self._asked[doc_id]:
            return
        if doc_id in self._absent:
            self._absent.remove(doc_id)
            yield self._ask_at(url)
        else:
            self._named_elsewhere[doc_id] = url

    def event(self, response: Response, others: tuple[str, ...] = (), hops: int = 0) -> Output:
        """Hand on an event page and ask for its other edition; say what became of any other answer."""
        taken = self._taken(response)
        if taken.extraction.problem_kind == "challenge":
            others = ()  # says nothing of the page, whatever its status
        elif response.status in REDIRECTS:
            yield from self._redirected(response, others, hops)
            return
        elif response.status in ABSENT:
            yield from self._not_there(response, others, f"answered {response.status}")
            return
        if (missed := self._missed(response)) is not None:
            yield missed
            if missed.missed == "failed":
                yield from self._ask_further(response.url, others)
            return
        yield PageItem(response.url, taken)
        yield from self._counterpart(taken)
        record = taken.extraction.record
        if self.plan.media == "photos" and record is not None:
            self._pictures.add(pictures_on(record, self._run.state, datetime.now(UTC)))

    def _not_there(self, response: Response, others: tuple[str, ...], said: str) -> Output:
        """Ask for an event where else it may be; say that it is not there where all is asked."""
        further = list(self._ask_further(response.url, others))
        yield from further
        if not further:
            kind: Missed = "absent" if self._may_be_absent(response) else "failed"
            yield MissedItem(response.url, kind, f"{response.url}: {said}")

    def _ask_further(self, url: str, others: tuple[str, ...]) -> Iterator[Request]:
        """Ask for an event that was not had at one address where else it may be."""
        if others:
            yield self._ask_at_other(others)
        elif (elsewhere := self._named_too(url)) is not None:
            yield self._ask_at(elsewhere)

    def _ask_at(self, url: str, **facts: Any) -> Request:  # noqa: ANN401 - those of request()
        """Ask for an event at one more address."""
        self._asked[_doc_id(url)].add(url)
        return self.request(url, self.event, **facts)

    def _ask_at_other(self, others: tuple[str, ...]) -> Request:
        return self._ask_at(others[0], may_be_absent=True, others=others[1:])

    def _named_too(self, url: str) -> str | None:
        """Another address of an event that was not had; where none is named yet, one may come."""
        doc_id = _doc_id(url)
        elsewhere = self._named_elsewhere.pop(doc_id, None)
        if elsewhere is not None and elsewhere not in self._asked[doc_id]:
            return elsewhere
        self._absent.add(doc_id)
        return None

    def _counterpart(self, taken: Taken) -> Output:
        record = taken.extraction.record
        address = event_address(record.counterpart_url or "") if record else None
        if address is None or record is None or record.counterpart_url is None:
            return
        state = self._run.state
        if state.known(address.doc_id) is None:
            was_absent = state.was_absent(address.doc_id, record.counterpart_url)
            yield from self.ask_event(record.counterpart_url, may_be_absent=was_absent)

    def _ask_pictures(self) -> Iterator[Request]:
        if (url := self._pictures.next()) is not None:
            yield self.request(url, self.photo)

    def photo(self, response: Response) -> Output:
        """Count a picture; its bytes are stored like every answer's."""
        missed = self._missed(response) or self._no_picture(response)
        if missed is not None:
            yield missed
        else:
            self._run.tally.photos += 1
        yield from self._ask_pictures()

    def _no_picture(self, response: Response) -> MissedItem | None:
        capture = self._taken(response).capture
        said = no_picture(capture.payload_length, sniff(capture.content))
        return MissedItem(response.url, "failed", f"{response.url} {said}") if said else None

    def _redirected(self, response: Response, others: tuple[str, ...], hops: int) -> Output:
        """Follow a redirect within the event; one to another page of the site says that it is not there."""
        target = location(response)
        if target is None or not is_site(target):
            problem = f"redirected to another host ({target or 'an address that cannot be read'})"
        elif hops >= _MAX_HOPS:
            problem = f"redirected more than {_MAX_HOPS} times"
        elif leads_away(target, _doc_id(response.url)):
            yield from self.ask_event(target)
            said = f"redirected to another page ({target}): not followed"
            yield from self._not_there(response, others, said)
            return
        else:
            absent = bool(response.meta.get(_MAY_BE_ABSENT))
            self._asked[_doc_id(response.url)].add(target)
            others = tuple(other for other in others if page_url(other) != page_url(target))
            yield self.request(
                target, self.event, may_be_absent=absent, others=others, hops=hops + 1
            )
            return
        yield MissedItem(response.url, "failed", f"{response.url}: {problem}: not followed")
        if others:
            yield self._ask_at_other(others)

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
        if request.callback == self.photo:
            yield from self._ask_pictures()
        error = failure.value
        problem = f"{request.url}: {str(error) or type(error).__name__}"
        if isinstance(error, RunStopping):
            is_led = request.cb_kwargs.get("hops") or request.meta.get(HOPS)
            if is_led and not self._run.is_stopping():
                # Its address was answered, and led to an origin that is left alone.
                yield MissedItem(request.url, "failed", problem)
                yield from self._walks.past(request)
            else:
                self._run.tally.left += 1
            return
        refused = isinstance(error, IgnoreRequest)
        if refused and self._walks.has_way_around(request):
            self._run.note(f"robots.txt forbids {request.url}: the listing is read page by page")
            yield from self._walks.past(request)
            return
        yield MissedItem(request.url, "refused" if refused else "failed", problem)
        if not refused:
            yield from self._walks.past(request)
            if request.callback == self.event:
                yield from self._ask_further(request.url, request.cb_kwargs.get("others", ()))


def _doc_id(url: str) -> str:
    """Key of the document at an event's address."""
    address = event_address(url)
    assert address is not None  # noqa: S101 - only such are asked for
    return address.doc_id
