"""CDXJ: one line a capture, ``SURT SP 14-digit-UTC SP JSON``, as web archives everywhere read it.

The lines equal those of ``cdxj-indexer --sort`` (1.5) on the same files: responses, revisits, resources and
metadata (but not ``application/warc-fields``), JSON with url, mime, status, digest, length, offset, filename
in that order, all of them strings. So HTTP heads are read here by warcio's parser, as it does, and not by
ours; ``filename`` has no folder; a record without a payload digest gets the SHA-1 in base 32 that warcio
computes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Self

from surt import surt
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser

from kremlin_archive.archive.reader import RawRecord, read_records
from kremlin_archive.archive.warcfields import FIELDS, parse_date
from kremlin_archive.errors import WarcError

INDEXED = frozenset({"response", "revisit", "resource", "metadata"})
REVISIT = "warc/revisit"
"""What stands as ``mime`` of a revisit: replay then looks for the response it repeats."""

_HTTP = StatusAndHeadersParser([], verify=False)
_PARAMETERS = re.compile(r"[;\s]")
_PLAIN_TRAILER = 4
"""Bytes behind the block of an uncompressed record; cdxj-indexer does not count them to its length."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line: sort key, UTC second as 14 digits, and the JSON's members in their order."""

    key: str
    timestamp: str
    fields: MappingProxyType[str, str]

    @property
    def line(self) -> bytes:
        """The line as it stands in the file, line feed included."""
        return f"{self.key} {self.timestamp} {json.dumps(dict(self.fields))}\n".encode()

    def moved(self, filename: str, offset: int) -> Self:
        """The same capture at another place."""
        there = {**self.fields, "offset": str(offset), "filename": filename}
        return replace(self, fields=MappingProxyType(there))


def parse_line(line: bytes) -> IndexEntry:
    """Read one line. Raises WarcError when it is not CDXJ."""
    key, _, rest = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
    timestamp, _, text = rest.partition(" ")
    try:
        members = json.loads(text)
    except ValueError:
        members = None
    if not (key and timestamp.isdigit() and isinstance(members, dict)):
        raise WarcError(f"not a line of CDXJ: {line[:80]!r}")
    return IndexEntry(key, timestamp, MappingProxyType({k: str(v) for k, v in members.items()}))


def sort_key(url: str) -> str:
    """SURT of a URL; the URL itself where it has none (a port out of range, in other people's files)."""
    try:
        return str(surt(url))
    except ValueError:
        return url


def read_entries(
    path: Path, on_fault: Callable[[WarcError], None] | None = None
) -> Iterator[IndexEntry]:
    """Index one WARC file, in the order of its records.

    What cannot be read or indexed is given to ``on_fault``, naming file and offset; without it the first
    fault is raised.
    """
    trailer = 0 if _is_gzip(path) else _PLAIN_TRAILER
    try:
        for record in read_records(path):
            try:
                entry = index_entry(record, path.name, trailer=trailer)
            except WarcError as fault:
                _report(fault, on_fault)
                continue
            if entry is not None:
                yield entry
    except WarcError as fault:
        _report(fault, on_fault)


def index_entry(record: RawRecord, filename: str, *, trailer: int = 0) -> IndexEntry | None:
    """The entry of one record, or None for a record that an index leaves out.

    ``trailer`` is how many of the record's bytes its length does not count. Raises WarcError when the record
    has no address or date.
    """
    if record.type not in INDEXED or _is_about_the_crawl(record):
        return None
    url = _address(record, filename)
    instant = parse_date(record.get("WARC-Date") or "")
    if instant is None:
        raise WarcError(f"{filename}: offset {record.offset}: {url}: WARC-Date is not a date")
    head, payload = _http_head(record, url)
    members = {
        "url": url,
        "mime": _mime(record, head),
        "status": head.get_statuscode() if head is not None else None,
        "digest": record.get("WARC-Payload-Digest") or _digest(record, payload),
        "length": str(record.length - trailer),
        "offset": str(record.offset),
        "filename": filename,
    }
    given = {name: value for name, value in members.items() if value is not None}
    return IndexEntry(sort_key(url), f"{instant:%Y%m%d%H%M%S}", MappingProxyType(given))


def _is_about_the_crawl(record: RawRecord) -> bool:
    return record.type in ("resource", "metadata") and record.get("Content-Type") == FIELDS


def _address(record: RawRecord, filename: str) -> str:
    url = record.get("WARC-Target-URI")
    if not url:
        raise WarcError(
            f"{filename}: offset {record.offset}: the {record.type} has no WARC-Target-URI"
        )
    if url.startswith("<") and url.endswith(">"):
        url = url[1:-1]  # wget 1.19 wrote it so
    return url.replace(" ", "%20")


def _http_head(record: RawRecord, url: str) -> tuple[StatusAndHeaders | None, int]:
    """HTTP head of the block, if it has one, and where the payload begins."""
    has_head = record.type in ("response", "revisit") and url.startswith(("http:", "https:"))
    if not has_head or not record.block:
        return None, 0
    stream = BytesIO(record.block)
    return _HTTP.parse(stream), stream.tell()


def _mime(record: RawRecord, head: StatusAndHeaders | None) -> str | None:
    if record.type == "revisit":
        return REVISIT
    if record.type == "response":
        value = head.get_header("content-type") if head is not None else None
    else:
        value = record.get("Content-Type")
    # Cut at the first semicolon or space, as cdxj-indexer does: « text/html» has no type then.
    return (
        value
        and "".join(" " if c.isspace() else c for c in value).replace(";", " ").split(" ", 1)[0]
    )


def _digest(record: RawRecord, payload: int) -> str | None:
    if record.type == "revisit":
        return None
    sha1 = hashlib.sha1(record.block[payload:], usedforsecurity=False).digest()
    return f"sha1:{base64.b32encode(sha1).decode()}"


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _report(fault: WarcError, on_fault: Callable[[WarcError], None] | None) -> None:
    if on_fault is None:
        raise fault
    on_fault(fault)
