"""The types of the JSON lines, as Hugging Face ``datasets`` wants to be told them.

JSON carries no types, and ``datasets`` guesses them from the first ten megabytes: a field that is null there
and not later cannot be loaded. So a file of types stands beside the lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kremlin_archive.exporting.snapshot import Snapshot

Feature = dict[str, Any]


def features_of(snapshot: Snapshot, table: str, names: Sequence[str]) -> dict[str, Feature]:
    """Give the features of some columns of a table."""
    schema = pq.read_schema(snapshot.files(table)[0])
    return {name: feature(schema.field(name).type) for name in names if name in schema.names}


def feature(kind: pa.DataType) -> Feature:
    """Give the feature of an Arrow type.

    >>> feature(pa.list_(pa.date32()))
    {'feature': {'dtype': 'date32', '_type': 'Value'}, '_type': 'List'}
    """
    if pa.types.is_struct(kind):
        return {field.name: feature(field.type) for field in kind}
    if pa.types.is_list(kind):
        return list_of(feature(kind.value_type))
    return {"dtype": _NAMES.get(str(kind), str(kind)), "_type": "Value"}


def list_of(item: Mapping[str, Any]) -> Feature:
    """Give the feature of a list."""
    return {"feature": dict(item), "_type": "List"}


_NAMES = {"float": "float32", "double": "float64", "date32[day]": "date32"}
"""Arrow's names that ``datasets`` has otherwise."""
