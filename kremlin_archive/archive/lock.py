"""One writer at a time: the archive's lock, held by crawls and imports. A dead holder's lock is free."""

from __future__ import annotations

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


def make_writable(folder: Path) -> None:
    """Make a folder of an archive, and see that files can be made in it. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from error
