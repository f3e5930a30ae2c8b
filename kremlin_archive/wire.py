"""Record what crosses the wire: Scrapy's HTTP/1.1 download handler with a tap on every connection.

A Scrapy response cannot give back the bytes it was made from (header case and order, reason phrase,
chunk framing, interim heads and everything about failed exchanges are gone), so the tap sits between
protocol and transport: above TLS, below HTTP parsing. It rests on private names of Scrapy and Twisted;
that is why their releases are pinned and why ``self_test`` must pass before the first request.

Twisted may repeat a request when a kept-alive connection proves dead; both attempts are recorded. Bytes that
a server sends after a complete answer belong to no exchange and are not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _BindAddressAgent,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotConfigured,
    NotSupported,
    StopDownload,
)
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.web.client import HTTPConnectionPool

from kremlin_archive.archive.exchange import Exchange, Truncation
from kremlin_archive.errors import UsageError
from kremlin_archive.turns import Turns
from kremlin_archive.urls import is_site, origin_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.web.client import URI


exchange_begins = object()
"""Signal, with ``request``, sent just before anything goes out; who hears it may still end the run."""
exchange_failed = object()
"""Signal, with ``request`` and ``error``, sent before Scrapy frees the host's slot for the next request."""


class RunStopping(IgnoreRequest):
    """The run is ending, or leaves the origin alone: the request was not sent, and its page stays due."""


class Recorder(Protocol):
    """Whoever keeps the exchanges; told of each before its response goes any further."""

    turns: Turns

    def is_stopping(self) -> bool:
        """Whether nothing more may be sent. Scrapy, told to close, still sends what is in its slots."""

    def record(self, request: Request, exchange: Exchange) -> None:
        """Keep an exchange. What it raises fails the download."""


class Tap:
    """Collects the bytes of one download's last attempt."""

    __slots__ = ("_earlier", "began", "peer", "received", "sent")

    def __init__(self) -> None:
        self._earlier: list[tuple[datetime, str | None, bytes, bytes]] = []
        self.began: datetime | None = None
        self.peer: str | None = None
        self.sent = bytearray()
        self.received = bytearray()

    def begin(self, peer: str | None) -> None:
        """Start an attempt; an earlier one, on a connection that was dead, is kept apart."""
        if self.began is not None and self.sent:
            self._earlier.append((self.began, self.peer, bytes(self.sent), bytes(self.received)))
        self.began = datetime.now(UTC)
        self.peer = peer
        self.sent = bytearray()
        self.received = bytearray()

    def lost(self, url: str) -> list[Exchange]:
        """Attempts that were repeated on another connection."""
        why = "the kept-alive connection was dead; sent again on a new one"
        return [
            Exchange(url, began, sent, received, peer, "disconnect", why)
            for began, peer, sent, received in self._earlier
        ]

    def exchange(self, url: str, error: BaseException | None) -> Exchange | None:
        """What happened; None when no connection was made, so that nothing crossed the wire."""
        if self.began is None:
            return None
        return Exchange(
            url=url,
            began=self.began,
            sent=bytes(self.sent),
            received=bytes(self.received),
            peer=self.peer,
            truncated=_truncation(error),
            error=None if error is None else f"{type(error).__name__}: {error}",
        )


class WireDownloadHandler(HTTP11DownloadHandler):
    """Downloads as its parent does; every exchange goes to the recorder first.

    The recorder is the enabled extension that has a ``record`` method; without one nothing would be kept,
    so nothing is fetched. ``CONNECT_TO`` (``HOST:PORT``) sends connections for the site's hosts there.
    """

    def __init__(self, crawler: Crawler, recorder: Recorder | None = None) -> None:
        super().__init__(crawler)
        self._connect_to = parse_connect_to(crawler.settings.get("CONNECT_TO") or "")
        self._apart = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._recorder = recorder or _recorder_of(crawler)
        self._pool = _tapped_pool(self._pool)

    async def download_request(self, request: Request) -> Response:
        """Download, record, and only then let the response or the error out."""
        origin = origin_of(request.url)
        # Scrapy counts its delay from before the wait.
        await self._recorder.turns.wait(origin, self._is_ending, self._apart)
        self._crawler.signals.send_catch_log(exchange_begins, request=request)
        if self._is_ending():
            raise RunStopping(f"{request.url}: not sent, because the run is ending")
        if self._recorder.turns.is_shut(origin):
            raise RunStopping(
                f"{request.url}: not sent, because {origin} is left alone in this run"
            )
        tap = Tap()
        try:
            response = await self._download(request, tap)
        except Exception as error:
            self._keep(request, tap, error)
            self._crawler.signals.send_catch_log(exchange_failed, request=request, error=error)
            raise
        self._keep(request, tap, None)
        return response

    def _is_ending(self) -> bool:
        """Whether nothing more may be sent; Scrapy closes itself (CLOSESPIDER_TIMEOUT) without a word."""
        assert self._crawler.engine is not None  # noqa: S101 - a request came through it
        slot = self._crawler.engine._slot  # noqa: SLF001
        is_closing = slot is not None and slot.closing is not None
        return is_closing or self._recorder.is_stopping()

    async def _download(self, request: Request, tap: Tap) -> Response:
        agent = _TappedScrapyAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        agent.tap = tap
        agent.connect_to = self._connect_to
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))

    def _keep(self, request: Request, tap: Tap, error: BaseException | None) -> None:
        for lost in tap.lost(request.url):
            self._recorder.record(request, lost)
        if exchange := tap.exchange(request.url, error):
            self._recorder.record(request, exchange)


