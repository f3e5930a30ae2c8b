"""Snapshots: checksums, manifest, strange files; what rows say of records becomes claims."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kremlin_archive.dataset.beside.sample import FOLDER as SAMPLE
from kremlin_archive.dataset.layout import LATEST, LATEST_JSON, SNAPSHOTS
from kremlin_archive.dataset.manifest import CHECKSUMS, MANIFEST, read_checksums, sha256_of
from kremlin_archive.errors import WarcError
from kremlin_archive.verify.claims import packed
from kremlin_archive.verify.findings import Finding, finding
from kremlin_archive.verify.spool import Spool

_POINTER = ("warc_filename", "warc_record_offset", "warc_record_length", "warc_record_id")
_CAPTURED = ("url", "fetch_status")
"""Facts of a capture; in other tables ``url`` is the document's own."""
_BATCH = 5_000

OnBytes = Callable[[int], None]


def snapshots_of(root: Path, *, every: bool) -> list[Path]:
    """Folders of the snapshots to look at: the one published last, or all of them."""
    folder = root / SNAPSHOTS
    if every:
        return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    named = _latest(root)
    return [folder / named] if named is not None and (folder / named).is_dir() else []


def latest_findings(root: Path) -> Iterator[Finding]:
    """Whether ``latest`` and ``latest.json`` name one snapshot that is there."""
    named = _latest(root)
    link = root / LATEST
    if named is None and not (root / LATEST_JSON).is_file():
        yield finding("no-snapshot", LATEST_JSON, "nothing has been published here yet")
    elif named is None:
        yield finding("snapshot-broken", LATEST_JSON, "the file does not name a snapshot")
    elif not (root / SNAPSHOTS / named).is_dir():
        yield finding("snapshot-broken", LATEST_JSON, f"snapshot {named} is not there")
    elif link.is_symlink() and link.readlink().name != named:
        problem = f"{LATEST} leads to {link.readlink().name}, {LATEST_JSON} to {named}"
        yield finding("snapshot-broken", LATEST, problem)


def file_findings(root: Path, snapshot: Path, on_bytes: OnBytes) -> Iterator[Finding]:
    """Each file against its checksum, the manifest against the files, and files nobody listed."""
    name = snapshot.relative_to(root).as_posix()
    try:
        sums = read_checksums(snapshot)
    except (ValueError, UnicodeDecodeError):
        sums = {}
    if not sums:
        yield finding("snapshot-broken", f"{name}/{CHECKSUMS}", "it is missing or cannot be read")
        return
    for path, digest in sorted(sums.items()):
        yield from _one_file(snapshot / path, f"{name}/{path}", digest)
        on_bytes(_size(snapshot / path))
    there = {p.relative_to(snapshot).as_posix() for p in snapshot.rglob("*") if not p.is_dir()}
    for path in sorted(there - sums.keys() - {CHECKSUMS}):
        yield finding("stray-file", f"{name}/{path}", f"{CHECKSUMS} does not list it")
    yield from _manifest(snapshot, name, sums)


