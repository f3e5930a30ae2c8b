"""What a data frame of each table must be like, for pandera (an optional extra).

::

    from kremlin_archive.dataset.expectations import pandera_schema

    pandera_schema("documents").validate(pandas.read_parquet("latest/documents"), lazy=True)

The expectations are made from the columns' definitions: types as pandas reads them, what may be
null, closed lists of values, ranges, forms of ids and hashes, keys. Every snapshot has them too, as
``pandera/TABLE.json``, which ``pandera.io.pandas_io.from_json`` reads without this package.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pyarrow as pa

from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.columns import BOOL, INSTANT, STRING, Column, Table
from kremlin_archive.errors import UsageError

_PATTERNS = (
    ("doc_id", r"^(en|ru):\d+$"),
    ("revision_id", r"^(en|ru):\d+@[0-9a-f]{12}$"),
    ("sha256", r"^[0-9a-f]{64}$"),
)
"""What strings look like, by the end of the column's name."""


def pandera_schema(table: str) -> Any:  # noqa: ANN401 - pandera is optional
    """Give a table's ``pandera.DataFrameSchema``, for frames of all its columns.

    Of a frame with some of them use its ``select_columns``. Raises UsageError when there is no such
    table or pandera is not installed.
    """
    known = {each.name: each for each in TABLES}
    if table not in known:
        raise UsageError(f"there is no table {table!r}; there are {', '.join(known)}")
    try:
        pandas_io = import_module("pandera.io.pandas_io")
    except ImportError as error:
        raise UsageError("it needs pandera: pip install 'kremlin-archive[pandera]'") from error
    return pandas_io.from_json(json.dumps(expectations(known[table])))


def expectations(table: Table) -> dict[str, Any]:
    """Give a table's expectations in the form that pandera writes and reads."""
    return {
        "schema_type": "dataframe",
        "name": table.name,
        "description": table.description,
        "columns": {column.name: _column(column) for column in table.columns},
        "checks": None,
        "index": None,
        "dtype": None,
        "coerce": False,
        "strict": True,
        "ordered": False,
        "unique": list(table.key) or None,
        "unique_column_names": True,
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "title": None,
        "description": column.description,
        "dtype": _dtype(column),
        "nullable": column.nullable,
        "checks": _checks(column) or None,
        "unique": False,
        "coerce": False,
        "required": True,
        "regex": False,
    }


def _dtype(column: Column) -> str | None:
    """Type in a frame; None where pandas has no type, or where the type depends on there being nulls."""
    kind = column.type
    if kind == STRING:
        return "str"
    if kind == INSTANT:
        return "datetime64[us, UTC]"
    if pa.types.is_floating(kind):
        return "float32"
    fixed = kind == BOOL or pa.types.is_integer(kind)
    return str(kind) if fixed and not column.nullable else None


def _checks(column: Column) -> list[dict[str, Any]]:
    kind, name = column.type, column.name
    if kind == STRING:
        patterns = [pattern for ending, pattern in _PATTERNS if name.endswith(ending)]
        found = [_check("str_matches", value=pattern) for pattern in patterns]
        return [*found, *([_check("isin", value=list(column.values))] if column.values else [])]
    if column.unit == "0..1":
        return [_check("in_range", min_value=0, max_value=1)]
    if pa.types.is_integer(kind) and column.unit != "second":  # a lag can be negative
        return [_check("greater_than_or_equal_to", value=0)]
    return [_check("isin", value=[False, True])] if kind == BOOL else []


def _check(name: str, **values: object) -> dict[str, Any]:
    return {**values, "options": {"check_name": name}}
