"""Delete the snapshots that the rule of ``retention`` does not keep.

Under the lock of publishing, so never while a snapshot is made from them. A folder is first renamed
into ``<root>/staging/``, which is emptied by whoever takes the lock next: a snapshot is there whole
or not at all.
Table files shared with other snapshots are hard links; theirs stay.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kremlin_archive.archive.durable import sync
from kremlin_archive.dataset.layout import SNAPSHOTS
from kremlin_archive.dataset.retention import is_snapshot_id, kept, read_keep
from kremlin_archive.dataset.snapshot import latest, pointed_at, publishing
from kremlin_archive.errors import SnapshotError, UsageError


@dataclass(frozen=True, slots=True)
class Pruned:
    """``kept`` gives the reason of each snapshot that stays; ``foreign`` are names that are no ids."""

    kept: Mapping[str, str]
    deleted: tuple[str, ...]
    foreign: tuple[str, ...]


def prune(root: Path, now: datetime, *, is_rehearsal: bool = False) -> Pruned:
    """Delete what the rule does not keep; a rehearsal only says what that is.

    Raises LockedError when another process is publishing, UsageError when ``keep.toml`` cannot be
    understood, SnapshotError when a folder cannot be deleted or when snapshots are there but none
    is the latest: then nothing is deleted.
    """
    if not (root / SNAPSHOTS).is_dir():
        raise UsageError(f"{root}: there is no snapshot here")
    if is_rehearsal:
        return _chosen(root, now)
    with publishing(root) as staging:
        pruned = _chosen(root, now)
        for name in pruned.deleted:
            put_away(root, name, staging)
        return pruned


def put_away(root: Path, snapshot: str, staging: Path) -> None:
    """Take a snapshot away at once, then delete its files. Call it under the lock of publishing."""
    folder = root / SNAPSHOTS / snapshot
    try:
        aside = folder.rename(staging / snapshot)
        sync(folder.parent)
        shutil.rmtree(aside)
    except OSError as error:
        raise SnapshotError(f"{folder}: cannot be deleted: {error}") from error


def _chosen(root: Path, now: datetime) -> Pruned:
    folder = root / SNAPSHOTS
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    ids = [name for name in names if is_snapshot_id(name) and (folder / name).is_dir()]
    foreign = tuple(name for name in names if name not in ids)
    newest = latest(root)
    if ids and newest is None:
        raise SnapshotError(
            f"{root}: which snapshot is the latest cannot be told; nothing is pruned"
        )
    stays = kept(ids, newest.name if newest else None, read_keep(root), now)
    linked = pointed_at(root)
    if linked in ids:
        stays.setdefault(linked, "the latest, by its link")
    return Pruned(stays, tuple(name for name in ids if name not in stays), foreign)
