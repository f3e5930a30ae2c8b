"""HTTP/1.1 as bytes: what a client asked, what is answered, and how the answer crosses the wire.

Written on bytes and not on a framework, because the tests compare archives with exactly what was
sent: nothing between a ``Reply`` and the socket may title-case a header or join two chunks.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from dataclasses import dataclass, field
from http.client import responses
from typing import Literal

from kremlin_archive.errors import ArchiveError

HTML = "text/html; charset=UTF-8"  # the spelling of the saved pages' server
ATOM = "application/atom+xml; charset=utf-8"
PLAIN = "text/plain; charset=UTF-8"

_BODILESS = frozenset({204, 304})
_QUALITY = re.compile(r"gzip;q=(?:1.*|0?\.\d*[1-9]\d*)")
_MAX_REQUEST_BODY = 16 * 1024 * 1024  # rules and events sent to the control host


class BadRequestError(ArchiveError):
    """The client sent something that is not an HTTP/1.1 request."""


_ORIGIN = re.compile(r"^http://[^/?#]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as read from a socket; ``raw`` is every byte of it."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    body: bytes = b""

    @property
    def host(self) -> str:
        """The Host header, lower case, without port; empty if the client sent none."""
        return self.header("host").partition(":")[0].lower()

    @property
    def path(self) -> str:
        """The target without its query: the real site ignores ``?page=N`` too."""
        return self.target.partition("?")[0]

    @property
    def wants_gzip(self) -> bool:
        """Whether Accept-Encoding offers gzip (``gzip;q=0`` refuses it)."""
        offered = self.header("accept-encoding").replace(" ", "").split(",")
        return any(one == "gzip" or _QUALITY.fullmatch(one) for one in offered)

    @property
    def keeps_alive(self) -> bool:
        """Whether the client lets the connection be used again."""
        return self.header("connection").lower() != "close"

    def header(self, name: str) -> str:
        """First value of a header, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: the entity as ``body``, or gzipped as ``packed`` where it is at hand so."""

    status: int = 200
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    packed: bytes | None = None
    chunked: bool = False

    @property
    def entity(self) -> bytes:
        """The body before any coding."""
        return self.body if self.packed is None else zlib.decompress(self.packed, 31)

    @property
    def gzipped(self) -> bytes:
        """The body gzipped."""
        return pack(self.body) if self.packed is None else self.packed


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """Send nothing for some seconds; None: until the client gives up."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the connection here: ``abrupt`` with a TCP reset, else as at the end of a file.

    ``premature`` unless the answer is over and the connection merely is not kept.
    """

    abrupt: bool = False
    premature: bool = True


Step = Send | Pause | HangUp
At = Literal["start", "head", "body"]


@dataclass(frozen=True, slots=True)
class Interruption:
    """A step between two bytes of the answer.

    ``start`` is before the first byte, ``head`` the middle of the head, ``body`` after ``size``
    bytes of the payload as it crosses the wire (None: its middle).
    """

    at: At
    step: Pause | HangUp
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a reply crosses the wire; the defaults are what nginx does."""

    gzip: Literal["negotiated", "never", "corrupt", "truncated", "claimed"] = "negotiated"
    framing: Literal["as the page", "chunked", "until close"] = "as the page"
    chunk_size: int = 4096
    chunk_extension: bytes = b""
    trailers: tuple[tuple[str, str], ...] = ()
    declare_more: int = 0
    """Bytes that Content-Length promises beyond those sent."""
    hints: tuple[tuple[str, str], ...] = ()
    """Headers of a 103 Early Hints sent first."""
    lines: tuple[bytes, ...] = ()
    """Head lines put in as they are: folded, not ASCII, without a colon."""
    reason: bytes | None = None
    newline: bytes = b"\r\n"
    closes: bool = False
    segment: int = 8192
    interruptions: tuple[Interruption, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply and the manner of sending it: what a misbehaviour changes."""

    reply: Reply
    manner: Manner = Manner()


def pack(body: bytes) -> bytes:
    """Gzip as nginx does by default: level 1, no name, no time."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Next request of a connection; None where the client has closed it.

    Raises BadRequestError for what is not a request.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as short:
        if short.partial:
            raise BadRequestError("the connection ended inside a request head") from short
        return None
    except asyncio.LimitOverrunError as long:
        raise BadRequestError("the request head is too long") from long
    request = parse_head(head)
    length = request.header("content-length") or "0"
    if not length.isdigit() or int(length) > _MAX_REQUEST_BODY:
        raise BadRequestError(f"a body of {length} bytes is not accepted")
    if length == "0":
        return request
    body = await reader.readexactly(int(length))
    return Request(request.method, request.target, request.headers, head + body, body)


def parse_head(head: bytes) -> Request:
    """Request head, with its empty line, as a Request without body."""
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):  # noqa: PLR2004 - method, target, version
        raise BadRequestError(f"not a request line: {first[:80]!r}")
    headers = tuple(
        (name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)
    )
    # The absolute form, as clients send it to a proxy (RFC 9112, 3.2.2); Host says the same.
    target = _ORIGIN.sub("", words[1]) or "/"
    return Request(words[0], target, headers, head)


