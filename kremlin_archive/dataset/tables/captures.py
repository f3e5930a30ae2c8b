"""``captures``: one row a stored exchange; names follow Common Crawl's columnar index."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

import pyarrow as pa

from kremlin_archive.dataset.columns import (
    INSTANT,
    INT16,
    INT64,
    STRING,
    Column,
    Table,
    pointer_columns,
)
from kremlin_archive.records import RecordType

CAPTURES = Table(
    name="captures",
    description="One row a stored exchange, refusals and listing pages included.",
    sort=("url_surtkey", "fetch_time"),
    row_group=10_000,
    shard="month of fetch_time (UTC): captures-2026-11.parquet",
    key=("capture_id",),
    columns=(
        Column("capture_id", STRING, "key: the record id's UUID", "0d7f4a4e-3b0e-4f5c-9d43-…"),
        Column("url_surtkey", STRING, "sort key of the address", "ru,kremlin)/events/…/66419"),
        Column("url", STRING, "address as requested", "http://kremlin.ru/events/…/66419"),
        Column("fetch_time", INSTANT, "instant of the request", "2026-11-21T12:00:03.120000Z"),
        Column("fetch_status", INT16, "HTTP status", "200"),
        Column(
            "fetch_redirect", STRING, "target of a redirect, absolute", "http://…", nullable=True
        ),
        Column(
            "content_mime_type",
            STRING,
            "type the server declares",
            "text/html",
            nullable=True,
            repeats=True,
        ),
        Column(
            "content_mime_detected",
            STRING,
            "type by the first bytes; null where no signature fits",
            "text/html",
            nullable=True,
            repeats=True,
        ),
        Column(
            "content_charset",
            STRING,
            "charset the server declares",
            "utf-8",
            nullable=True,
            repeats=True,
        ),
        Column(
            "content_length",
            INT64,
            "length of the entity body, content coding kept",
            "14633",
            nullable=True,
            unit="byte",
        ),
        Column(
            "content_truncated",
            STRING,
            "WARC-Truncated: why the body is cut",
            "time",
            nullable=True,
            repeats=True,
        ),
        Column("etag", STRING, "ETag header", '"5f48"', nullable=True),
        Column(
            "last_modified",
            INSTANT,
            "Last-Modified header",
            "2026-11-21T11:00:00Z",
            nullable=True,
        ),
        Column(
            "payload_digest",
            STRING,
            "the record's payload digest, as it stands",
            "sha256:2cf2…",
            nullable=True,
        ),
        Column(
            "payload_sha256",
            STRING,
            "sha256 of the entity body in the record, hex (a revisit's is empty)",
            "2cf24dba5fb0a30e…",
            nullable=True,
        ),
        Column(
            "record_type",
            STRING,
            "response, revisit or resource",
            "response",
            repeats=True,
            values=get_args(RecordType),
        ),
        Column("refers_to_capture_id", STRING, "capture a revisit repeats", "7a1e…", nullable=True),
        *pointer_columns(str),
        Column(
            "doc_id",
            STRING,
            "document the address names (event pages and text versions)",
            "ru:66419",
            nullable=True,
        ),
        Column(
            "revision_id",
            STRING,
            "revision this capture showed; null where it gave no record, and for text versions of "
            "documents whose full page was read",
            "ru:66419@3f0c1a2b4d5e",
            nullable=True,
        ),
        Column("run_id", STRING, "crawl that fetched it", "2026-11-21T120000Z", repeats=True),
    ),
)

OF_PART = MappingProxyType(
    {
        "fetch_time": "fetched_at",
        "fetch_status": "status",
        "fetch_redirect": "redirect",
        "content_mime_type": "mime_type",
        "content_mime_detected": "mime_detected",
        "content_charset": "charset",
        "content_length": "payload_length",
        "content_truncated": "truncated",
        "refers_to_capture_id": "refers_to",
    }
)
"""Columns that a part has under another name; all others have the same, but ``revision_id``."""


def part_columns() -> list[str]:
    """Columns to read from a part."""
    return [OF_PART.get(c.name, c.name) for c in CAPTURES.columns if c.name != "revision_id"]


def captures_table(captured: pa.Table, shown: Mapping[str, str]) -> pa.Table:
    """Rows from parts' columns, sorted; ``shown`` gives the revision a capture showed."""
    ids = captured["capture_id"].to_pylist()
    revisions = pa.array([shown.get(str(capture_id)) for capture_id in ids], pa.string())
    columns = [
        revisions if c.name == "revision_id" else captured[OF_PART.get(c.name, c.name)]
        for c in CAPTURES.columns
    ]
    table = pa.Table.from_arrays(columns, schema=CAPTURES.schema())
    # The id decides where two requests for one address share an instant.
    return table.sort_by([(name, "ascending") for name in (*CAPTURES.sort, "capture_id")])
