"""The archive's index, ``<root>/index/kremlin.cdxj``: made by merging, never appended to.

::

    <root>/index/kremlin.cdxj       sorted by bytes; replaced by one rename
    <root>/index/staging/           while updating; emptied before and after
    <root>/cache/index.json         which files the index holds, so that only new ones are read
    <root>/cache/index.lock         held while updating

Closed WARC files never change, so an update reads the new ones and merges their lines with the index there
is. The list beside it counts only while the index has the size it names: a crash between the two renames,
a file that vanished or has another size, or another version of this module cost one reading of everything.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from kremlin_archive.archive.cdxj import read_entries
from kremlin_archive.archive.cdxj_splice import splice
from kremlin_archive.archive.closed_warcs import WARCS, closed_warcs
from kremlin_archive.archive.durable import sync
from kremlin_archive.archive.line_sort import LineSorter
from kremlin_archive.errors import LockedError, UsageError, WarcError

INDEX = "index/kremlin.cdxj"
INDEX_VERSION = 1
"""Raised when lines are made differently: older indexes are made anew."""

_LIST = "cache/index.json"
_STAGING = "index/staging"

OnProgress = Callable[[int, int, str], None]
"""Called with WARC files read, those to be read, and the name of the one just read."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A WARC file that the index holds; ``faults`` name records it could not take in."""

    bytes: int
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an update did. ``warcs`` by name below ``<root>/warc``; ``read`` files were read for it."""

    path: Path
    lines: int
    read: int
    warcs: dict[str, Indexed]

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be indexed, in the order of the files."""
        return tuple(fault for name in sorted(self.warcs) for fault in self.warcs[name].faults)


@dataclass(frozen=True, slots=True)
class _Holding:
    """The list beside the index: what the index of ``bytes`` length holds."""

    bytes: int
    lines: int
    warcs: dict[str, Indexed]
    version: int = INDEX_VERSION

    def as_json(self) -> str:
        warcs = {
            name: {"bytes": one.bytes, "faults": one.faults} for name, one in self.warcs.items()
        }
        numbers = {"bytes": self.bytes, "lines": self.lines, "version": self.version}
        return json.dumps({**numbers, "warcs": warcs}, ensure_ascii=False) + "\n"


_NOTHING = _Holding(0, 0, {})


def update_index(
    root: Path,
    *,
    fresh: bool = False,
    on_progress: OnProgress | None = None,
    closed: Mapping[str, int] | None = None,
) -> IndexReport:
    """Bring the index up to date with the closed WARC files of an archive; ``fresh`` reads them all.

    ``closed`` is what ``closed_warcs`` says of it, for who has asked already: there can be thousands.
    Raises LockedError when another process is at it, UsageError when two files have one name (an index
    names files without folders), OSError when the disk refuses; the index there is then stays.
    """
    warcs = distinct_warcs(root, closed)
    with _staging(root) as staging:
        held = _NOTHING if fresh else _holding(root)
        if any(name not in warcs or warcs[name] != one.bytes for name, one in held.warcs.items()):
            held = _NOTHING
        new = sorted(warcs.keys() - held.warcs.keys())
        if new or not (root / INDEX).exists():
            held = _take_in(root, staging, held, new, on_progress)
    return IndexReport(root / INDEX, held.lines, len(new), held.warcs)


def distinct_warcs(root: Path, closed: Mapping[str, int] | None = None) -> Mapping[str, int]:
    """The closed WARC files; raises UsageError where an index could not tell two of them apart."""
    found = closed_warcs(root) if closed is None else closed
    names = Counter(name.rpartition("/")[2] for name in found)
    twice = [name for name, n in names.items() if n > 1]
    if twice:
        raise UsageError(
            f"{root / WARCS}: {twice[0]} is there more than once; an index could not tell them apart"
        )
    return found


def _take_in(
    root: Path, staging: Path, held: _Holding, new: list[str], on_progress: OnProgress | None
) -> _Holding:
    sorter = LineSorter(staging)
    warcs = dict(held.warcs)
    for count, name in enumerate(new, 1):
        warcs[name] = _read(root / "warc" / name, sorter)
        if on_progress is not None:
            on_progress(count, len(new), name)
    aside = staging / "kremlin.cdxj"
    with aside.open("wb") as file:
        added = splice(root / INDEX if held.warcs else None, sorter.sorted(), file)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    (root / _LIST).unlink(missing_ok=True)
    _put_in_place(aside, root / INDEX)
    now = _Holding(size, held.lines + added, warcs)
    aside.write_text(now.as_json(), "utf-8")
    _put_in_place(aside, root / _LIST)
    return now


def _read(warc: Path, sorter: LineSorter) -> Indexed:
    faults: list[WarcError] = []
    for entry in read_entries(warc, faults.append):
        sorter.add(entry.line)
    named = tuple(str(fault).replace(str(warc), warc.name) for fault in faults)
    return Indexed(warc.stat().st_size, named)


def _put_in_place(aside: Path, final: Path) -> None:
    aside.replace(final)
    sync(final.parent)


def _holding(root: Path) -> _Holding:
    """What the index holds, or nothing when that is not certain."""
    try:
        size = (root / INDEX).stat().st_size
        values: dict[str, Any] = json.loads((root / _LIST).read_text("utf-8"))
        warcs = {
            name: Indexed(one["bytes"], tuple(one["faults"]))
            for name, one in values.pop("warcs").items()
        }
        held = _Holding(warcs=warcs, **values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _NOTHING  # missing, or not written by us: the files say it all
    return held if (held.bytes, held.version) == (size, INDEX_VERSION) else _NOTHING


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    folder = root / _STAGING
    (root / "cache").mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(root / "cache" / "index.lock", timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout as error:
        raise LockedError(f"{root}: another process is indexing here") from error
