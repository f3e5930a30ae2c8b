"""A valid file written by our own writer, and the faults planted in copies of it."""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kremlin_archive.archive.digest import labelled
from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.originals import Original
from kremlin_archive.archive.writer import RunFacts, WarcWriter

NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
FACTS = RunFacts("2026-11-21T120000Z", "kremlin-archive/1", "", "agent", "obey", "HOST", "test")
URL = "http://en.kremlin.ru/events/president/news/1"
PAGE = b"<html><title>page</title>" + b"<p>Good afternoon, colleagues.</p>" * 20 + b"</html>"
NAME = "kremlin-20261121120000123-00000-HOST.warc.gz"


class Known:
    """Remembers the responses it is told of, so that the writer makes revisits."""

    def __init__(self) -> None:
        self.originals: dict[str, Original] = {}

    def find(self, payload_digest: str, url: str) -> Original | None:  # noqa: ARG002 - the protocol's
        return self.originals.get(payload_digest)

    def latest(self, url: str) -> Original | None:  # noqa: ARG002 - the protocol's
        return next(iter(self.originals.values()), None)


def answer(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", *headers)) + b"\r\n\r\n" + body


def sized(body: bytes, *headers: bytes) -> bytes:
    return answer(body, b"Content-Length: %d" % len(body), *headers)


def chunked(body: bytes) -> bytes:
    head, tail = body[:100], body[100:]
    framed = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(head), head, len(tail), tail)
    return answer(framed, b"Transfer-Encoding: chunked")


ZIPPED = sized(gzip.compress(PAGE + b"!", mtime=0), b"Content-Encoding: gzip")


def write(root: Path, *received: bytes) -> Path:
    """A file of one exchange for each answer; an answer whose payload came before is a revisit."""
    known, numbers = Known(), itertools.count()
    with WarcWriter(
        root,
        FACTS,
        max_bytes=10**9,
        originals=known,
        now=lambda: NOON,
        new_id=lambda: f"<urn:uuid:00000000-0000-4000-8000-{next(numbers):012d}>",
    ) as writer:
        for count, raw in enumerate(received):
            sent = b"GET /events/president/news/1 HTTP/1.1\r\nHost: en.kremlin.ru\r\n\r\n"
            began = NOON + timedelta(minutes=count)
            stored = writer.store(Exchange(URL, began, sent, raw, "127.0.0.1"))
            assert stored is not None
            one = stored.capture
            date = began.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            original = Original(one.pointer.record_id, URL, date)
            known.originals.setdefault(one.payload_digest, original)
    return writer.paths[0]


@dataclass(frozen=True)
class Plot:
    """A file as its records, uncompressed; ``raw`` is what stands in the file in their place, if it does."""

    records: tuple[bytes, ...]
    raw: tuple[bytes | None, ...]

    @classmethod
    def of(cls, path: Path) -> Plot:
        records, rest = [], path.read_bytes()
        while rest:
            decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
            records.append(decoder.decompress(rest))
            rest = decoder.unused_data
        return cls(tuple(records), (None,) * len(records))

    @property
    def members(self) -> list[bytes]:
        return [
            gzip.compress(record, mtime=0) if raw is None else raw
            for record, raw in zip(self.records, self.raw, strict=True)
        ]

    @property
    def data(self) -> bytes:
        return b"".join(self.members)

    def offset(self, number: int) -> int:
        return sum(map(len, self.members[:number]))

    def record(self, number: int, change: Callable[[bytes], bytes]) -> Plot:
        """Change a record and compress it anew."""
        records = list(self.records)
        records[number] = change(records[number])
        assert records[number] != self.records[number]
        return replace(self, records=tuple(records))

    def member(self, number: int, change: Callable[[bytes], bytes]) -> Plot:
        """Change the compressed bytes of a record."""
        raw = list(self.raw)
        raw[number] = change(self.members[number])
        return replace(self, raw=tuple(raw))


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda record: record.replace(old, new, 1)


def without(field: bytes) -> Callable[[bytes], bytes]:
    """Drop a field of the record's header."""

    def change(record: bytes) -> bytes:
        head, end, block = record.partition(b"\r\n\r\n")
        kept = [line for line in head.split(b"\r\n") if not line.startswith(field + b":")]
        return b"\r\n".join(kept) + end + block

    return change


def setting(field: bytes, value: bytes) -> Callable[[bytes], bytes]:
    """Give a field another value, or add it."""

    def change(record: bytes) -> bytes:
        head, _, block = without(field)(record).partition(b"\r\n\r\n")
        return head + b"\r\n" + field + b": " + value + b"\r\n\r\n" + block

    return change


def longer(by: int) -> Callable[[bytes], bytes]:
    """Say a Content-Length that many bytes longer (shorter: negative)."""

    def change(record: bytes) -> bytes:
        block = record.partition(b"\r\n\r\n")[2][:-4]
        return setting(b"Content-Length", b"%d" % (len(block) + by))(record)

    return change


def block(new: bytes) -> Callable[[bytes], bytes]:
    """Another block, with its length and digest right: only HTTP itself shows that it is wrong."""

    def change(record: bytes) -> bytes:
        head = record.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        head = setting(b"Content-Length", b"%d" % len(new))(head)
        return setting(b"WARC-Block-Digest", labelled(new).encode())(head) + new + b"\r\n\r\n"

    return change


def body_decoded(raw: bytes, body: bytes) -> bytes:
    """An answer whose header stays and whose body is another."""
    return raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body


def payload(body: bytes) -> Callable[[bytes], bytes]:
    return setting(b"WARC-Payload-Digest", labelled(body).encode())


def both(*changes: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def change(record: bytes) -> bytes:
        for one in changes:
            record = one(record)
        return record

    return change
