"""The 26 faults: each planted in a valid file, with the code and the place ``verify`` must name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.unit.verify.planting import (
    NAME,
    PAGE,
    ZIPPED,
    Plot,
    block,
    body_decoded,
    both,
    chunked,
    longer,
    payload,
    setting,
    sized,
    swap,
    without,
    write,
)

INFO, RESPONSE, REQUEST, GZIPPED, REVISIT, LAST = 0, 1, 2, 3, 5, 6
"""Numbers of the valid file's records: warcinfo, three answers, each followed by its request."""

RECORD_ID = b"WARC-Record-ID"
CUT = 10

Planted = tuple[bytes, int]
"""The file's bytes and the offset at which the fault must be named."""


@dataclass(frozen=True)
class Fault:
    """One of the 26. ``plant`` takes the valid file."""

    words: str
    code: str
    plant: Callable[[Plot], Planted]
    is_chunked: bool = False

    def write(self, folder: Path) -> tuple[Path, int]:
        """Write the file with the fault; returns it and the fault's offset."""
        data, offset = self.plant(valid(folder / "valid", is_chunked=self.is_chunked))
        path = folder / NAME
        path.write_bytes(data)
        return path, offset


def valid(folder: Path, *, is_chunked: bool = False) -> Plot:
    """The valid file. warcio's checker refuses every chunked answer, so only one fault is on such a file."""
    if is_chunked:
        return Plot.of(write(folder, chunked(PAGE)))
    return Plot.of(write(folder, sized(PAGE), ZIPPED, sized(PAGE)))


def in_record(number: int, change: Callable[[bytes], bytes]) -> Callable[[Plot], Planted]:
    def plant(plot: Plot) -> Planted:
        return plot.record(number, change).data, plot.offset(number)

    return plant


def in_member(number: int, change: Callable[[bytes], bytes]) -> Callable[[Plot], Planted]:
    def plant(plot: Plot) -> Planted:
        return plot.member(number, change).data, plot.offset(number)

    return plant


def _one_stream(plot: Plot) -> Planted:
    whole = Plot((b"".join(plot.records),), (None,))
    return whole.data, 0


def _same_id(plot: Plot) -> Planted:
    identity = b"<urn:uuid:00000000-0000-4000-8000-000000000001>"
    return plot.record(GZIPPED, setting(RECORD_ID, identity)).data, plot.offset(GZIPPED)


def _twice(record: bytes) -> bytes:
    return setting(b"WARC-Type", b"response")(record).replace(
        b"\r\nWARC-Date:", b"\r\nWARC-Date: 2026-11-21T12:00:00Z\r\nWARC-Date:", 1
    )


def _broken(member: bytes) -> bytes:
    middle = len(member) // 2
    return member[:middle] + b"\xff" * 16 + member[middle + 16 :]


FAULTS = (
    Fault("last member cut", "cut", in_member(LAST, lambda member: member[:-CUT])),
    Fault("whole file one gzip stream", "one-gzip-stream", _one_stream),
    Fault("payload digest wrong", "payload-digest-wrong", in_record(RESPONSE, payload(b"other"))),
    Fault("a body bit flipped", "block-digest-wrong", in_record(RESPONSE, swap(b"Good", b"Food"))),
    Fault("Content-Length 20 short", "content-length-wrong", in_record(RESPONSE, longer(-20))),
    Fault("Content-Length 20 long", "content-length-wrong", in_record(RESPONSE, longer(20))),
    Fault("no Record-ID", "missing-field", in_record(GZIPPED, without(RECORD_ID))),
    Fault("no Date", "missing-field", in_record(RESPONSE, without(b"WARC-Date"))),
    Fault("bad Date", "bad-date", in_record(LAST, setting(b"WARC-Date", b"21 Nov 2026"))),
    Fault("duplicate Record-ID", "duplicate-record-id", _same_id),
    Fault("revisit without profile", "missing-field", in_record(REVISIT, without(b"WARC-Profile"))),
    Fault(
        "dangling Concurrent-To",
        "dangling-concurrent-to",
        in_record(
            REQUEST,
            setting(b"WARC-Concurrent-To", b"<urn:uuid:00000000-0000-4000-8000-000000009999>"),
        ),
    ),
    Fault(
        "4 KiB of zeros at the end", "zeros", lambda plot: (plot.data + bytes(4096), len(plot.data))
    ),
    Fault("no CRLFCRLF", "no-record-end", in_record(RESPONSE, lambda record: record[:-4])),
    Fault("gzip broken in the middle", "gzip-broken", in_member(GZIPPED, _broken)),
    Fault(
        "Record-ID without <>",
        "bad-record-id",
        in_record(LAST, setting(RECORD_ID, b"urn:uuid:00000000-0000-4000-8000-000000000006")),
    ),
    Fault(
        "version WARC/2.0", "unknown-version", in_record(REQUEST, swap(b"WARC/1.1", b"WARC/2.0"))
    ),
    Fault(
        "decoded body under a gzip header",
        "body-not-gzip",
        in_record(
            GZIPPED,
            both(block(body_decoded(sized(PAGE, b"Content-Encoding: gzip"), PAGE)), payload(PAGE)),
        ),
    ),
    Fault(
        "dechunked body under a chunked header",
        "body-not-chunked",
        in_record(RESPONSE, block(body_decoded(chunked(PAGE), PAGE))),
        is_chunked=True,
    ),
    Fault(
        "space and Cyrillic in Target-URI",
        "bad-uri",
        in_record(LAST, setting(b"WARC-Target-URI", "http://kremlin.ru/events/новости 1".encode())),
    ),
    Fault(
        "no Content-Length",
        "content-length-missing",
        in_record(REQUEST, without(b"Content-Length")),
    ),
    Fault(
        "Target-URI on warcinfo",
        "forbidden-field",
        in_record(INFO, setting(b"WARC-Target-URI", b"http://kremlin.ru/")),
    ),
    Fault("no Content-Type", "no-content-type", in_record(RESPONSE, without(b"Content-Type"))),
    Fault("two WARC-Dates", "repeated-field", in_record(RESPONSE, _twice)),
    Fault("unknown type", "unknown-type", in_record(LAST, setting(b"WARC-Type", b"answer"))),
    Fault("empty file", "empty-file", lambda _: (b"", 0)),
)
