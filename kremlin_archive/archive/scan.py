"""A WARC file as a stream of events, faults included: for whoever must go on where ``reader.py`` stops.

Each record gives a ``RecordHead``, its block in pieces, and a ``RecordEnd``; whatever is wrong with the
framing gives a ``Damage``, after which the scan goes on at the next gzip member that holds a record, or at
the next ``WARC/…`` line. Codes of damage:

``empty-file`` · ``not-a-warc`` · ``cut`` · ``gzip-broken`` · ``one-gzip-stream`` · ``mixed-compression`` ·
``zeros`` · ``garbage`` · ``no-record`` · ``content-length-missing`` · ``content-length-wrong`` ·
``no-record-end`` · ``half-record-end``

Nothing is held but a head (at most 1 MB) and two buffers of 64 KB, whatever the file or its records claim.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass

from kremlin_archive.archive.bytestream import (
    READ,
    BrokenStreamError,
    ByteStream,
    Forward,
    HashedFile,
    Member,
)

Fields = tuple[tuple[str, str], ...]

_END = b"\r\n\r\n"
_MAX_HEAD = 1 << 20
_GZIP = b"\x1f\x8b"
_WARC = b"WARC/"
_NEXT = _END + _WARC
_START = re.compile(rb"\x1f\x8b\x08|WARC/\d+\.\d+\r\n[\w-]+:")
_LONGEST_START = 64
"""Bytes a match of ``_START`` may need: fields at the beginning of a record have short names."""
_TRIAL = 2048
"""Compressed bytes that inflate to ``WARC/`` at least, whatever the gzip header holds."""


@dataclass(frozen=True, slots=True)
class RecordHead:
    """Where a record begins, its version line and fields; ``odd`` are header lines that are none."""

    offset: int
    version: str
    fields: Fields
    odd: tuple[str, ...]
    by_name: Mapping[str, str]
    """First value of each field, by its name in lower case: they are asked for often."""

    def get(self, name: str) -> str | None:
        """First value of a field (names are case-insensitive), or None."""
        return self.by_name.get(name.lower())

    @property
    def type(self) -> str:
        """``WARC-Type``, empty when the record has none."""
        return self.get("WARC-Type") or ""


@dataclass(frozen=True, slots=True)
class RecordEnd:
    """End of a record. ``length``: its bytes in the file, None where it does not lie there by itself.

    ``whole`` is false when the block that was given is not what the record promised.
    """

    length: int | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """Framing that is wrong at ``offset``: of the record it concerns, or of the bytes that are none."""

    code: str
    offset: int
    problem: str


_SHOWN = 24

Event = RecordHead | RecordEnd | Damage | bytes
_Scan = Generator[Event, None, int]
"""Events of what begins at one place; returns where to go on."""


def scan(file: HashedFile) -> Iterator[Event]:
    """Yield the events of a WARC file, gzip or plain, from its first byte to its last."""
    if file.size == 0:
        yield Damage("empty-file", 0, "the file is empty")
    at = 0
    first = file.peek(0, 2)
    while at < file.size:
        start = file.peek(at, len(_WARC))
        if start == _WARC or start.startswith(_GZIP):
            if start.startswith(_GZIP) != (first == _GZIP):
                yield Damage("mixed-compression", at, "one record is compressed, another is not")
            at = yield from (_plain if start == _WARC else _member)(file, at)
        else:
            at = yield from _garbage(file, at)


def _member(file: HashedFile, at: int) -> _Scan:
    """Records of the gzip member at ``at``."""
    member = Member(file, at)
    stream = ByteStream(member.pull)
    records = 0
    try:
        while stream.ahead(1):
            if stream.ahead(len(_WARC)) != _WARC:
                yield _strange(file, at, stream.ahead(_SHOWN))
                if records == 0:
                    return _next_start(file, at + 1)
                stream.skip_to(_NEXT)
                stream.take(len(_END))
                continue
            yield from _record_in(stream, member, at, alone=records == 0)
            records += 1
    except BrokenStreamError as broken:
        yield Damage(broken.code, at, str(broken))
        return _next_start(file, at + 1)
    if records > 1:
        problem = f"one gzip member holds {records:,} records: none but the first can be addressed"
        yield Damage("one-gzip-stream", at, problem)
    return member.end


def _record_in(stream: ByteStream, member: Member, at: int, *, alone: bool) -> Iterator[Event]:
    """One record of a gzip member, and the search for the next where it does not end as it says."""
    raw = stream.until(_END, _MAX_HEAD)
    if raw is None:
        yield Damage("no-record", at, "a record begins here, but its header has no end")
        stream.skip_to(_NEXT)
        stream.take(len(_END))
        return
    head = _parse(at, raw)
    yield head
    whole = False
    try:
        whole = yield from _block_in(stream, head)
        alone = alone and not stream.ahead(1)
    except BrokenStreamError:
        yield RecordEnd(None, whole=False)
        raise
    yield RecordEnd(member.end - at if alone else None, whole)


def _block_in(stream: ByteStream, head: RecordHead) -> Generator[Event, None, bool]:
    """Block and ending of a record in a stream that cannot step back; returns whether it is whole."""
    length = _content_length(head)
    if length is None:
        yield _no_length(head)
        stream.skip_to(_NEXT)
        stream.take(len(_END))
        return False
    got, tail = 0, b""
    for piece in stream.pieces(length):
        got += len(piece)
        tail = (tail + piece[-len(_END) :])[-len(_END) :]
        yield piece
    if got < length:
        yield _wrong_length(head, length, f"the record ends after {got:,} bytes")
        return False
    return (yield from _ending_in(stream, head, length, tail))


def _ending_in(
    stream: ByteStream, head: RecordHead, length: int, tail: bytes
) -> Generator[Event, None, bool]:
    """What stands behind a block of which ``tail`` are the last bytes; whether the block is whole."""
    if stream.ahead(len(_END)) == _END:
        stream.take(len(_END))
        return True
    after = stream.ahead(len(_WARC))
    if _ends_short(after):
        # The Internet Archive's extractors count the end of a warcinfo record to its block.
        counted = head.type == "warcinfo" and tail == _END
        yield _no_end(head, tail if counted else after)
        stream.skip_to(_WARC)
        return True
    beyond = stream.skip_to(_NEXT) + len(stream.take(len(_END)))
    yield _wrong_length(head, length, f"{beyond:,} bytes stand between there and the record's end")
    return False


def _plain(file: HashedFile, at: int) -> _Scan:
    """The uncompressed record at ``at``; its ending is looked at first: a wrong length costs no reading."""
    stream = ByteStream(Forward(file, at).pull)
    raw = stream.until(_END, _MAX_HEAD)
    if raw is None:
        return (yield from _endless_head(file, at))
    head = _parse(at, raw)
    yield head
    start = at + len(raw)
    length = _content_length(head)
    if length is None:
        yield _no_length(head)
        yield RecordEnd(None, whole=False)
        return _next_start(file, start)
    end = start + length
    after = file.peek(end, len(_WARC))
    sound = after[: len(_END)] == _END
    if not sound and (end > file.size or not _ends_short(after)):
        return (yield from _wrong_plain(file, head, start, length))
    yield from stream.pieces(length)
    if not sound:
        yield _no_end(head, after)
    end += len(_END) if sound else len(after.removesuffix(_WARC))
    yield RecordEnd(end - at, whole=True)
    return end


def _endless_head(file: HashedFile, at: int) -> _Scan:
    going_on = _next_start(file, at + 1)
    if going_on == file.size and file.size - at <= _MAX_HEAD:
        yield Damage("cut", at, "the file ends inside a record's header")
    else:
        yield Damage("no-record", at, "a record begins here, but its header has no end")
    return going_on


def _wrong_plain(file: HashedFile, head: RecordHead, start: int, length: int) -> _Scan:
    """A plain record that does not end where it says: cut, or with a wrong length."""
    going_on = _next_start(file, start)
    is_last = going_on == file.size
    if start + length > file.size and is_last and file.peek(file.size - len(_END), 4) != _END:
        yield Damage("cut", head.offset, "the file ends inside this record")
    else:
        what = "the file ends" if is_last else "the next record begins"
        yield _wrong_length(head, length, f"{what} {going_on - start:,} bytes behind the header")
    yield RecordEnd(None, whole=False)
    return going_on


def _garbage(file: HashedFile, at: int) -> _Scan:
    going_on = _next_start(file, at)
    size = going_on - at
    if at == 0 and going_on == file.size:
        begins = f"it begins with {file.peek(0, _SHOWN)!r}"
        yield Damage("not-a-warc", 0, f"no WARC record is in this file; {begins}")
        return going_on
    where = "at the end of the file" if going_on == file.size else "between records"
    if _is_zeros(file, at, going_on):
        yield Damage("zeros", at, f"{size:,} zero bytes {where}")
    else:
        yield Damage("garbage", at, f"{size:,} bytes that are no record {where}")
    return going_on


def _strange(file: HashedFile, at: int, begins: bytes) -> Damage:
    """What to say of a gzip member that holds no record, or something behind its record."""
    code = "not-a-warc" if at == 0 and _next_start(file, 1) == file.size else "no-record"
    return Damage(code, at, f"the gzip member holds no WARC record here, but {begins!r}")


def _parse(at: int, raw: bytes) -> RecordHead:
    version, *lines = raw[: -len(_END)].decode("utf-8", "replace").split("\r\n")
    fields: list[tuple[str, str]] = []
    odd: list[str] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif colon and name.strip() and "\n" not in line:
            fields.append((name.strip(), value.strip()))
        else:
            odd.append(line)
    by_name = {name.lower(): value for name, value in reversed(fields)}
    return RecordHead(at, version, tuple(fields), tuple(odd), by_name)


def _content_length(head: RecordHead) -> int | None:
    value = head.get("Content-Length")
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None  # noqa: PLR2004 - 2**63 has 19 digits


def _no_length(head: RecordHead) -> Damage:
    value = head.get("Content-Length")
    said = "is missing" if value is None else f"is {value!r}, not a number of bytes"
    return Damage("content-length-missing", head.offset, f"Content-Length {said}")


def _wrong_length(head: RecordHead, length: int, found: str) -> Damage:
    return Damage("content-length-wrong", head.offset, f"Content-Length is {length:,}, but {found}")


def _no_end(head: RecordHead, after: bytes) -> Damage:
    if after.startswith(b"\r\n"):
        return Damage(
            "half-record-end", head.offset, "CR LF CR LF is not whole, or was counted to the block"
        )
    return Damage("no-record-end", head.offset, "CR LF CR LF is missing behind the block")


def _ends_short(after: bytes) -> bool:
    """Whether a record ends here although its CR LF CR LF is not whole."""
    return after in (b"", b"\r", b"\r\n", b"\r\n\r", b"\n", b"\n\n", _WARC)


def _next_start(file: HashedFile, at: int) -> int:
    """Where the next record or gzip member with a record begins, from ``at`` on; else the file's end."""
    while window := file.peek(at, READ):
        for match in _START.finditer(window):
            found = at + match.start()
            if match[0].startswith(_WARC) or _holds_record(file.peek(found, _TRIAL)):
                return found
        if len(window) < READ:
            break
        at += READ - _LONGEST_START
    return file.size


def _holds_record(raw: bytes) -> bool:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(raw, len(_WARC)) == _WARC
    except zlib.error:
        return False


def _is_zeros(file: HashedFile, at: int, end: int) -> bool:
    while at < end and (chunk := file.read(at)[: end - at]):
        if chunk.strip(b"\0"):
            return False
        at += len(chunk)
    return True
