"""The HTTP message in a record against its own header, and the digest of its payload, as the bytes pass.

The payload is the entity body: transfer coding removed, content coding kept (WARC/1.1, 5.9 and 6.3.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from kremlin_archive.archive.http import Head, parse_head, split_response
from kremlin_archive.verify.chunks import Dechunker
from kremlin_archive.verify.digests import Digester
from kremlin_archive.verify.fields import Problem

_MAX_HEAD = 1 << 20
_BODILESS = frozenset({204, 304})
"""Statuses whose Content-Length, if any, is that of another answer (RFC 9112, 6.3)."""
_GZIP = b"\x1f\x8b"


class Payload:
    """Digest of a payload, over the entity body and, where they differ, over the body as it is stored."""

    def __init__(self, field: str | None, *, is_truncated: bool) -> None:
        self._entity = Digester(field) if field else None
        self._stored: Digester | None = None
        self._is_truncated = is_truncated

    def update(self, stored: bytes, entity: bytes) -> None:
        """Take in bytes of the body, and what of the entity body is in them."""
        if self._entity is None:
            return
        if self._stored is None and entity is not stored:
            self._stored = self._entity.copy()
        if self._stored is not None:
            self._stored.update(stored)
        self._entity.update(entity)

    def problems(self) -> Iterator[Problem]:
        """Whether the digest is right, and over what."""
        if self._entity is None or self._entity.agrees():
            return
        found = f"WARC-Payload-Digest is wrong: the payload has {self._entity.found()}"
        if self._stored is not None and self._stored.agrees():
            yield "digest-over-chunks", "WARC-Payload-Digest is that of the body with its framing"
        elif self._is_truncated:
            yield "digest-of-truncated", found
        else:
            yield "payload-digest-wrong", found


class Response:
    """An HTTP response, fed in pieces. ``status`` is None until, or unless, its head is understood."""

    def __init__(self, payload: Payload, *, is_truncated: bool, has_body: bool) -> None:
        self._payload = payload
        self._is_truncated = is_truncated
        self._has_body = has_body
        self._raw_head: bytes | None = b""
        self._head: Head | None = None
        self._chunks: Dechunker | None = None
        self._limit: int | None = None
        self._body = 0
        self._begins = b""

    @property
    def status(self) -> int | None:
        """The HTTP status."""
        return self._head.status if self._head else None

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes of the block."""
        if self._raw_head is not None:
            self._raw_head += piece
            if len(self._raw_head) <= _MAX_HEAD:
                self._try_head(self._raw_head)
        else:
            self._take(piece)

    def end(self) -> Iterator[Problem]:
        """What is wrong with the message, now that all of it has passed."""
        if (
            self._raw_head and self._head is None
        ):  # a revisit may keep the head without its empty line
            self._try_head(self._raw_head + b"\r\n\r\n")
        if self._head is None:
            yield "no-http-head", f"the block begins with {(self._raw_head or b'')[:24]!r}"
            return
        if self._has_body:
            yield from self._payload.problems()
            yield from self._framing()
            yield from self._coding(self._head)

    def _try_head(self, raw: bytes) -> None:
        split = split_response(raw)
        head = parse_head(split.head) if split else None
        if split is None or head is None:
            return
        self._head, self._raw_head = head, None
        length = head.get("content-length")
        if head.status in _BODILESS:
            self._limit = 0
        elif "chunked" in (head.get("transfer-encoding") or "").lower():
            self._chunks = Dechunker()
        elif length is not None and length.isascii() and length.isdigit():
            self._limit = int(length)
        self._take(split.body)

    def _take(self, body: bytes) -> None:
        if self._chunks is not None:
            entity = self._chunks.feed(body)
        elif self._limit is not None and self._body + len(body) > self._limit:
            entity = body[: max(0, self._limit - self._body)]
        else:
            entity = body
        self._body += len(body)
        self._begins += entity[: 2 - len(self._begins)]
        self._payload.update(body, entity)

    def _framing(self) -> Iterator[Problem]:
        if self._chunks is not None:
            yield from self._chunked(self._chunks)
        elif self._limit is not None and self._body > self._limit:
            yield (
                "body-long",
                f"the header promises {self._limit:,} bytes, {self._body:,} are there",
            )
        elif self._limit and self._body < self._limit and not self._is_truncated:
            code = "body-short" if self._body else "body-absent"
            yield code, f"the header promises {self._limit:,} bytes, {self._body:,} are there"

    def _chunked(self, chunks: Dechunker) -> Iterator[Problem]:
        if not self._is_truncated:
            chunks.end()
        if chunks.is_broken and chunks.chunks == 0:
            yield "body-not-chunked", "the header says chunked, but the body has no chunks"
        elif chunks.is_broken:
            yield "chunks-broken", f"no size follows chunk {chunks.chunks:,} of the body"
        elif chunks.has_more:
            yield "body-long", "bytes follow the closing chunk"
        elif not chunks.is_complete and not self._is_truncated:
            code = "body-short" if self._body else "body-absent"
            yield code, "the header says chunked, but the closing chunk is missing"

    def _coding(self, head: Head) -> Iterator[Problem]:
        coding = (head.get("content-encoding") or "").rpartition(",")[2].strip().lower()
        is_gzip = self._begins == _GZIP or len(self._begins) < len(_GZIP)
        if coding in ("gzip", "x-gzip") and not is_gzip:
            yield "body-not-gzip", f"the header says {coding}, but the body is not"


class Request:
    """An HTTP request, fed in pieces: its payload is what follows its head."""

    def __init__(self, payload: Payload) -> None:
        self._payload = payload
        self._head: bytes | None = b""

    status: int | None = None

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes of the block."""
        if self._head is None:
            self._payload.update(piece, piece)
            return
        self._head += piece
        head, end, body = self._head.partition(b"\r\n\r\n")
        if end or len(head) > _MAX_HEAD:
            self._head = None
            self._payload.update(body, body)

    def end(self) -> Iterator[Problem]:
        """Whether the payload's digest is right."""
        yield from self._payload.problems()


class Plain:
    """A block that is its own payload: resources, conversions, answers of other protocols."""

    def __init__(self, payload: Payload) -> None:
        self._payload = payload

    status: int | None = None

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes of the block."""
        self._payload.update(piece, piece)

    def end(self) -> Iterator[Problem]:
        """Whether the payload's digest is right."""
        yield from self._payload.problems()