def parse_connect_to(value: str) -> tuple[str, int] | None:
    """Read ``HOST:PORT``; None when empty. Raises UsageError.

    >>> parse_connect_to("127.0.0.1:8066")
    ('127.0.0.1', 8066)
    """
    if not value:
        return None
    host, colon, port = value.rpartition(":")
    if (
        not colon
        or not host
        or not (port.isascii() and port.isdigit())
        or not 0 < int(port) < 1 << 16
    ):
        raise UsageError(f"CONNECT_TO={value!r}: expected HOST:PORT, such as 127.0.0.1:8066")
    return host.strip("[]"), int(port)


def _recorder_of(crawler: Crawler) -> Recorder:
    assert crawler.extensions is not None  # noqa: S101 - made before any handler
    for extension in crawler.extensions.middlewares:
        if callable(getattr(extension, "record", None)):
            return cast("Recorder", extension)
    raise NotConfigured(
        "no extension records exchanges: enable kremlin_archive.extensions.ArchiveRun"
    )


def _truncation(error: BaseException | None) -> Truncation | None:
    if error is None:
        return None
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, (DownloadCancelledError, StopDownload)):
        return "length"
    return "disconnect"


class _TappedKey(tuple[Any, ...]):  # noqa: SLOT001
    """A connection pool's key (equal to the plain one) that also carries the tap to the connection.

    No slots: a tuple cannot have them.
    """

    tap: Tap


class _TappedAgent(_BindAddressAgent):
    tap: Tap
    connect_to: tuple[str, int] | None

    def _requestWithEndpoint(  # noqa: N802 - Twisted's name
        self,
        key: tuple[Any, ...],
        *args: Any,  # noqa: ANN401 - passed through
        **kwargs: Any,  # noqa: ANN401
    ) -> Deferred[Any]:
        tapped = _TappedKey((*key, self._endpointFactory._bindAddress))  # noqa: SLF001
        tapped.tap = self.tap
        return super(_BindAddressAgent, self)._requestWithEndpoint(tapped, *args, **kwargs)

    def _getEndpoint(self, uri: URI) -> Any:  # noqa: ANN401, N802 - Twisted's name
        if self.connect_to is None or not is_site(uri.toBytes().decode("ascii")):  # type: ignore[no-untyped-call]
            return super()._getEndpoint(uri)  # type: ignore[no-untyped-call]
        host, port = self.connect_to
        factory = self._endpointFactory
        endpoint = HostnameEndpoint(self._reactor, host, port, factory._connectTimeout)  # noqa: SLF001
        if uri.scheme == b"https":
            tls = factory._policyForHTTPS.creatorForNetloc(uri.host, uri.port)  # noqa: SLF001
            return wrapClientTLS(tls, endpoint)  # type: ignore[arg-type] # it provides the interface
        return endpoint


class _TappedScrapyAgent(_ScrapyAgent):
    tap: Tap
    connect_to: tuple[str, int] | None

    def _get_agent(self, request: Request, timeout: float) -> _TappedAgent:
        if request.meta.get("proxy"):
            # A proxy changes the request line: what is stored would not be the site's exchange.
            raise NotSupported("proxies are not recorded exactly; use CONNECT_TO to reach a mirror")
        from twisted.internet import reactor  # noqa: PLC0415 - installed by then

        agent = _TappedAgent(
            reactor=cast("Any", reactor),
            contextFactory=self._contextFactory,
            connectTimeout=timeout,
            pool=self._pool,
        )
        agent.tap = self.tap
        agent.connect_to = self.connect_to
        return agent


class _TappedPool(HTTPConnectionPool):
    """Hands each connection the tap of the request it is about to carry."""

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: ANN401, N802
        return super().getConnection(key, endpoint).addCallback(_tapped_with(key.tap))

    def _newConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: ANN401, N802
        # Also the second connection of a request repeated because the first, kept alive, was dead.
        return super()._newConnection(key, endpoint).addCallback(_tapped_with(key.tap))


def _tapped_with(tap: Tap) -> Callable[[Any], Any]:
    def bind(connection: Any) -> Any:  # noqa: ANN401 - a protocol or Twisted's retrying wrapper of one
        getattr(connection, "_clientProtocol", connection).tap = tap
        return connection

    return bind


def _tapped_pool(pool: HTTPConnectionPool) -> _TappedPool:
    tapped = _TappedPool(pool._reactor, pool.persistent)  # type: ignore[no-untyped-call] # noqa: SLF001
    tapped.maxPersistentPerHost = pool.maxPersistentPerHost
    tapped._factory = _TappedFactory  # noqa: SLF001
    return tapped


class _TappedProtocol(_LenientHTTP11ClientProtocol):
    tap: Tap | None = None

    def makeConnection(self, transport: Any) -> None:  # noqa: ANN401, N802
        super().makeConnection(_TappedTransport(transport, self))  # type: ignore[no-untyped-call]

    def request(self, request: Any) -> Deferred[Any]:  # noqa: ANN401
        if self.tap is not None:
            peer = self.transport.getPeer()  # type: ignore[union-attr, misc]
            self.tap.begin(getattr(peer, "host", None))
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.tap is not None:
            self.tap.received += data
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _TappedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _TappedProtocol:  # noqa: ANN401, ARG002, N802
        return _TappedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _TappedTransport:
    """A transport whose writes are also heard by the protocol's tap."""

    def __init__(self, transport: Any, protocol: _TappedProtocol) -> None:  # noqa: ANN401
        self.__dict__.update(_transport=transport, _protocol=protocol)

    def write(self, data: bytes) -> None:
        if self._protocol.tap is not None:
            self._protocol.tap.sent += data
        self._transport.write(data)

    def writeSequence(self, pieces: list[bytes]) -> None:  # noqa: N802
        self.write(b"".join(pieces))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.__dict__["_transport"], name)

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401
        setattr(self._transport, name, value)
