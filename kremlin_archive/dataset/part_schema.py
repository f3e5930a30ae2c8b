"""The columns of a part: one row for each capture of one WARC file, and what was read from it.

``record_json`` and the hashes are null where a capture gave no record. ``labels`` (those of turns) and
``persons`` (tagged or linked) repeat of the record what speakers are resolved with across pages.
"""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import Any
from urllib.parse import urljoin

import pyarrow as pa
from surt import surt

from kremlin_archive.answers import http_date, retry_after
from kremlin_archive.dataset.extraction import Extraction, media_type
from kremlin_archive.dataset.fingerprint import fingerprint
from kremlin_archive.dataset.publication import known_day
from kremlin_archive.dataset.record_json import dump_record
from kremlin_archive.dataset.sniffing import sniff
from kremlin_archive.dataset.speakers import Naming, namings_on
from kremlin_archive.records import Capture, EventPage

_INSTANT = pa.timestamp("us", tz="UTC")
_NAMING = pa.struct([(field.name, pa.string()) for field in fields(Naming)])

_FIELDS: list[pa.Field[Any]] = [
    pa.field("capture_id", pa.string(), nullable=False),
    pa.field("url", pa.string(), nullable=False),
    pa.field("url_surtkey", pa.string(), nullable=False),
    pa.field("fetched_at", _INSTANT, nullable=False),
    pa.field("record_type", pa.string(), nullable=False),
    pa.field("status", pa.int16(), nullable=False),
    pa.field("redirect", pa.string()),
    pa.field("mime_type", pa.string()),
    pa.field("mime_detected", pa.string()),
    pa.field("charset", pa.string()),
    pa.field("payload_length", pa.int64(), nullable=False),
    pa.field("truncated", pa.string()),
    pa.field("etag", pa.string()),
    pa.field("last_modified", _INSTANT),
    pa.field("retry_after", pa.float64()),
    pa.field("payload_digest", pa.string(), nullable=False),
    pa.field("payload_sha256", pa.string(), nullable=False),
    pa.field("refers_to", pa.string()),
    pa.field("run_id", pa.string(), nullable=False),
    pa.field("warc_filename", pa.string(), nullable=False),
    pa.field("warc_record_offset", pa.int64(), nullable=False),
    pa.field("warc_record_length", pa.int64(), nullable=False),
    pa.field("warc_record_id", pa.string(), nullable=False),
    pa.field("warc_date", pa.string(), nullable=False),
    pa.field("kind", pa.string(), nullable=False),
    pa.field("doc_id", pa.string()),
    pa.field("problem", pa.string()),
    pa.field("problem_kind", pa.string()),
    pa.field("title", pa.string()),
    pa.field("published_date", pa.date32()),
    pa.field("last_updated", pa.string()),
    pa.field("content_sha256", pa.string()),
    pa.field("text_sha256", pa.string()),
    pa.field("meta_sha256", pa.string()),
    pa.field("text_simhash", pa.string()),
    pa.field("labels", pa.list_(pa.string())),
    pa.field("persons", pa.list_(_NAMING)),
    pa.field("record_json", pa.string()),
]
PART_SCHEMA = pa.schema(_FIELDS)


def part_row(capture: Capture, extraction: Extraction) -> dict[str, Any]:
    """One row of a part."""
    row = dict.fromkeys(PART_SCHEMA.names)
    row.update(_exchange(capture))
    row.update(_place(capture))
    row.update(
        kind=extraction.kind,
        doc_id=extraction.doc_id,
        problem=extraction.problem,
        problem_kind=extraction.problem_kind,
    )
    if extraction.record is not None:
        row.update(_reading(extraction.record))
    return row


def _exchange(capture: Capture) -> dict[str, Any]:
    mime, charset = media_type(capture)
    location = capture.header("Location")
    return {
        "capture_id": capture.capture_id,
        "url": capture.url,
        "url_surtkey": _sort_key(capture.url),
        "fetched_at": capture.fetched_at,
        "record_type": capture.record_type,
        "status": capture.status,
        "redirect": _absolute(capture.url, location) if location else None,
        "mime_type": mime,
        "mime_detected": sniff(capture.content),
        "charset": charset,
        "payload_length": capture.payload_length,
        "truncated": capture.truncated,
        "etag": capture.header("ETag"),
        "last_modified": http_date(capture.header("Last-Modified") or ""),
        "retry_after": retry_after(capture.header("Retry-After"), capture.fetched_at),
        "payload_digest": capture.payload_digest,
        "payload_sha256": capture.payload_sha256,
        "refers_to": capture.refers_to and record_uuid(capture.refers_to),
    }


def _place(capture: Capture) -> dict[str, Any]:
    return {
        "run_id": capture.run_id,
        "warc_filename": capture.pointer.filename,
        "warc_record_offset": capture.pointer.offset,
        "warc_record_length": capture.pointer.length,
        "warc_record_id": capture.pointer.record_id,
        "warc_date": capture.warc_date,
    }


def _reading(record: EventPage) -> dict[str, Any]:
    prints = fingerprint(record)
    return {
        "title": record.title,
        "published_date": known_day(record),
        "last_updated": record.last_updated,
        "content_sha256": prints.content_sha256,
        "text_sha256": prints.text_sha256,
        "meta_sha256": prints.meta_sha256,
        "text_simhash": prints.text_simhash,
        "labels": sorted({record.paragraphs[start].speaker or "" for start in record.turn_starts}),
        "persons": _persons(record),
        "record_json": dump_record(record),
    }


def _persons(record: EventPage) -> list[dict[str, str | None]]:
    """Give each naming of a person once, in order."""
    told = {astuple(naming) for naming in namings_on(record)}
    in_order = sorted(told, key=lambda values: tuple(value or "" for value in values))
    return [dict(zip(Naming.__slots__, values, strict=True)) for values in in_order]


def record_uuid(record_id: str) -> str:
    """Strip a WARC-Record-ID of its decoration, as ``Capture.capture_id`` has it."""
    return record_id.removeprefix("<").removesuffix(">").removeprefix("urn:uuid:")


def _sort_key(url: str) -> str:
    try:
        return str(surt(url))
    except ValueError:  # a port out of range, in other people's WARCs
        return url


def _absolute(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # a Location that cannot be split is kept as it was sent
        return location
