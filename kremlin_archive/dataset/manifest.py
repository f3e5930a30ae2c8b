"""What stands beside the tables of a snapshot: manifest, checksums, schema, and words for people.

All of it is made from the archive's contents alone: no clock, no host, no random name, so the same
archive gives the same bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.columns import SCHEMA_VERSION
from kremlin_archive.dataset.parts import Part, PartStamp
from kremlin_archive.dataset.plan import Plan
from kremlin_archive.dataset.shards import DATASET, LICENSE, SOURCE
from kremlin_archive.pages import NORM_VERSION, PARSER_VERSION

MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"
WARC_ROOT = "../../warc"

_README = """\
# kremlin-archive, snapshot {snapshot}

Event pages of {source} in both language editions, as typed tables read from web archive files.
A published snapshot never changes. Text: Creative Commons Attribution 4.0 (see LICENSE).

| table | rows | one row is |
|---|---|---|
{tables}

    pandas.read_parquet("documents")                      # or pyarrow.dataset.dataset("documents")
    polars.read_parquet("documents/*.parquet")
    duckdb.sql("SELECT lang, count(*) FROM 'documents/*.parquet' GROUP BY lang")

Every column is described in `schema.json`; files, checksums and the WARC files read are in
`manifest.json`. Each row names its bytes: `warc_filename` (below the manifest's `warc_root`),
offset, length, record id. Times ending in `_at` are UTC; `published_local` and `published_date` are
Moscow's.
"""

_LICENSE = """\
The texts and pictures described here were published by the Presidential Executive Office of the
Russian Federation on kremlin.ru under the Creative Commons Attribution 4.0 International licence
(https://creativecommons.org/licenses/by/4.0/). Name the source when you use them:
http://kremlin.ru.

The tables were made from saved copies of those pages: markup was removed and spaces were
normalised. Nothing in them is endorsed by the publisher.
"""


def write_fixed_files(folder: Path) -> None:
    """Files that do not name the snapshot: ``schema.json`` and ``LICENSE``."""
    tables = {table.name: table.as_json() for table in TABLES}
    _write_json(folder / "schema.json", {"schema_version": SCHEMA_VERSION, "tables": tables})
    (folder / "LICENSE").write_text(_LICENSE, encoding="utf-8")


def describe_files(folder: Path) -> list[dict[str, Any]]:
    """Each table file with its size, sha256, rows and range of event numbers, by path."""
    return [_describe(folder, path) for path in sorted(folder.glob("*/*.parquet"))]


def table_rows(files: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Rows of each table."""
    rows = dict.fromkeys((table.name for table in TABLES), 0)
    for file in files:
        rows[file["table"]] += file["rows"]
    return rows


def write_named_files(
    folder: Path, snapshot: str, plan: Plan, parts: Sequence[Part], files: list[dict[str, Any]]
) -> None:
    """Write what names the snapshot (README, manifest), and ``SHA256SUMS`` over all files."""
    rows = table_rows(files)
    lines = [f"| {t.name} | {rows[t.name]:,} | {t.description} |" for t in TABLES]
    readme = _README.format(snapshot=snapshot, source=SOURCE, tables="\n".join(lines))
    (folder / "README.md").write_text(readme, encoding="utf-8")
    _write_json(folder / MANIFEST, _manifest(snapshot, plan, parts, files))
    sums = {file["path"]: file["sha256"] for file in files}
    for name in ("LICENSE", MANIFEST, "README.md", "schema.json"):
        sums[name] = sha256_of(folder / name)
    text = "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    (folder / CHECKSUMS).write_text(text, encoding="utf-8")


def read_checksums(folder: Path) -> dict[str, str]:
    """Read what ``SHA256SUMS`` of a snapshot says, by path; empty where there is none."""
    path = folder / CHECKSUMS
    if not path.is_file():
        return {}
    pairs = (line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in pairs}


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _manifest(
    snapshot: str, plan: Plan, parts: Sequence[Part], files: list[dict[str, Any]]
) -> dict[str, Any]:
    histories = [h for shard in plan.shards.values() for h in shard]
    return {
        "dataset": DATASET,
        "snapshot": snapshot,
        "newest_capture": plan.newest.isoformat(timespec="microseconds"),
        "license": LICENSE,
        "source": SOURCE,
        **_versions(),
        "rows": table_rows(files),
        "documents_by_language": _count(h.doc_id.partition(":")[0] for h in histories),
        "documents_by_status": _count(h.status for h in histories),
        "problems_by_kind": _count(p.kind for p in plan.problems),
        "problems_healed": sum(p.healed for p in plan.problems),
        "repeated_records": len(plan.repeated),
        "warc_root": WARC_ROOT,
        "warcs": [_warc(part.stamp) for part in parts],
        "files": files,
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


def _write_json(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", encoding="utf-8")
