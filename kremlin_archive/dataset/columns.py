"""How a table is described: every column once, with type, unit and prose.

From the one description come the Arrow schema that is written, the metadata inside the Parquet
files and ``schema.json``. Type rules, each measured with pandas, pyarrow, polars, duckdb,
fastparquet and Hugging Face datasets: plain ``string``; ``timestamp[us, UTC]``; lists instead of
maps; no dictionary type, no unsigned 64-bit integers, no columns of type null; int32 for counts,
int64 for ids and offsets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import pyarrow as pa

from kremlin_archive.urls import Language

SCHEMA_VERSION = "1.2.0"
"""Semantic version of the tables: patch = prose, minor = a column added, major = changed."""

STRING = pa.string()
INT16 = pa.int16()
INT32 = pa.int32()
INT64 = pa.int64()
FLOAT32 = pa.float32()
BOOL = pa.bool_()
DATE = pa.date32()
INSTANT = pa.timestamp("us", tz="UTC")
STRINGS = pa.list_(pa.field("element", pa.string()))

LANGUAGES: tuple[str, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``repeats`` marks values worth a Parquet dictionary (few distinct ones)."""

    name: str
    type: pa.DataType
    description: str
    example: str
    nullable: bool = False
    unit: str | None = None
    repeats: bool = False
    since: str | None = None
    """Schema version it came in; None: with its table."""
    values: tuple[str, ...] = ()
    """All values there can be, where they are a closed list; empty where they are not."""

    def field(self, table_since: str) -> pa.Field[Any]:
        """Arrow field with the prose as metadata."""
        prose = {
            "description": self.description,
            "example": self.example,
            "since": self.since or table_since,
        }
        if self.unit is not None:
            prose["unit"] = self.unit
        return pa.field(self.name, self.type, nullable=self.nullable, metadata=prose)

    def as_json(self, table_since: str) -> dict[str, Any]:
        """Give the column as ``schema.json`` shows it."""
        return {
            "name": self.name,
            "type": str(self.type),
            "nullable": self.nullable,
            "unit": self.unit,
            "values": list(self.values),
            "description": self.description,
            "example": self.example,
            "since": self.since or table_since,
        }


def list_of_struct(**fields: pa.DataType) -> pa.DataType:
    """Arrow type of a list of records.

    >>> str(list_of_struct(start=INT32))
    'list<element: struct<start: int32>>'
    """
    return pa.list_(pa.field("element", pa.struct(list(fields.items()))))


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order, the order of its rows and how it is cut into files."""

    name: str
    description: str
    columns: tuple[Column, ...]
    sort: tuple[str, ...]
    row_group: int
    shard: str
    """How the file name tells what a file holds, in words."""
    key: tuple[str, ...]
    """Columns whose values together are found once in the table; empty for a log."""
    since: str = "1.0.0"
    """Schema version the table came in."""

    def schema(self) -> pa.Schema:
        """Give the Arrow schema every file of the table has."""
        return pa.schema([column.field(self.since) for column in self.columns])

    def rows(self, records: list[dict[str, Any]]) -> pa.Table:
        """Arrow table of rows given as dicts; a missing key is a bug and fails here."""
        columns = [
            pa.array([record[column.name] for record in records], column.type)
            for column in self.columns
        ]
        return pa.Table.from_arrays(columns, schema=self.schema())

    def as_json(self) -> dict[str, Any]:
        """Give the table as ``schema.json`` shows it."""
        return {
            "description": self.description,
            "sort": list(self.sort),
            "key": list(self.key),
            "shard": self.shard,
            "columns": [column.as_json(self.since) for column in self.columns],
        }


def identity_columns() -> tuple[Column, ...]:
    """Give the three columns that say which document a row belongs to."""
    return (
        Column("doc_id", STRING, "document", "ru:66419", repeats=True),
        Column("event_id", INT64, "the site's number of the event", "66419", repeats=True),
        Column("lang", STRING, "edition, BCP 47", "ru", repeats=True, values=LANGUAGES),
    )


def pointer_columns(
    describe: Callable[[str], str], *, nullable: bool = False
) -> tuple[Column, ...]:
    """Give the four columns that lead to a row's bytes; ``describe`` words them for the table."""
    return (
        Column(
            "warc_filename",
            STRING,
            describe("WARC file, relative to the manifest's warc_root"),
            "2026/kremlin-20261121120000123-00000-host.warc.gz",
            nullable=nullable,
            repeats=True,
        ),
        Column(
            "warc_record_offset",
            INT64,
            describe("where the record begins in that file"),
            "184467",
            nullable=nullable,
            unit="byte",
        ),
        Column(
            "warc_record_length",
            INT64,
            describe("length of the record as stored, compressed"),
            "15880",
            nullable=nullable,
            unit="byte",
        ),
        Column(
            "warc_record_id",
            STRING,
            describe("WARC-Record-ID; survives recompression, which offsets do not"),
            "<urn:uuid:0d7f4a4e-3b0e-4f5c-9d43-6a2f6b5c1c55>",
            nullable=nullable,
        ),
    )