def manifest_of(snapshot: Path) -> dict[str, Any]:
    """The manifest, or nothing when it cannot be read."""
    try:
        manifest = json.loads((snapshot / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def row_claims(
    table_file: Path, name: str, claimant: int, files: Mapping[str, int], claims: Spool
) -> Iterator[Finding]:
    """Put a claim for each row that points to a record into the bucket of the file it names.

    ``files`` gives the number of each WARC file by its name below ``<root>/warc``.
    """
    try:
        with pq.ParquetFile(table_file) as parquet:
            columns = _columns(parquet.schema_arrow.names)
            row = 0
            for batch in parquet.iter_batches(_BATCH, columns=columns) if columns else ():
                yield from _batch(batch, name, (claimant, row), files, claims)
                row += batch.num_rows
    except (OSError, pa.ArrowInvalid) as error:
        yield finding("snapshot-broken", name, f"the table cannot be read: {error}")


def _columns(names: Sequence[str]) -> list[str]:
    """Columns that say something of a record; none when the table does not point to any."""
    if not set(_POINTER) <= set(names):
        return []
    is_captures = "fetch_status" in names
    more = ["payload_digest", *(_CAPTURED if is_captures else ())]
    return [*_POINTER, *(name for name in more if name in names)]


def _batch(
    batch: pa.RecordBatch,
    name: str,
    start: tuple[int, int],
    files: Mapping[str, int],
    claims: Spool,
) -> Iterator[Finding]:
    claimant, before = start
    for row, said in enumerate(batch.to_pylist(), before + 1):
        warc = said["warc_filename"]
        if warc is None:  # a row whose bytes were not fetched
            continue
        try:
            if warc not in files:
                raise WarcError(f"there is no WARC file {warc!r}")  # noqa: TRY301 - said as the other
            claims.add(files[warc], _claim(said, claimant, row))
        except WarcError as error:
            yield finding("row-wrong", name, str(error), row=row)


def _claim(said: Mapping[str, Any], claimant: int, row: int) -> bytes:
    return packed(
        claimant,
        row,
        said["warc_record_offset"],
        said["warc_record_length"],
        identity=said["warc_record_id"],
        digest=said.get("payload_digest"),
        url=said.get("url"),
        status=said.get("fetch_status"),
    )


def _latest(root: Path) -> str | None:
    try:
        said = json.loads((root / LATEST_JSON).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    named = said.get("snapshot") if isinstance(said, dict) else None
    return named if isinstance(named, str) and "/" not in named else None


def _one_file(path: Path, name: str, digest: str) -> Iterator[Finding]:
    if not path.is_file():
        yield finding("snapshot-file-missing", name, f"{CHECKSUMS} lists it, but it is not there")
    elif (found := sha256_of(path)) != digest:
        yield finding("checksum-wrong", name, f"its SHA-256 is {found}, {CHECKSUMS} says {digest}")


def _manifest(snapshot: Path, name: str, sums: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the manifest lists the table files that are there, with their sizes, digests and rows."""
    manifest = manifest_of(snapshot)
    place = f"{name}/{MANIFEST}"
    if manifest.get("snapshot") != snapshot.name:
        yield finding("manifest-wrong", place, f"it names snapshot {manifest.get('snapshot')!r}")
        return
    listed = {one["path"]: one for one in manifest["files"]}
    tables = {path for path in sums if path.endswith(".parquet") and path.split("/")[0] != SAMPLE}
    for path in sorted(tables ^ listed.keys()):
        yield finding("manifest-wrong", place, f"it and {CHECKSUMS} do not both list {path}")
    for path in sorted(tables & listed.keys()):
        yield from _listed(snapshot / path, path, place, sums[path], listed[path])
    for table, rows in manifest["rows"].items():
        counted = sum(one["rows"] for one in listed.values() if one["table"] == table)
        if counted != rows:
            problem = f"it says {rows:,} rows of {table}; its files have {counted:,}"
            yield finding("manifest-wrong", place, problem)


def _listed(
    path: Path, name: str, place: str, digest: str, said: Mapping[str, Any]
) -> Iterator[Finding]:
    if said["sha256"] != digest:
        yield finding("manifest-wrong", place, f"its SHA-256 of {name} is not that of {CHECKSUMS}")
    if not path.is_file():
        return
    if said["bytes"] != path.stat().st_size:
        problem = f"it says {name} has {said['bytes']:,} bytes; it has {path.stat().st_size:,}"
        yield finding("manifest-wrong", place, problem)
    try:
        rows = pq.read_metadata(path).num_rows
    except (OSError, pa.ArrowInvalid):
        return  # a broken table is named where its rows are read
    if said["rows"] != rows:
        yield finding(
            "manifest-wrong", place, f"it says {name} has {said['rows']:,} rows, not {rows:,}"
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
