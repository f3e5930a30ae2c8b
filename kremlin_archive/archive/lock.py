"""One writer at a time: the archive's lock, held by crawls and imports. A dead holder's lock is free."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryFile

from filelock import FileLock, Timeout

from kremlin_archive.errors import LockedError, UsageError

LOCK = ".lock"


def lock_archive(root: Path) -> FileLock:
    """Take the lock of an archive, making its folder; release it by using it as a context manager.

    Raises LockedError when another process holds it, UsageError when the folder cannot be written.
    """
    lock = FileLock(root / LOCK)
    make_writable(root)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(
            f"{root}: another run holds the archive ({LOCK}); wait for it, or use another ARCHIVE_ROOT"
        ) from error
    except OSError as error:
        raise UsageError(
            f"ARCHIVE_ROOT={str(root)!r}: cannot be written: {error.strerror or error}"
        ) from error
    return lock


def is_held(root: Path) -> bool:
    """Whether a run holds an archive that cannot be written from here: a lock is free to be looked at."""
    if sys.platform == "win32":
        return False
    import fcntl  # noqa: PLC0415 - Unix has it alone

    try:
        with (root / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # there is none, or the file system has no locks: nobody can hold it
        return False
    return False


def make_writable(folder: Path) -> None:
    """Make a folder of an archive, and see that files can be made in it. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from error
