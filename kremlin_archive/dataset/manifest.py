"""The manifest of a snapshot, its checksums and its schema; ``beside/`` has what else stands there.

All of it is made from the archive's contents alone: no clock, no host, no random name, so the same
archive gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow.parquet as pq

from kremlin_archive.dataset.agreement import agreement_warnings
from kremlin_archive.dataset.beside import write_named_texts, write_unnamed_texts
from kremlin_archive.dataset.beside.files import write_json
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.checksums import CHECKSUMS, read_checksums, sha256_of
from kremlin_archive.dataset.columns import SCHEMA_VERSION
from kremlin_archive.dataset.draft import Draft
from kremlin_archive.dataset.parts import PartStamp
from kremlin_archive.dataset.shards import DATASET, LICENSE, SOURCE
from kremlin_archive.pages import NORM_VERSION, PARSER_VERSION

__all__ = [
    "CHECKSUMS",
    "MANIFEST",
    "describe_files",
    "read_checksums",
    "sha256_of",
    "table_rows",
    "write_fixed_files",
    "write_named_files",
]
MANIFEST = "manifest.json"
WARC_ROOT = "../../warc"


def write_fixed_files(folder: Path) -> None:
    """Files that depend on no row: ``schema.json``, ``LICENSE`` and ``pandera/``."""
    tables = {table.name: table.as_json() for table in TABLES}
    write_json(folder / "schema.json", {"schema_version": SCHEMA_VERSION, "tables": tables})
    write_unnamed_texts(folder)


def describe_files(
    folder: Path, described: Mapping[str, dict[str, Any]] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Each table file with its size, sha256, rows and range of event numbers, by path.

    ``described`` has the words on files that are known already.
    """
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/*.parquet"))
    return [described.get(path) or _describe(folder, folder / path) for path in paths]


def table_rows(draft: Draft) -> dict[str, int]:
    """Rows of each table."""
    return {table.name: draft.rows.get(table.name, 0) for table in TABLES}


def write_named_files(draft: Draft, snapshot: str) -> None:
    """Write what names the snapshot (card, citation, manifest), and ``SHA256SUMS`` over all files.

    Every other file must be in place.
    """
    folder = draft.folder
    write_named_texts(draft, snapshot)
    write_json(folder / MANIFEST, _manifest(draft, snapshot))
    (folder / CHECKSUMS).unlink(missing_ok=True)
    sums = {file["path"]: file["sha256"] for file in draft.files}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name not in sums and path.is_file():
            sums[name] = sha256_of(path)
    text = "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    (folder / CHECKSUMS).write_text(text, encoding="utf-8")


def _manifest(draft: Draft, snapshot: str) -> dict[str, Any]:
    plan = draft.plan
    histories = [h for shard in plan.shards.values() for h in shard]
    return {
        "dataset": DATASET,
        "snapshot": snapshot,
        "newest_capture": plan.newest.isoformat(timespec="microseconds"),
        "license": LICENSE,
        "source": SOURCE,
        **_versions(),
        "rows": table_rows(draft),
        "documents_by_language": _count(h.doc_id.partition(":")[0] for h in histories),
        "documents_by_status": _count(h.status for h in histories),
        "problems_by_kind": _count(p.kind for p in plan.problems),
        "problems_healed": sum(p.healed for p in plan.problems),
        "removals": len(plan.removals),
        "withdrawn": [{"snapshot": name, "why": why} for name, why in draft.withdrawn.items()],
        "tag_agreement": [asdict(each) for each in draft.agreements],
        "warnings": agreement_warnings(draft.agreements),
        "repeated_records": len(plan.repeated),
        "warc_root": WARC_ROOT,
        "warcs": [_warc(part.stamp) for part in draft.parts],
        "files": draft.files,
    }


def _versions() -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "parser_version": PARSER_VERSION,
        "norm_version": NORM_VERSION,
        "built_with": {name: version(name) for name in ("pyarrow", "tzdata")},
    }


def _warc(stamp: PartStamp) -> dict[str, Any]:
    return {
        "name": stamp.warc,
        "bytes": stamp.warc_bytes,
        "sha256": stamp.warc_sha256,
        "faults": list(stamp.faults),
    }


def _describe(folder: Path, path: Path) -> dict[str, Any]:
    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        numbers = _event_numbers(file)
    return {
        "path": path.relative_to(folder).as_posix(),
        "table": path.parent.name,
        "bytes": path.stat().st_size,
        "sha256": sha256_of(path),
        "rows": rows,
        "min_event_id": min(numbers, default=None),
        "max_event_id": max(numbers, default=None),
    }


def _event_numbers(file: pq.ParquetFile) -> list[Any]:
    """Least and greatest event number of each row group, from its statistics."""
    groups = (file.metadata.row_group(index) for index in range(file.num_row_groups))
    columns = (group.column(c) for group in groups for c in range(group.num_columns))
    found = [c.statistics for c in columns if c.path_in_schema == "event_id"]
    return [number for s in found if s is not None for number in (s.min, s.max)]


def _count(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
