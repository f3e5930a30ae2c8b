"""Where a snapshot lies: an archive's newest one, one of its older ones, or a folder by itself."""

from __future__ import annotations

import os
from pathlib import Path

from kremlin_archive.dataset.layout import LATEST, LATEST_JSON, SNAPSHOTS, latest_id
from kremlin_archive.dataset.opening.contents import ANEW, MANIFEST, Contents
from kremlin_archive.dataset.opening.snapshot import Snapshot
from kremlin_archive.dataset.opening.suggestions import nearest
from kremlin_archive.errors import SnapshotError, UsageError


def open_snapshot(place: str | os.PathLike[str], snapshot: str | None = None) -> Snapshot:
    """Open the newest snapshot of an archive, or the one called ``snapshot``.

    ``place`` is an archive's folder, its ``latest``, or the folder of one snapshot, wherever that was
    copied to. Raises UsageError when there is nothing of the kind, SnapshotError when the snapshot is
    damaged or of a schema version this version cannot read; both say what to do.
    """
    folder = _folder(Path(place), snapshot)
    return Snapshot(folder, Contents.read(folder))


def snapshots(place: str | os.PathLike[str]) -> list[str]:
    """Ids of an archive's snapshots, the oldest first."""
    folder = Path(place) / SNAPSHOTS
    if not folder.is_dir():
        return []
    return sorted((each.parent.name for each in folder.glob(f"*/{MANIFEST}")), key=_age)


def _age(name: str) -> tuple[str, int]:
    """Order of ids: ``-r2`` comes after the one without, ``-r10`` after ``-r9``."""
    instant, _, again = name.partition("-r")
    return instant, int(again) if again.isdecimal() else 1


def _folder(place: Path, snapshot: str | None) -> Path:
    if snapshot is not None:
        return _named(place, snapshot)
    if (place / MANIFEST).is_file():
        return place.resolve()
    root = place.parent if place.name in (LATEST, SNAPSHOTS) else place
    try:
        name = latest_id(root)
    except OSError:
        name = None
    if name is not None:
        return _named(root, name)
    if not place.exists():
        raise UsageError(
            f"{place}: there is no such folder; give an archive or one of its snapshots"
        )
    if (root / SNAPSHOTS).is_dir() or place.parent.name == SNAPSHOTS:
        raise SnapshotError(f"{place}: {_what_is_left(place, root)}")
    raise UsageError(
        f"{place}: no snapshot has been published here; `kremlin-archive extract --root {place}` "
        "publishes one from the WARC files"
    )


def _named(root: Path, name: str) -> Path:
    folder = root / SNAPSHOTS / name
    if "/" not in name and (folder / MANIFEST).is_file():
        return folder.resolve()
    known = snapshots(root)
    raise UsageError(f"{root}: there is no snapshot {name!r}; {nearest(name, known, 'it has')}")


def _what_is_left(place: Path, root: Path) -> str:
    if place.parent.name == SNAPSHOTS:
        return f"{MANIFEST} is missing; copy the snapshot again, or {ANEW}"
    known = snapshots(root)
    if not known:
        return "there is no snapshot; `kremlin-archive extract` publishes one"
    return f"{LATEST_JSON} does not name a snapshot; give one: {', '.join(known)}"
