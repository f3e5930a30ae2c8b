"""Writing aside: files and folders get their names when they are whole.

Nothing is forced onto the disk: an export lost with the power is made again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from kremlin_archive.errors import SnapshotError, UsageError


@contextmanager
def aside(*outs: Path) -> Iterator[tuple[Path, ...]]:
    """Give a path beside each of ``outs`` to write a file or a folder at, then rename them all.

    A file that exists is replaced; a folder is not, since nobody knows what else is in it: UsageError.
    Whatever fails, nothing is left behind; who is killed leaves ``OUT.PID.new``. Raises SnapshotError
    when the disk refuses.
    """
    for out in outs:
        if not out.name:
            raise UsageError(f"{out}: it has no name to write a file or a folder under")
        if out.is_dir():
            raise UsageError(f"{out}: there is a folder of this name; it is not overwritten")
    places = tuple(out.with_name(f"{out.name}.{os.getpid()}.new") for out in outs)
    try:
        yield places
        for place, out in zip(places, outs, strict=True):
            place.replace(out)
    except OSError as error:
        raise SnapshotError(f"{outs[0]}: it cannot be written: {error}") from error
    finally:
        for place in places:
            _remove(place)


def _remove(place: Path) -> None:
    for left in place.parent.glob(f"{escape(place.name)}*"):  # DuckDB puts its log beside its file
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