def script(answer: Answer, request: Request, now: str) -> list[Step]:
    """Turn an answer into steps: bytes and what happens between them.

    ``now`` is the value of the Date header.
    """
    payload, head = _payload_and_head(answer, request, now)
    stream = head if request.method == "HEAD" else head + payload
    steps: list[Step] = []
    done = 0
    for offset, step in _marks(answer.manner, len(head), len(stream)):
        steps += _segments(stream[done:offset], answer.manner.segment)
        steps.append(step)
        done = offset
        if isinstance(step, HangUp):
            return steps
    steps += _segments(stream[done:], answer.manner.segment)
    if answer.manner.closes or answer.manner.framing == "until close" or not request.keeps_alive:
        steps.append(HangUp(premature=False))
    return steps


def _marks(manner: Manner, head: int, total: int) -> list[tuple[int, Pause | HangUp]]:
    places = {"start": 0, "head": head // 2}
    marks = []
    for one in manner.interruptions:
        inside = (total - head) // 2 if one.size is None else one.size
        marks.append((places.get(one.at, min(head + inside, total)), one.step))
    return sorted(marks, key=lambda mark: mark[0])


def _segments(data: bytes, size: int) -> list[Step]:
    return [Send(data[start : start + size]) for start in range(0, len(data), size)]


def _payload_and_head(answer: Answer, request: Request, now: str) -> tuple[bytes, bytes]:
    reply, manner = answer.reply, answer.manner
    entity, coding = _coded(answer, request)
    headers = [("Server", "nginx"), ("Date", now), ("content-type", reply.content_type)]
    headers += [("Vary", "Accept-Encoding"), *coding, *reply.headers]
    payload = b""
    if reply.status in _BODILESS:
        del headers[2]
    elif manner.framing == "chunked" or (reply.chunked and manner.framing == "as the page"):
        headers.append(("Transfer-Encoding", "chunked"))
        headers += [("Trailer", ", ".join(name for name, _ in manner.trailers))] * bool(
            manner.trailers
        )
        payload = chunks(entity, manner)
    else:
        payload = entity
        if manner.framing == "as the page":
            headers.append(("Content-Length", str(len(entity) + manner.declare_more)))
    stays = request.keeps_alive and not manner.closes and manner.framing != "until close"
    headers.append(("Connection", "keep-alive" if stays else "close"))
    return payload, _head(reply.status, headers, manner)


def _coded(answer: Answer, request: Request) -> tuple[bytes, list[tuple[str, str]]]:
    reply, how = answer.reply, answer.manner.gzip
    header = [("content-encoding", "gzip")]
    empty = not reply.body and reply.packed is None
    if how == "never" or empty or (how == "negotiated" and not request.wants_gzip):
        return reply.entity, []
    if how == "claimed":
        return reply.entity, header
    packed = reply.gzipped
    middle = len(packed) // 2
    if how == "corrupt":
        spoilt = bytes(byte ^ 0xFF for byte in packed[middle : middle + 64])
        return packed[:middle] + spoilt + packed[middle + 64 :], header
    return packed[:middle] if how == "truncated" else packed, header


def _head(status: int, headers: list[tuple[str, str]], manner: Manner) -> bytes:
    end = manner.newline
    reason = manner.reason if manner.reason is not None else _phrase(status)
    lines = [b"HTTP/1.1 %d" % status + (b" " + reason if reason else b"")]
    lines += [_line(name, value) for name, value in headers]
    lines += manner.lines
    hints = b""
    if manner.hints:
        early = [b"HTTP/1.1 103 Early Hints", *(_line(name, value) for name, value in manner.hints)]
        hints = end.join(early) + end + end
    return hints + end.join(lines) + end + end


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}".encode()


def _phrase(status: int) -> bytes:
    return responses.get(status, "Unknown").encode()


def chunks(entity: bytes, manner: Manner) -> bytes:
    """Entity in chunked framing, with the manner's chunk size, extension and trailers."""
    size, extension = manner.chunk_size, manner.chunk_extension
    framed = [
        b"%x%s\r\n%s\r\n" % (len(piece), extension, piece)
        for piece in (entity[start : start + size] for start in range(0, len(entity), size))
    ]
    trailers = b"".join(_line(name, value) + b"\r\n" for name, value in manner.trailers)
    return b"".join(framed) + b"0\r\n" + trailers + b"\r\n"
