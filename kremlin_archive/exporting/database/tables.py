"""The snapshot's tables in the file, with types, keys that must not be null, and prose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kremlin_archive.dataset.manifest import MANIFEST
from kremlin_archive.exporting.snapshot import Chosen

if TYPE_CHECKING:
    import duckdb

_SCHEMA = "schema.json"
_BY_EVENT = frozenset({"editions", "alignments"})
_SHARED = frozenset({"persons", "tags"})
"""Tables of no one document: they come whole."""
_ABOUT = ("dataset", "snapshot", "schema_version", "newest_capture", "license", "source")


def import_tables(db: duckdb.DuckDBPyConnection, chosen: Chosen) -> None:
    """Copy every table that ``schema.json`` describes, rows of the chosen documents only, sorted."""
    _note_chosen(db, chosen)
    for name, table in chosen.snapshot.described(_SCHEMA)["tables"].items():
        files = [str(path) for path in chosen.snapshot.files(name)]
        order = ", ".join(_quoted(column) for column in (*table["sort"], *table["key"]))
        db.execute(
            f"CREATE TABLE {_quoted(name)} AS SELECT * FROM read_parquet($files) "  # noqa: S608 - names from our schema
            f"WHERE {_wanted(name)} ORDER BY {order}",
            {"files": files},
        )
        _describe(db, name, table)
    _write_about(db, chosen.snapshot.described(MANIFEST))
    db.execute("DROP TABLE chosen")


def _note_chosen(db: duckdb.DuckDBPyConnection, chosen: Chosen) -> None:
    ids = pa.array(chosen.days.keys(), pa.string())
    events = pa.array([int(doc_id.partition(":")[2]) for doc_id in chosen.days], pa.int64())
    db.register("ids", pa.table({"doc_id": ids, "event_id": events}))
    db.execute("CREATE TEMP TABLE chosen AS FROM ids")
    db.unregister("ids")


def _wanted(table: str) -> str:
    if table in _SHARED:
        return "true"
    key = "event_id" if table in _BY_EVENT else "doc_id"
    return f"{key} IN (SELECT {key} FROM chosen)"  # noqa: S608 - two names from above


def _describe(db: duckdb.DuckDBPyConnection, name: str, table: Mapping[str, Any]) -> None:
    db.execute(f"COMMENT ON TABLE {_quoted(name)} IS {_literal(table['description'])}")
    for column in table["columns"]:
        place = _quoted(column["name"])
        unit = f" ({column['unit']})" if column["unit"] else ""
        prose = _literal(f"{column['description']}{unit}; e.g. {column['example']}")
        db.execute(f"COMMENT ON COLUMN {_quoted(name)}.{place} IS {prose}")
        if not column["nullable"]:
            db.execute(f"ALTER TABLE {_quoted(name)} ALTER COLUMN {place} SET NOT NULL")


def _write_about(db: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> None:
    db.execute("CREATE TABLE about (name VARCHAR PRIMARY KEY, value VARCHAR)")
    db.execute("COMMENT ON TABLE about IS 'The snapshot this file was made from.'")
    db.executemany("INSERT INTO about VALUES (?, ?)", [(name, manifest[name]) for name in _ABOUT])


def _quoted(name: str) -> str:
    return f'"{name}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
