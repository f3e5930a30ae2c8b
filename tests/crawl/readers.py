"""The libraries people open tables with: how each reads one, and what it says of types and values."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Read:
    """A table as a reader gives it: types by column, in words of our own, and rows."""

    types: Mapping[str, str]
    rows: Rows


Reader = Callable[[Path], Read]


def by_pandas(folder: Path) -> Read:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_parquet(folder, dtype_backend="pyarrow")
    return of_arrow(pa.Table.from_pandas(frame, preserve_index=False))


def by_read_table(folder: Path) -> Read:
    return of_arrow(pq.read_table(folder))


def by_pyarrow_dataset(folder: Path) -> Read:
    return of_arrow(ds.dataset(folder).to_table())


def by_polars_read(folder: Path) -> Read:
    polars = pytest.importorskip("polars")
    return of_arrow(polars.read_parquet(folder).to_arrow())


def by_polars_scan(folder: Path) -> Read:
    polars = pytest.importorskip("polars")
    return of_arrow(polars.scan_parquet(f"{folder}/*.parquet").collect().to_arrow())


def by_duckdb(folder: Path) -> Read:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        return of_arrow(connection.read_parquet(f"{folder}/*.parquet").to_arrow_table())


def by_fastparquet(folder: Path) -> Read:
    fastparquet = pytest.importorskip("fastparquet")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its files open
        frame = fastparquet.ParquetFile(sorted(map(str, folder.iterdir()))).to_pandas()
    types = {name: _PANDAS.get(str(dtype), str(dtype)) for name, dtype in frame.dtypes.items()}
    return Read(types, frame.to_dict("records"))


_PANDAS = {"str": "object", "boolean": "bool", "Int32": "int32", "Int64": "int64"}
"""fastparquet chooses between these by how a column is written and whether it has nulls."""


def fastparquet_type(type_: pa.DataType) -> str:
    """What a type becomes in pandas through fastparquet: times without their zone, days as times."""
    if pa.types.is_timestamp(type_):
        return "datetime64[us]"
    if pa.types.is_date(type_):
        return "datetime64[ns]"
    if pa.types.is_list(type_) or pa.types.is_string(type_):
        return "object"
    return "float32" if pa.types.is_float32(type_) else str(type_)


def is_unread(reader: str, type_: pa.DataType) -> bool:
    """Whether a reader gives nothing for a type: fastparquet leaves out lists of records."""
    return (
        reader == "fastparquet" and pa.types.is_list(type_) and pa.types.is_struct(type_.value_type)
    )


def expected_types(reader: str, schema: pa.Schema) -> dict[str, str]:
    """Types as a reader should give them."""
    if reader == "fastparquet":
        return {field.name: fastparquet_type(field.type) for field in schema}
    return types_of(schema)


def by_hugging_face(folder: Path) -> Read:
    return of_arrow(_hugging_face(folder, streaming=False).with_format("arrow")[:])


def by_hugging_face_stream(folder: Path) -> Read:
    stream = _hugging_face(folder, streaming=True)
    return Read(types_of(stream.features.arrow_schema), list(stream))


def by_r_arrow(folder: Path) -> Read:
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    if not _says(folder, "cat(requireNamespace('arrow', quietly = TRUE))").endswith("TRUE"):
        pytest.skip("the R package arrow is not installed")
    aside = folder.parent.with_name("from-r.arrow")
    scan = f"arrow::Scanner$create(arrow::open_dataset('{folder}'))$ToTable()"
    _says(folder, f"arrow::write_ipc_file({scan}, '{aside}')")
    with pa.ipc.open_file(str(aside)) as file:
        return of_arrow(file.read_all())


def _says(folder: Path, program: str) -> str:
    command = ["Rscript", "--vanilla", "-e", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def _hugging_face(folder: Path, *, streaming: bool) -> Any:  # noqa: ANN401 - one of its data sets
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    return datasets.load_dataset(
        "parquet",
        data_files=sorted(map(str, folder.iterdir())),
        split="train",
        streaming=streaming,
        cache_dir=str(folder.parent.with_name("hugging-face")),
    )


def of_arrow(table: pa.Table) -> Read:
    """What an Arrow table says."""
    return Read(types_of(table.schema), table.to_pylist())


def types_of(schema: pa.Schema) -> dict[str, str]:
    """Types by column, without what readers differ in."""
    return {field.name: plain_type(field.type) for field in schema}


def plain_type(type_: pa.DataType) -> str:
    """A type without what readers differ in: large strings and lists, names of elements, zones."""
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return f"list<{plain_type(type_.value_type)}>"
    if pa.types.is_struct(type_):
        return f"struct<{', '.join(f'{field.name}: {plain_type(field.type)}' for field in type_)}>"
    if pa.types.is_timestamp(type_):
        return f"timestamp[{type_.unit}, {'with' if type_.tz else 'without'} zone]"
    text = pa.types.is_string(type_) or pa.types.is_large_string(type_)
    return "string" if text or pa.types.is_string_view(type_) else str(type_)


def plain_value(value: Any, type_: pa.DataType) -> Any:  # noqa: ANN401 - whatever a column holds
    """A value without what readers differ in: their own nulls, numbers, times and lists."""
    if pa.types.is_list(type_):
        return None if value is None else [plain_value(each, type_.value_type) for each in value]
    if pa.types.is_struct(type_):
        return {field.name: plain_value(value[field.name], field.type) for field in type_}
    is_null = value is None or value != value or str(value) in ("NaT", "<NA>")  # noqa: PLR0124 - NaN
    return None if is_null else _plain_scalar(value, type_)


def _plain_scalar(value: Any, type_: pa.DataType) -> Any:  # noqa: ANN401 - whatever a column holds
    if pa.types.is_timestamp(type_):
        return _instant(value)
    if pa.types.is_date(type_):
        return date(value.year, value.month, value.day)
    with suppress(AttributeError):
        return value.item()  # a number of numpy's
    return value


def _instant(value: datetime) -> datetime:
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    moved = aware.astimezone(UTC)
    return datetime.fromisoformat(moved.isoformat())


READERS: Mapping[str, Reader] = {
    "pandas": by_pandas,
    "pyarrow-read-table": by_read_table,
    "pyarrow-dataset": by_pyarrow_dataset,
    "polars-read": by_polars_read,
    "polars-scan": by_polars_scan,
    "duckdb": by_duckdb,
    "fastparquet": by_fastparquet,
    "hugging-face": by_hugging_face,
    "hugging-face-stream": by_hugging_face_stream,
    "r-arrow": by_r_arrow,
}
