"""What is counted of one table file: the part of ``stats.json`` that is remembered by checksum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kremlin_archive.dataset.columns import BOOL, DATE, INSTANT, STRING, Column, Table

Counted = dict[str, Any]
"""``rows``; ``nulls``, ``bounds`` and ``values`` by column; ``tally``: what only this table has."""

_MANY = frozenset(
    {"doc_id", "revision_id", "en_revision_id", "ru_revision_id", "since_snapshot", "warc_filename"}
)
"""Columns with about a value a document or file: how many differ is told elsewhere."""


def count_file(path: Path, table: Table) -> Counted:
    """Count one file of a table."""
    with pq.ParquetFile(path) as file:
        nullable = [c for c in table.columns if c.nullable]
        ranged = [c for c in table.columns if _is_ranged(c)]
        listed = [c.name for c in table.columns if is_listed(c)]
        values = file.read(listed) if listed else None
        tally = _TALLIES.get(table.name)
        return {
            "rows": file.metadata.num_rows,
            "nulls": {c.name: _nulls(file, c) for c in nullable},
            "bounds": {c.name: found for c in ranged if (found := _bounds(file, c.name))},
            "values": {name: _values(values[name]) for name in listed} if values else {},
            "tally": tally(file) if tally else [],
        }


def is_listed(column: Column) -> bool:
    """Whether the different values of a column are counted."""
    is_short = column.type == BOOL or (column.type == STRING and column.repeats)
    return is_short and column.name not in _MANY


def plain(value: object) -> Any:  # noqa: ANN401 - as JSON has it
    """Give a value as JSON has it; instants and days sort as their text does."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def _is_ranged(column: Column) -> bool:
    kind = column.type
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return is_number or kind in (DATE, INSTANT)


def _statistics(file: pq.ParquetFile, name: str) -> Iterator[Any]:
    """Give the statistics of a column, row group by row group, from the footer alone."""
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        place = file.schema_arrow.names.index(name)
        # Nested columns shift the places, so the leaf is looked for from its column's on.
        leaves = (group.column(leaf) for leaf in range(place, group.num_columns))
        yield next(leaf for leaf in leaves if leaf.path_in_schema == name).statistics


def _nulls(file: pq.ParquetFile, column: Column) -> int:
    if pa.types.is_nested(column.type):
        return file.read([column.name])[column.name].null_count
    return sum(found.null_count for found in _statistics(file, column.name))


def _bounds(file: pq.ParquetFile, name: str) -> list[Any]:
    known = [s for s in _statistics(file, name) if s is not None and s.has_min_max]
    return [plain(min(s.min for s in known)), plain(max(s.max for s in known))] if known else []


def _values(column: pa.ChunkedArray[Any] | pa.Array[Any]) -> dict[str, int]:
    texts: Any = column.drop_null().cast(pa.string())
    counted = pa.table({"value": texts}).group_by("value").aggregate([([], "count_all")])
    rows: list[dict[str, Any]] = counted.to_pylist()
    return {row["value"]: row["count_all"] for row in rows}


def _documents(file: pq.ParquetFile) -> list[Any]:
    """Give for each language and year: documents, words, turns, with a transcript, with both editions.

    The last entry counts the quality warnings.
    """
    rows = file.read([*_COVERED, "published_date", "quality_warnings"])
    keyed = rows.append_column("year", pc.year(rows["published_date"]))
    keyed = keyed.set_column(0, "has_transcript", rows["has_transcript"].cast(pa.int32()))
    groups = keyed.group_by(["lang", "year"]).aggregate(
        [
            ([], "count_all"),
            ("n_words", "sum"),
            ("n_turns", "sum"),
            ("has_transcript", "sum"),
            ("pair_doc_id", "count"),
        ]
    )
    names = ("lang", "year", "count_all", "n_words_sum", "n_turns_sum")
    columns = (*names, "has_transcript_sum", "pair_doc_id_count")
    found = [[row[name] for name in columns] for row in groups.to_pylist()]
    return [*sorted(found), _values(pc.list_flatten(rows["quality_warnings"]))]


_COVERED = ("has_transcript", "lang", "n_words", "n_turns", "pair_doc_id")


def _turns(file: pq.ParquetFile) -> list[Any]:
    """Give label, language, reason and number of the turns that are linked to nobody."""
    names = ["speaker_label", "lang", "unlinked_reason"]
    rows = file.read([*names, "person_id"])
    rows = rows.filter(pc.is_null(rows["person_id"]))
    groups = rows.group_by(names).aggregate([([], "count_all")])
    found = [[*(row[name] for name in names), row["count_all"]] for row in groups.to_pylist()]
    return sorted(found, key=repr)


_TALLIES: MappingProxyType[str, Callable[[pq.ParquetFile], list[Any]]] = MappingProxyType(
    {"documents": _documents, "turns": _turns}
)


def added(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Add up counts of the same things, most frequent first, then by name."""
    total: dict[str, int] = {}
    for each in counts:
        for name, number in each.items():
            total[name] = total.get(name, 0) + number
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))
