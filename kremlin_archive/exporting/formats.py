"""The registry: each format's name, what it is and the function that writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kremlin_archive.errors import UsageError
from kremlin_archive.exporting.database import export_database
from kremlin_archive.exporting.jsonl import export_jsonl
from kremlin_archive.exporting.parallel import export_moses, export_tmx, export_xces
from kremlin_archive.exporting.snapshot import Chosen, OnProgress, Snapshot, choose
from kremlin_archive.exporting.tei import export_tei
from kremlin_archive.exporting.text import export_text
from kremlin_archive.packing.selection import Selection


@dataclass(frozen=True, slots=True)
class Format:
    """A format; ``pairs`` says that it needs both editions, so that choosing a language has no meaning."""

    write: Callable[[Chosen, Path, OnProgress], tuple[Path, ...]]
    pairs: bool = False


FORMATS = {
    "tei": Format(export_tei),
    "jsonl": Format(export_jsonl),
    "text": Format(export_text),
    "duckdb": Format(export_database),
    "tmx": Format(export_tmx, pairs=True),
    "moses": Format(export_moses, pairs=True),
    "xces": Format(export_xces, pairs=True),
}


def export_snapshot(
    snapshot: Snapshot, form: str, out: Path, selection: Selection, on_progress: OnProgress
) -> tuple[Path, ...]:
    """Write the chosen documents of a snapshot to ``out``; give the paths that were written.

    Raises UsageError when the choice has no meaning or nothing is chosen, SnapshotError when the snapshot
    cannot be read or ``out`` not be written.
    """
    wanted = FORMATS[form]
    if wanted.pairs and selection.languages:
        raise UsageError(
            f"--languages has no meaning for {form}: it holds both editions side by side"
        )
    return wanted.write(choose(snapshot, selection), out, on_progress)
