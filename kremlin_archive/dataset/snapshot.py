"""Publish a snapshot: built aside, made durable, and put in place by one rename.

::

    <root>/staging/                       while building; emptied before and after
    <root>/snapshots/2026-11-21T120000Z/  a published snapshot; never changed afterwards
        README.md LICENSE manifest.json SHA256SUMS schema.json
        documents/documents-ru-2021.parquet   paragraphs/…   captures/captures-2026-11.parquet
    <root>/latest -> snapshots/…          the one published last; latest.json says the same
    <root>/removals.toml                  what must not be published (see removals.py), if any
    <root>/cache/publish.lock             held while publishing
    <root>/cache/shards.json              from what the files published last were made

The id is the instant of the newest capture, so the same archive has the same snapshot, byte for
byte. If that id is taken by other content (the parser changed), ``-r2``, ``-r3`` … are tried. Files
equal to those of the snapshot published before are hard links to them; those whose inputs are the
same are not even made again. What does not pass the release gate (``gate.py``) is not published.
Whatever fails, nothing is half published.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pyarrow as pa
from filelock import FileLock, Timeout

from kremlin_archive.archive.durable import sync
from kremlin_archive.dataset.agreement import tag_agreement
from kremlin_archive.dataset.attribution import Resolver
from kremlin_archive.dataset.build import build_tables
from kremlin_archive.dataset.checksums import read_checksums, sha256_of
from kremlin_archive.dataset.draft import Draft
from kremlin_archive.dataset.gate import GateReport, pass_gate
from kremlin_archive.dataset.manifest import (
    describe_files,
    table_rows,
    write_fixed_files,
    write_named_files,
)
from kremlin_archive.dataset.parts import Part
from kremlin_archive.dataset.plan import Problem, plan, snapshot_id
from kremlin_archive.dataset.removals import read_removals
from kremlin_archive.dataset.shelf import CACHE as SHELF
from kremlin_archive.dataset.shelf import Shelf
from kremlin_archive.errors import LockedError, SnapshotError

SNAPSHOTS = "snapshots"
STAGING = "staging"
LATEST = "latest"
LATEST_JSON = "latest.json"


@dataclass(frozen=True, slots=True)
class Published:
    """A snapshot in place. ``is_new`` is false when the very same one was there already."""

    path: Path
    snapshot: str
    is_new: bool
    rows: Mapping[str, int]
    problems: tuple[Problem, ...]
    gate: GateReport


def publish(
    root: Path,
    parts: Sequence[Part],
    *,
    resolver: Resolver | None = None,
    fresh: bool = False,
) -> Published:
    """Build and publish the snapshot of these parts, in whatever order they are given.

    ``resolver`` links speakers to persons (without one, by the names on all pages); ``fresh`` makes
    every file anew. Raises SnapshotError when there is no capture at all, when files cannot be read
    or written, or when the release gate finds a fault; LockedError when another process is
    publishing here.
    """
    try:
        with _staging(root) as staging:
            in_order = sorted(parts, key=lambda part: part.stamp.warc)
            return _publish(root, staging, in_order, resolver, fresh=fresh)
    except (OSError, pa.ArrowInvalid) as error:
        raise SnapshotError(f"{root}: the snapshot cannot be published: {error}") from error


def latest(root: Path) -> Path | None:
    """Folder of the snapshot published last, or None."""
    path = root / LATEST_JSON
    if not path.is_file():
        return None
    try:
        name = str(json.loads(path.read_text(encoding="utf-8"))["snapshot"])
    except (ValueError, KeyError, TypeError):  # damaged: the next publication writes it anew
        return None
    folder = root / SNAPSHOTS / name
    return folder if folder.is_dir() else None


def _publish(
    root: Path, staging: Path, parts: Sequence[Part], resolver: Resolver | None, *, fresh: bool
) -> Published:
    planned = plan(parts, read_removals(root)) if parts else None
    if planned is None:
        raise SnapshotError(f"{root}: there is no capture to publish")
    cache = root / SHELF
    lent = Shelf() if fresh else Shelf.of(root / SNAPSHOTS, cache)
    build_tables(planned, parts, staging, lent, resolver)
    write_fixed_files(staging)
    files = describe_files(staging, lent.described)
    taken = frozenset(lent.described)
    draft = Draft(staging, planned, parts, files, taken, tag_agreement(staging))
    before = latest(root)
    gate = pass_gate(draft, before)
    _share_unchanged(draft, before)
    target, is_new = _settle(root, draft)
    lent.save(cache, target.name, files)
    _point_latest(root, target.name)
    return Published(target, target.name, is_new, table_rows(draft), planned.problems, gate)


def _settle(root: Path, draft: Draft) -> tuple[Path, bool]:
    """Find the id: the first one that is free, or that already holds exactly this."""
    base, staging = snapshot_id(draft.plan.newest), draft.folder
    (root / SNAPSHOTS).mkdir(exist_ok=True)
    for number in count(1):
        target = root / SNAPSHOTS / (base if number == 1 else f"{base}-r{number}")
        write_named_files(draft, target.name)
        if not target.exists():
            _make_durable(staging)
            staging.rename(target)
            sync(target.parent)
            return target, True
        if read_checksums(target) == read_checksums(staging):
            return target, False
    raise AssertionError("count() does not end")


def _share_unchanged(draft: Draft, before: Path | None) -> None:
    """Replace files that the snapshot before has too by hard links to them."""
    known = read_checksums(before) if before is not None else {}
    for file in draft.files:
        path, digest = file["path"], file["sha256"]
        if before is None or known.get(path) != digest or path in draft.taken:
            continue
        try:
            if sha256_of(before / path) == digest:  # what was damaged since is not passed on
                _link(before / path, draft.folder / path)
        except OSError:
            # A file system without hard links, or a file somebody removed: our own copy stays.
            continue


def _link(source: Path, target: Path) -> None:
    aside = target.with_name(f"{target.name}.link")
    aside.hardlink_to(source)
    aside.replace(target)


def _point_latest(root: Path, name: str) -> None:
    link = root / f"{LATEST}.new"
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(f"{SNAPSHOTS}/{name}", target_is_directory=True)
    except NotImplementedError:
        pass  # no symbolic links here: latest.json says it
    else:
        link.replace(root / LATEST)
    aside = root / f"{LATEST_JSON}.new"
    aside.write_text(json.dumps({"snapshot": name, "path": f"{SNAPSHOTS}/{name}"}) + "\n")
    sync(aside)
    aside.replace(root / LATEST_JSON)
    sync(root)


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    folder = root / STAGING
    (root / "cache").mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(root / "cache" / "publish.lock", timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout as error:
        raise LockedError(f"{root}: another process is publishing a snapshot here") from error


def _make_durable(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
