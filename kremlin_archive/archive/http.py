"""HTTP/1.x messages as bytes: heads, chunk framing and content codings, read without changing them.

Servers are read leniently (bare LF, missing reason phrase, lines without a colon), because what they sent
is stored whatever it is; whoever needs to know is told what was odd.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?")
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_HEX = re.compile(rb"[0-9A-Fa-f]{1,15}")
_MAX_CONTENT = 256 * 1024 * 1024
"""Bytes a body may decode to; the largest saved page has 355 KB, so this is a bomb, not a page."""

_BODILESS = frozenset({204, 304})
"""Statuses whose Content-Length, if any, is that of another answer (RFC 9112, 6.3)."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ResponseBytes:
    """A response split where its parts meet: interim 1xx heads, the final head, all that followed."""

    interim: bytes
    head: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """A parsed final head; header values are decoded as UTF-8 where they are, else as Latin-1."""

    status: int
    reason: str
    headers: Headers

    def get(self, name: str) -> str | None:
        """First value of a header, or None."""
        lowered = name.lower()
        return next((value for key, value in self.headers if key.lower() == lowered), None)


@dataclass(frozen=True, slots=True)
class Entity:
    """The entity body: transfer coding removed, content coding kept. ``complete`` per its own framing."""

    body: bytes
    complete: bool


def split_response(raw: bytes) -> ResponseBytes | None:
    """Split received bytes; None when no complete final head is among them."""
    start = 0
    while match := _HEAD_END.search(raw, start):
        status = _STATUS_LINE.match(raw, start)
        if status and status[1].startswith(b"1") and status[1] != b"101":
            start = match.end()
            continue
        return ResponseBytes(raw[:start], raw[start : match.end()], raw[match.end() :])
    return None


def parse_head(head: bytes) -> Head | None:
    """Parse a response head; None when it does not begin with an HTTP status line."""
    status = _STATUS_LINE.match(head)
    if status is None:
        return None
    lines = _FOLDED.sub(b" ", head).splitlines()[1:]
    pairs = (line.split(b":", 1) for line in lines if b":" in line)
    headers = tuple((_text(name.strip()), _text(value.strip())) for name, value in pairs)
    return Head(int(status[1]), _text(status[2] or b""), headers)


def entity(head: Head, body: bytes) -> Entity:
    """Remove the transfer coding of ``body`` and judge whether all of it arrived."""
    if head.status in _BODILESS:
        return Entity(b"", complete=True)
    if "chunked" in (head.get("transfer-encoding") or "").lower():
        return dechunk(body)
    length = head.get("content-length")
    if length is not None and length.isascii() and length.isdigit():
        return Entity(body[: int(length)], len(body) >= int(length))
    return Entity(body, complete=True)


def dechunk(body: bytes) -> Entity:
    """Join the chunks of a chunked body; incomplete when the closing chunk is missing or a size is bad."""
    out = bytearray()
    at = 0
    while (end := body.find(b"\n", at)) >= 0:
        digits = body[at:end].split(b";", 1)[0].strip()
        if not _HEX.fullmatch(digits):
            return Entity(bytes(out), complete=False)
        size = int(digits, 16)
        if size == 0:
            return Entity(bytes(out), complete=True)
        chunk = body[end + 1 : end + 1 + size]
        out += chunk
        if len(chunk) < size:
            break
        at = end + 1 + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return Entity(bytes(out), complete=False)


def decode_content(head: Head, body: bytes) -> tuple[bytes, str | None]:
    """Undo the content codings; returns what could be decoded and, if not all could, why."""
    codings = [c.strip().lower() for c in (head.get("content-encoding") or "").split(",")]
    for coding in reversed([c for c in codings if c and c != "identity"]):
        if coding not in ("gzip", "x-gzip", "deflate"):
            return body, f"unknown content coding {coding!r}"
        body, error = _inflate(body, coding)
        if error:
            return body, error
    return body, None


def _inflate(body: bytes, coding: str) -> tuple[bytes, str | None]:
    if not body:
        return b"", None
    out = bytearray()
    while body:
        decoder = zlib.decompressobj(_window_bits(body, coding))
        try:
            out += decoder.decompress(body, _MAX_CONTENT - len(out) + 1)
        except zlib.error as error:
            return bytes(out), f"broken {coding} body: {error}"
        if len(out) > _MAX_CONTENT:
            return bytes(
                out[:_MAX_CONTENT]
            ), f"{coding} body decodes to more than {_MAX_CONTENT:,} bytes"
        if not decoder.eof:
            return bytes(out), f"{coding} body ends too early"
        body = decoder.unused_data
    return bytes(out), None


def _window_bits(body: bytes, coding: str) -> int:
    if coding != "deflate":
        return zlib.MAX_WBITS | 16
    # «deflate» is a zlib stream by the standard and a raw one from many servers.
    is_zlib = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0  # noqa: PLR2004
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
