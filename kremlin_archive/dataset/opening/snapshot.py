"""A published snapshot, opened: its tables for the libraries people use, and a few typed answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from kremlin_archive.dataset.checksums import damages
from kremlin_archive.dataset.opening import answers
from kremlin_archive.dataset.opening.contents import Contents, damage
from kremlin_archive.dataset.opening.libraries import library
from kremlin_archive.dataset.opening.records import Document, Pair, Revision, WarcPointer
from kremlin_archive.dataset.opening.suggestions import nearest
from kremlin_archive.errors import SnapshotError, UsageError

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot:
    """A snapshot's folder and what its manifest says of it.

    Whatever is asked of it: UsageError for tables, columns and ids that are not there, with what may
    have been meant; SnapshotError for files that are missing, cut or broken, with what to do.
    """

    path: Path
    contents: Contents

    def __repr__(self) -> str:
        return f"<Snapshot {self.id}, schema {self.schema_version}: {self.path}>"

    @property
    def id(self) -> str:
        """Id: the instant of the newest capture, ``2026-11-21T120000Z``."""
        return self.contents.snapshot

    @property
    def schema_version(self) -> str:
        """Semantic version of the tables' schema."""
        return self.contents.schema_version

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables; ``schema.json`` describes them and their columns."""
        return tuple(self.contents.rows)

    def files(self, table: str) -> list[Path]:
        """Files of a table, in the order of their names."""
        return [self.path / file.path for file in self.contents.files(self.path, table)]

    def table(self, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a table, or these columns of it, into memory."""
        names = self._columns(table, columns)
        with self._reading(table):
            return pa.concat_tables(_read(file, names) for file in self.files(table))

    def batches(
        self, table: str, columns: Sequence[str] | None = None, *, rows: int = 2_000
    ) -> Iterator[pa.RecordBatch]:
        """Read a table little by little: at most so many rows are in memory at a time."""
        names = self._columns(table, columns)
        with self._reading(table):
            for file in self.files(table):
                with pq.ParquetFile(file) as parquet:
                    yield from parquet.iter_batches(rows, columns=names)

    def dataset(self, table: str) -> ds.Dataset:
        """Give the table as a pyarrow dataset, which reads what filters and columns ask for."""
        return self._dataset(table, self.files(table))

    def pandas(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read a table, or these columns of it, into pandas."""
        library("pandas")
        return self.table(table, columns).to_pandas()

    def polars(self, table: str) -> pl.LazyFrame:
        """Give the table as a polars scan: nothing is read before ``collect``."""
        frame: pl.LazyFrame = library("polars").scan_parquet(self.files(table))
        return frame

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """Give a connection to a database in memory with one view a table; times are shown in UTC."""
        library("pytz")  # DuckDB hands times with a zone to Python through it
        connection: duckdb.DuckDBPyConnection = library("duckdb").connect()
        connection.execute("SET TimeZone = 'UTC'")
        for table in self.tables:
            files = ", ".join(_quoted(str(file)) for file in self.files(table))
            connection.execute(f"CREATE VIEW {table} AS FROM read_parquet([{files}])")
        return connection

    def document(self, doc_id: str) -> Document:
        """One edition of an event with its paragraphs, turns and tags: ``document("ru:66419")``."""
        return answers.document(self, doc_id)

    def pair(self, event_id: int) -> Pair:
        """Both editions of an event, with their paragraphs aligned."""
        return answers.pair(self, event_id)

    def revisions(self, doc_id: str) -> tuple[Revision, ...]:
        """Every content a document had, the oldest first."""
        return answers.revisions(self, doc_id)

    def as_of(self, moment: datetime, columns: Sequence[str] | None = None) -> pa.Table:
        """Rows of ``revisions`` that were to be read on the site at a moment (which has a time zone).

        What was not captured by then, or gone, is not among them.
        """
        return answers.as_of(self, moment, columns)

    def speeches(self, person_id: str, lang: str | None = None) -> pa.Table:
        """Turns of a person (``persons/336``), with the document's day, title and address, by day."""
        return answers.speeches(self, person_id, lang)

    def warc_pointer(self, doc_id: str) -> WarcPointer:
        """Where the bytes are that a document's row was read from."""
        return answers.warc_pointer(self, doc_id)

    def faults(self) -> list[str]:
        """Compare every file with its checksum; gives what is wrong in words, nothing if it is sound."""
        return damages(self.path)

    def verify(self) -> None:
        """Compare every file with its checksum. Raises SnapshotError that lists what is wrong."""
        if faults := self.faults():
            raise SnapshotError(damage(self.path, faults))

    def rows(
        self,
        table: str,
        where: ds.Expression,
        columns: Sequence[str] | None = None,
        *,
        event_id: int | None = None,
    ) -> pa.Table:
        """Rows that meet a condition; of one event, only files that can hold it are opened."""
        names = self._columns(table, columns)
        files = [
            self.path / file.path
            for file in self.contents.files(self.path, table)
            if event_id is None or file.may_hold(event_id)
        ]
        with self._reading(table):
            return self._dataset(table, files).to_table(columns=names, filter=where)

    def _dataset(self, table: str, files: Sequence[Path]) -> ds.Dataset:
        """Make a dataset; without any file it has the table's schema and no row."""
        with self._reading(table):
            schema = pq.read_schema(self.files(table)[0])
            return ds.dataset([str(file) for file in files], schema, format="parquet")

    def _columns(self, table: str, columns: Sequence[str] | None) -> list[str] | None:
        """Check that the columns are there."""
        if columns is None:
            return None
        with self._reading(table):
            known = pq.read_schema(self.files(table)[0]).names
        for name in columns:
            if name not in known:
                raise UsageError(
                    f"table {table} of snapshot {self.id} has no column {name!r}; "
                    f"{nearest(name, known, 'its columns are')}{self.contents.older()}"
                )
        return list(columns)

    @contextmanager
    def _reading(self, table: str) -> Iterator[None]:
        """Say which files are broken when one cannot be read."""
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            paths = {file.path for file in self.contents.files(self.path, table)}
            faults = [fault for fault in self.faults() if fault.partition(":")[0] in paths]
            raise SnapshotError(damage(self.path, faults or [f"{table}: {error}"])) from error


def _read(file: Path, columns: list[str] | None) -> pa.Table:
    with pq.ParquetFile(file) as parquet:
        return parquet.read(columns)


def _quoted(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
