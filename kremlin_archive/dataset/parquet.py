"""Reading columns of published table files, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kremlin_archive.dataset.columns import Table


def read_columns(file: Path, columns: Sequence[str]) -> pa.Table:
    """Columns of one file."""
    with pq.ParquetFile(file) as parquet:
        return parquet.read(list(columns))


def read_table(folder: Path, table: Table, columns: Sequence[str]) -> pa.Table:
    """Columns of all files of a table below a snapshot's folder, in the order of their names."""
    fields = [table.schema().field(name) for name in columns]
    empty = pa.schema([field.remove_metadata() for field in fields]).empty_table()
    files = sorted((folder / table.name).glob("*.parquet"))
    read = [read_columns(file, columns).cast(empty.schema) for file in files]
    return pa.concat_tables([empty, *read])
