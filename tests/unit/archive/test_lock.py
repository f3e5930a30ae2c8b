"""The archive's lock, as those that start at the same moment meet it."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from kremlin_archive.archive.lock import lock_archive
from kremlin_archive.errors import ArchiveError, LockedError, UsageError

TRIES = 300


def knock(root: Path) -> Counter[str]:
    """Try to take the lock again and again."""
    met: Counter[str] = Counter()
    for _ in range(TRIES):
        try:
            lock_archive(root).release()
        except ArchiveError as error:
            met[type(error).__name__] += 1
    return met


def test_who_comes_too_late_is_locked_out_and_nothing_else(tmp_path: Path) -> None:
    with (
        ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as others,
        lock_archive(tmp_path),
    ):
        met = sum(others.map(knock, [tmp_path] * 4), Counter[str]())
    assert met == {"LockedError": 4 * TRIES}
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_dead_holders_lock_is_free(tmp_path: Path) -> None:
    lock_archive(tmp_path).release()
    with lock_archive(tmp_path), pytest.raises(LockedError, match="another run holds the archive"):
        lock_archive(tmp_path)
    lock_archive(tmp_path).release()


def test_what_is_no_folder_cannot_be_locked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        lock_archive(tmp_path / "file" / "archive")
