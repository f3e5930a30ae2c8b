"""The working state for somebody who only looks, also at an archive that cannot be written."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kremlin_archive.archive.closed_warcs import WARCS
from kremlin_archive.archive.files_below import files_below
from kremlin_archive.archive.lock import is_held, lock_archive
from kremlin_archive.dataset.parts import PARTS
from kremlin_archive.errors import LockedError, SnapshotError, UsageError
from kremlin_archive.state.cache import FILE, State

_CANNOT_WRITE = (UsageError, OSError, SnapshotError, sqlite3.OperationalError)


@contextmanager
def looking(root: Path) -> Iterator[tuple[State, bool]]:
    """The state of an archive, and whether it is of now: not while a run holds the archive.

    It is brought up to date where it is, or in a temporary folder where nothing can be written. Raises
    UsageError where that cannot be done either, sqlite3.Error where a run has not made it yet.
    """
    with ExitStack() as kept:
        place, is_current = root, True
        try:
            _bring_up_to_date(root)
        except LockedError:
            is_current = False
        except _CANNOT_WRITE:
            if is_held(root):
                is_current = False
            else:
                place = _beside(root, kept)
        state = State(place, read_only=True)
        kept.callback(state.close)
        yield state, is_current


def _bring_up_to_date(root: Path) -> None:
    with lock_archive(root):
        state = State(root)
        try:
            state.sync()
        finally:
            state.close()


def _beside(root: Path, kept: ExitStack) -> Path:
    """A folder with all that the state is made from, and the state as it was, brought up to date there."""
    try:
        folder = Path(kept.enter_context(TemporaryDirectory(prefix="kremlin-archive-")))
        _lay_out(root, folder)
        _bring_up_to_date(folder)
    except (OSError, SnapshotError) as error:
        raise UsageError(
            f"{root}: it cannot be written, nor its state made elsewhere: {error}"
        ) from error
    return folder


def _lay_out(root: Path, folder: Path) -> None:
    """WARC files and parts are looked at where they are; parts that are stale can be made anew."""
    (folder / WARCS).symlink_to((root / WARCS).absolute())
    for name in files_below(root / PARTS, ".parquet"):
        link = folder / PARTS / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to((root / PARTS / name).absolute())
    for state in root.glob(f"{FILE}*"):  # with the journal of a run that was killed
        shutil.copyfile(state, folder / state.name)
