"""What stands beside the tables of a snapshot: manifest, checksums, schema, and words for people.

All of it is made from the archive's contents alone: no clock, no host, no random name, so the same
archive gives the same bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow.parquet as pq

from kremlin_archive.dataset.agreement import agreement_warnings
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

`documents` is what most people open. `revisions` has every content a document had and when;
`changes` is the log of them: who has an older snapshot takes the rows with `changed_at` after the
`newest_capture` of its manifest. `turns` says who spoke, `editions` what the two languages have in
common, `removals` which documents were emptied on request.

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
    """Write what names the snapshot (README, manifest), and ``SHA256SUMS`` over all files."""
    folder, rows = draft.folder, table_rows(draft)
    lines = [f"| {t.name} | {rows[t.name]:,} | {t.description} |" for t in TABLES]
    readme = _README.format(snapshot=snapshot, source=SOURCE, tables="\n".join(lines))
    (folder / "README.md").write_text(readme, encoding="utf-8")
    _write_json(folder / MANIFEST, _manifest(draft, snapshot))
    sums = {file["path"]: file["sha256"] for file in draft.files}
    for name in ("LICENSE", MANIFEST, "README.md", "schema.json"):
        sums[name] = sha256_of(folder / name)
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


def _write_json(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", encoding="utf-8")
