"""The steps of the export."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from kremlin_archive.dataset.alignment import OMISSIONS_SQL
from kremlin_archive.errors import SnapshotError, UsageError
from kremlin_archive.exporting.aside import aside
from kremlin_archive.exporting.database.index import build_index
from kremlin_archive.exporting.database.tables import import_tables
from kremlin_archive.exporting.snapshot import Chosen, OnProgress

if TYPE_CHECKING:
    import duckdb

_MEMORY = "1GB"
"""What DuckDB may take; above it works in a folder beside the file."""
_OLDEST = "v1.4.0"
"""The oldest DuckDB that opens the file; without a word, one made by 2.0 opens in 2.0 only."""
_SETTINGS = {
    "memory_limit": _MEMORY,
    "threads": "2",  # each wants memory of its own
    "storage_compatibility_version": _OLDEST,
}
_SCRIPTS = ("words", "views", "macros")
_AFTER_INDEX = ("search",)
_OMISSIONS = "Passages of 200 characters or more that stand in one edition only, the longest first."


def export_database(chosen: Chosen, out: Path, on_progress: OnProgress) -> tuple[Path, ...]:
    """Write the file. Raises UsageError where DuckDB or the stemmer is not installed."""
    duckdb = _duckdb()
    with aside(out) as (place,):
        try:
            with duckdb.connect(
                place, config={**_SETTINGS, "temp_directory": f"{place}.tmp"}
            ) as db:
                import_tables(db, chosen)
                _run(db, _SCRIPTS)
                db.execute(f"CREATE VIEW omissions AS {OMISSIONS_SQL}")
                db.execute(f"COMMENT ON VIEW omissions IS '{_OMISSIONS}'")
                build_index(db, len(chosen.days), on_progress)
                _run(db, _AFTER_INDEX)
                db.execute("CHECKPOINT")
        except duckdb.Error as error:
            raise SnapshotError(f"{out}: DuckDB says: {error}") from error
    return (out,)


def _run(db: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> None:
    for name in names:
        db.execute((files(__package__) / "sql" / f"{name}.sql").read_text("utf-8"))


def _duckdb() -> ModuleType:
    try:
        import duckdb  # noqa: PLC0415
        import snowballstemmer  # type: ignore[import-untyped]  # noqa: F401, PLC0415
    except ImportError as error:
        raise UsageError(
            f"--format duckdb needs {error.name}: pip install 'kremlin-archive[duckdb]'"
        ) from error
    return duckdb
