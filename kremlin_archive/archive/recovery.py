"""Make whole what a crash left: files still called ``.open`` are cut at their last whole record and closed.

An exchange is written with one call before it is acknowledged, so what a kill can leave behind the last whole
record belongs to an exchange that nobody was told about.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kremlin_archive.archive.durable import sync
from kremlin_archive.archive.reader import read_records
from kremlin_archive.archive.writer import OPEN_SUFFIX
from kremlin_archive.errors import WarcError


@dataclass(frozen=True, slots=True)
class Recovered:
    """A file made whole: its final path (None: it held no record and is gone), and bytes cut off its end."""

    path: Path | None
    was: Path
    records: int
    cut_bytes: int


def recover(root: Path) -> list[Recovered]:
    """Close every file that a dead run left open below ``root``/warc. Call it only under the archive's lock.

    Doing it twice does no harm; being killed while doing it neither.
    """
    return [_close(path) for path in sorted((root / "warc").rglob(f"*{OPEN_SUFFIX}"))]


def describe(one: Recovered) -> str:
    """What was done with a file, in words."""
    if one.path is None:
        return f"{one.was}: left by a run that was killed; it held no whole record and was removed"
    return f"{one.path}: left by a run that was killed; closed with {one.records} records" + (
        f", {one.cut_bytes} bytes behind the last whole one cut off" if one.cut_bytes else ""
    )


def whole_records(path: Path) -> tuple[int, int]:
    """How many whole records a file begins with, and where the last of them ends (a byte offset)."""
    count = end = 0
    try:
        for record in read_records(path):
            count += 1
            end = record.offset + record.length
    except WarcError:
        pass  # what stands behind ``end`` is what this is about
    return count, end


def _close(path: Path) -> Recovered:
    count, end = whole_records(path)
    cut = path.stat().st_size - end
    if count == 0:
        path.unlink()
        return Recovered(None, path, 0, cut)
    with path.open("r+b") as file:
        file.truncate(end)
        os.fsync(file.fileno())
    final = path.with_name(path.name.removesuffix(OPEN_SUFFIX))
    path.rename(final)
    sync(final.parent)
    return Recovered(final, path, count, cut)
