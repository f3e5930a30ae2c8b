"""Read what the rule of publication asks for: the snapshot that stands, and what it lacks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kremlin_archive.dataset.checksums import read_checksums
from kremlin_archive.dataset.extract import current_part, source_of
from kremlin_archive.dataset.manifest import MANIFEST
from kremlin_archive.dataset.occasion import LOOKED_AT, Holding, Shown, Standing
from kremlin_archive.dataset.parquet import read_table
from kremlin_archive.dataset.removals import Removal, read_removals
from kremlin_archive.dataset.shelf import CACHE as SHELF
from kremlin_archive.dataset.shelf import code_key, made_by
from kremlin_archive.dataset.tables.documents import DOCUMENTS
from kremlin_archive.dataset.tables.removals import REMOVALS

_SHOWN = ("doc_id", "revision_id", "status", "capture_id", "payload_digest")


def read_standing(root: Path, snapshot: Path) -> Standing:
    """Read of the snapshot what the rule asks for.

    Its files are looked at, not read: that they are there with their sizes. Whoever publishes next
    reads them, ``verify`` reads them all.
    """
    try:
        manifest = json.loads((snapshot / MANIFEST).read_text("utf-8"))
        return Standing(
            newest_capture=datetime.fromisoformat(manifest["newest_capture"]),
            warcs={warc["name"]: warc["bytes"] for warc in manifest["warcs"]},
            removals=_removals(snapshot),
            made_by=made_by(root / SHELF, snapshot.name),
            fault=_fault(snapshot, manifest["files"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:  # Arrow's errors are ValueErrors
        never = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
        return Standing(never, {}, frozenset(), "", fault=repr(error))


def read_holding(root: Path, warcs: Mapping[str, int], stands: Standing, snapshot: Path) -> Holding:
    """Read what the archive holds; parts of files that the snapshot has are not opened.

    ``warcs``: the size in bytes of each closed WARC file, by name.
    Raises OSError or ArrowInvalid when a part or the snapshot cannot be read, SnapshotError for
    removals that cannot be understood.
    """
    lacking = [source_of(root, name) for name in warcs if name not in stands.warcs]
    rows = [row for source in lacking for row in current_part(source).read(LOOKED_AT).to_pylist()]
    doc_ids = {row["doc_id"] for row in rows if row["doc_id"] is not None}
    return Holding(
        warcs=warcs,
        removals=frozenset(read_removals(root).values()),
        code=code_key(),
        rows=rows,
        shown=_shown(snapshot, doc_ids) if doc_ids else {},
    )


def _fault(snapshot: Path, files: Iterable[Mapping[str, Any]]) -> str | None:
    sizes = {file["path"]: file["bytes"] for file in files}
    for name in read_checksums(snapshot):
        path = snapshot / name
        if not path.is_file() or path.stat().st_size != sizes.get(name, path.stat().st_size):
            return f"{name} is missing or has another size"
    return None if sizes.keys() <= read_checksums(snapshot).keys() else "SHA256SUMS is not whole"


def _removals(snapshot: Path) -> frozenset[Removal]:
    names = ["doc_id", "removed_at", "reason", "basis"]
    rows = read_table(snapshot, REMOVALS, names).to_pylist()
    return frozenset(Removal(**row) for row in rows)


def _shown(snapshot: Path, doc_ids: set[str]) -> dict[str, Shown]:
    documents = read_table(snapshot, DOCUMENTS, _SHOWN)
    wanted = documents.filter(pc.is_in(documents["doc_id"], pa.array(sorted(doc_ids))))
    return {row.pop("doc_id"): Shown(**row) for row in wanted.to_pylist()}
