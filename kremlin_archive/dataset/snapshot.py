"""Publish a snapshot: built aside, made durable, and put in place by one rename.

::

    <root>/staging/                       while building; emptied before and after
    <root>/snapshots/2026-11-21T120000Z/  a published snapshot; never changed afterwards
        README.md LICENSE manifest.json SHA256SUMS schema.json … (see beside/)
        documents/documents-ru-2021.parquet   paragraphs/…   captures/captures-2026-11.parquet
    <root>/latest -> snapshots/…          the one published last; latest.json says the same
    <root>/removals.toml                  what must not be published (see removals.py), if any
    <root>/withdrawn.json                 ids that must not be used again (see withdrawals.py), if any
    <root>/keep.toml                      what must not be pruned (see retention.py), if any
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
import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pyarrow as pa
from filelock import FileLock, Timeout

from kremlin_archive.archive.durable import clear_place, replace_text, sync
from kremlin_archive.dataset.agreement import tag_agreement
from kremlin_archive.dataset.attribution import Resolver
from kremlin_archive.dataset.beside import write_drawn_files
from kremlin_archive.dataset.build import build_tables
from kremlin_archive.dataset.catalogue import Catalogue, Light
from kremlin_archive.dataset.checksums import damages, read_checksums, sha256_of
from kremlin_archive.dataset.draft import Draft
from kremlin_archive.dataset.gate import GateReport, pass_gate
from kremlin_archive.dataset.layout import LATEST, LATEST_JSON, SNAPSHOTS, latest_id
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
from kremlin_archive.dataset.withdrawals import of_instant, read_withdrawn
from kremlin_archive.errors import LockedError, SnapshotError

STAGING = "staging"
logger = logging.getLogger(__name__)


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
    in_order = sorted(parts, key=lambda part: part.stamp.warc)
    with publishing(root) as staging:
        lent = Shelf() if fresh else Shelf.of(root / SNAPSHOTS, root / SHELF)
        light = (Catalogue(root) if fresh else Catalogue.of(root)).gather(in_order)
        draft = make_draft(root, staging, light, lent, resolver)
        before = latest(root)
        gate = pass_gate(draft, before)
        share_unchanged(draft, before)
        target, is_new = settle(root, draft, snapshot_id(draft.plan.newest))
        lent.save(root / SHELF, target.name, draft.files)
        _point_latest(root, target.name)
        return Published(target, target.name, is_new, table_rows(draft), draft.plan.problems, gate)


def latest(root: Path) -> Path | None:
    """Folder of the snapshot published last, or None."""
    name = latest_id(root)  # damaged: the next publication writes it anew
    if name is None:
        return None
    folder = root / SNAPSHOTS / name
    return folder if folder.is_dir() else None


def pointed_at(root: Path) -> str | None:
    """Give the id that the link ``latest`` leads to, if there is one."""
    link = root / LATEST
    return link.readlink().name if link.is_symlink() else None


def mend_latest(root: Path) -> None:
    """Have ``latest`` lead where ``latest.json`` says. A copy that followed links has made it a folder.

    Raises SnapshotError when it cannot, LockedError when another process is publishing.
    """
    snapshot = latest(root)
    if snapshot is not None and pointed_at(root) != snapshot.name:
        logger.warning("%s does not lead to %s: mending it", root / LATEST, snapshot)
        with publishing(root):
            _point_latest(root, snapshot.name)


def make_draft(
    root: Path, staging: Path, light: Light, lent: Shelf, resolver: Resolver | None = None
) -> Draft:
    """Make the files of a snapshot of these rows, without those that name it."""
    planned = plan(light, read_removals(root))
    if planned is None:
        raise SnapshotError(f"{root}: there is no capture to publish")
    build_tables(planned, light, staging, lent, resolver)
    write_fixed_files(staging)
    files = describe_files(staging, lent.described)
    taken = frozenset(lent.described)
    return Draft(staging, planned, light.parts, files, taken, tag_agreement(staging))


def settle(root: Path, draft: Draft, base: str) -> tuple[Path, bool]:
    """Put a draft in place: under the first id that is free, or that already holds exactly this, undamaged.

    Ids that were withdrawn are never free.
    """
    staging, withdrawn = draft.folder, of_instant(read_withdrawn(root), base)
    named = replace(draft, withdrawn=withdrawn)
    # Where no table was taken over, nothing beside the tables is either.
    write_drawn_files(draft, root, latest(root) if draft.taken else None)
    (root / SNAPSHOTS).mkdir(exist_ok=True)
    for number in count(1):
        target = root / SNAPSHOTS / (base if number == 1 else f"{base}-r{number}")
        if target.name in withdrawn or (target.exists() and not _has_tables_of(target, draft)):
            continue  # ids of one instant can be many: where a clock was ahead, until that instant comes
        write_named_files(named, target.name)
        if not target.exists():
            _make_durable(staging)
            staging.rename(target)
            sync(target.parent)
            return target, True
        if _checksums(target) == read_checksums(staging) and not damages(target):
            return target, False
    raise AssertionError("count() does not end")


def _has_tables_of(target: Path, draft: Draft) -> bool:
    """Whether a published snapshot says that its tables are the draft's."""
    known = _checksums(target)
    return all(known.get(file["path"]) == file["sha256"] for file in draft.files)


def share_unchanged(draft: Draft, before: Path | None) -> None:
    """Replace files that another snapshot has too by hard links to them."""
    known = _checksums(before) if before is not None else {}
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


def _checksums(snapshot: Path) -> dict[str, str]:
    """Read what a published snapshot says of its files; nothing where that is damaged."""
    try:
        return read_checksums(snapshot)
    except ValueError:
        return {}


def _link(source: Path, target: Path) -> None:
    aside = target.with_name(f"{target.name}.link")
    aside.hardlink_to(source)
    aside.replace(target)


def _point_latest(root: Path, name: str) -> None:
    clear_place(root / LATEST)
    clear_place(root / LATEST_JSON)
    link = root / f"{LATEST}.new"
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(f"{SNAPSHOTS}/{name}", target_is_directory=True)
    except NotImplementedError:
        pass  # no symbolic links here: latest.json says it
    else:
        link.replace(root / LATEST)
    said = {"snapshot": name, "path": f"{SNAPSHOTS}/{name}"}
    replace_text(root / LATEST_JSON, json.dumps(said) + "\n")


@contextmanager
def publishing(root: Path) -> Iterator[Path]:
    """Hold the lock of publishing, with the empty folder that is renamed or deleted at the end.

    Raises LockedError when another process holds it; SnapshotError for what Arrow or the file system
    refuse inside.
    """
    folder = root / STAGING
    try:
        (root / "cache").mkdir(parents=True, exist_ok=True)
        with FileLock(root / "cache" / "publish.lock", timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout as error:
        raise LockedError(f"{root}: another process is publishing a snapshot here") from error
    except (OSError, pa.ArrowInvalid) as error:
        raise SnapshotError(f"{root}: the snapshot cannot be published: {error}") from error


def _make_durable(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
