"""Prove, before the first request, that a loopback exchange is recorded byte for byte.

The tap rests on private names of its libraries. A release that changes them must stop the crawl, not
silently archive something else.
"""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.utils.misc import load_object

from kremlin_archive.errors import CaptureError
from kremlin_archive.turns import Turns
from kremlin_archive.wire import WireDownloadHandler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from kremlin_archive.archive.exchange import Exchange

_BODY = gzip.compress("<p>Владимир Путин</p>".encode() * 40, mtime=0)
_CHUNKS = b"".join(
    b"%x;n=1\r\n%b\r\n" % (len(_BODY[at : at + 31]), _BODY[at : at + 31])
    for at in range(0, len(_BODY), 31)
)
# What a rebuilt message would lose: case, order, repeats, folding, raw bytes, reason, framing, interim heads.
ANSWER = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    b"HTTP/1.1 200 \xd0\x9e\xd0\x9a\r\nsErVeR: a\r\nX-B:1\r\nx-b: 2\r\nX-Fold: one\r\n   two\r\n"
    b"X-Ru: \xcf\xf3\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
) + _CHUNKS + b"0\r\nX-Sum: abc\r\n\r\n"  # fmt: skip


class _Memory:
    def __init__(self) -> None:
        self.turns = Turns()
        self.exchanges: list[Exchange] = []

    def is_stopping(self) -> bool:
        return False

    def record(self, request: Request, exchange: Exchange) -> None:  # noqa: ARG002
        self.exchanges.append(exchange)


async def self_test(crawler: Crawler) -> None:
    """Fetch from a server inside this process and compare. Raises CaptureError when a byte differs."""
    _check_handlers(crawler)
    heard: list[bytes] = []
    server = await asyncio.start_server(_answering(heard), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    memory = _Memory()
    handler = WireDownloadHandler(crawler, recorder=memory)
    try:
        # Two on one connection: the second must not hold bytes of the first.
        for number in (1, 2):
            url = f"http://127.0.0.1:{port}/test?n={number}&q=a%20b"
            await handler.download_request(Request(url, meta={"download_timeout": 10}))
    finally:
        await handler.close()
        server.close()
        await server.wait_closed()
    _compare(memory.exchanges, heard)


def _check_handlers(crawler: Crawler) -> None:
    """The handler that is tested here must be the one that fetches."""
    handlers = crawler.settings.getwithbase("DOWNLOAD_HANDLERS")
    for scheme in ("http", "https"):
        handler = load_object(handlers[scheme]) if handlers.get(scheme) else None
        if not (isinstance(handler, type) and issubclass(handler, WireDownloadHandler)):
            raise CaptureError(
                f"DOWNLOAD_HANDLERS: {scheme} is fetched by {handlers.get(scheme)!r}, which records nothing"
            )


def _answering(heard: list[bytes]) -> asyncio.streams._ClientConnectedCallback:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                heard.append(await reader.readuntil(b"\r\n\r\n"))
                for at in range(0, len(ANSWER), 97):
                    writer.write(ANSWER[at : at + 97])
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return answer


def _compare(exchanges: list[Exchange], heard: list[bytes]) -> None:
    if [exchange.sent for exchange in exchanges] != heard:
        raise CaptureError(
            "self-test: the bytes recorded as sent are not those that the server got"
        )
    for exchange in exchanges:
        if exchange.received != ANSWER or exchange.truncated:
            raise CaptureError(
                "self-test: the bytes recorded as received are not those that the server sent; "
                "install the releases pinned in requirements.lock"
            )
