"""From WARC records to captures: the one way in for the crawl and for re-extraction.

A record that the crawl has just written and the same record read back give equal captures, because both
go through ``capture_of``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from kremlin_archive.archive.digest import labelled, sha256_hex
from kremlin_archive.archive.http import Head, decode_content, entity, parse_head, split_response
from kremlin_archive.archive.reader import RawRecord, read_records
from kremlin_archive.archive.warcfields import parse_date
from kremlin_archive.errors import WarcError
from kremlin_archive.records import Capture, Pointer, RecordType

UNKNOWN_RUN = "unknown"
"""Run of a capture whose file does not say: other people's WARCs."""

OnFault = Callable[[WarcError], None]


def read_captures(path: Path, *, name: str, on_fault: OnFault | None = None) -> Iterator[Capture]:
    """Yield a capture for each response, revisit and resource record of a web page, in file order.

    ``name`` is the file's name in the rows. Faults are given to ``on_fault`` and reading goes on where that
    is possible (a record that cannot be understood) or ends (a file that is cut); without ``on_fault`` the
    first fault raises WarcError.
    """
    run_id = UNKNOWN_RUN
    try:
        for record in read_records(path):
            if record.type == "warcinfo" and run_id == UNKNOWN_RUN:
                # The first says whose file this is; others are those of files whose records were taken in.
                run_id = _run_of(record) or run_id
            try:
                capture = capture_of(record, name=name, run_id=run_id)
            except WarcError as fault:
                _report(fault, on_fault)
                continue
            if capture is not None:
                yield capture
    except WarcError as fault:
        _report(fault, on_fault)


def capture_of(record: RawRecord, *, name: str, run_id: str) -> Capture | None:
    """Understand one record; None for types that hold no answer (warcinfo, request, metadata, …).

    Raises WarcError when a response has no target, date, id or HTTP head.
    """
    if record.type not in ("response", "revisit", "resource"):
        return None
    url = _required(record, name, "WARC-Target-URI").strip("<>")
    if not url.startswith(("http://", "https://")):
        return None  # dns: and the like
    date = _required(record, name, "WARC-Date")
    fetched_at = parse_date(date)
    if fetched_at is None:
        raise WarcError(f"{name}: offset {record.offset}: {url}: WARC-Date is not a date")
    head, body, complete = _message(record, name, url)
    content, error = decode_content(head, body)
    truncated = record.get("WARC-Truncated")
    if record.type == "response" and not complete and truncated is None:
        truncated = "unspecified"
    return Capture(
        url=url,
        fetched_at=fetched_at,
        record_type=cast("RecordType", record.type),
        status=head.status,
        headers=head.headers,
        content=content,
        content_error=error,
        payload_digest=record.get("WARC-Payload-Digest") or labelled(body),
        payload_sha256=_payload_sha256(record, body),
        payload_length=len(body),
        truncated=truncated,
        refers_to=record.get("WARC-Refers-To"),
        run_id=run_id,
        pointer=Pointer(
            name, record.offset, record.length, _required(record, name, "WARC-Record-ID")
        ),
        warc_date=date,
    )


def _message(record: RawRecord, name: str, url: str) -> tuple[Head, bytes, bool]:
    if record.type == "resource":
        mime = record.get("Content-Type") or "application/octet-stream"
        return Head(200, "", (("Content-Type", mime),)), record.block, True
    if record.type == "revisit" and not record.block:
        return _unsaid_head(record), b"", True
    split = split_response(record.block) or split_response(record.block + b"\r\n\r\n")
    head = parse_head(split.head) if split else None
    if split is None or head is None:
        raise WarcError(
            f"{name}: offset {record.offset}: {url}: the {record.type} holds no HTTP head"
        )
    whole = entity(head, split.body)
    return head, whole.body, whole.complete


def _unsaid_head(revisit: RawRecord) -> Head:
    """Head of a revisit that stores none: its profile still says what the server answered."""
    not_modified = "not-modified" in (revisit.get("WARC-Profile") or "")
    return Head(304 if not_modified else 200, "", ())


def _payload_sha256(record: RawRecord, body: bytes) -> str:
    """Hex digest of the entity body; of a revisit, whose body is elsewhere, what it says, or empty."""
    if record.type != "revisit":
        return sha256_hex(body)
    label, _, value = (record.get("WARC-Payload-Digest") or "").partition(":")
    return value if label.lower() == "sha256" else ""


def _run_of(warcinfo: RawRecord) -> str | None:
    for line in warcinfo.block.decode("utf-8", "replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() == "ispartof" and value.strip():
            return value.strip()
    return None


def _required(record: RawRecord, name: str, field: str) -> str:
    value = record.get(field)
    if not value:
        raise WarcError(f"{name}: offset {record.offset}: the {record.type} record has no {field}")
    return value


def _report(fault: WarcError, on_fault: OnFault | None) -> None:
    if on_fault is None:
        raise fault
    on_fault(fault)
