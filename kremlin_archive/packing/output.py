"""Where a package is written: aside, beside its final name, and renamed when it is whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kremlin_archive.archive.durable import sync
from kremlin_archive.errors import PackError, UsageError

OnProgress = Callable[[int, int, str], None]
"""Called with WARC files done, all of them, and the name of the one just done."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A package in place: pages and captures in it, the snapshot it holds, WARC files newer than that."""

    path: Path
    bytes: int
    pages: int
    captures: int
    snapshot: str
    left_out: tuple[str, ...]


@contextmanager
def new_output(out: Path) -> Iterator[tuple[Path, Path]]:
    """Give a path to write a file or folder at, and a folder for temporary files; then name it ``out``.

    Whatever fails, nothing is left behind. Raises UsageError when ``out`` exists, PackError when the disk
    refuses.
    """
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out}: exists already; nothing is overwritten")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"{out.absolute().parent}: there is no such folder")
    aside = out.absolute().with_name(f"{out.name}.{os.getpid()}.open")
    try:
        with TemporaryDirectory(prefix=f"{out.name}.", dir=aside.parent) as folder:
            yield aside, Path(folder)
            _sync_all(aside)
            aside.rename(out.absolute())
            sync(aside.parent)
    except (OSError, sqlite3.OperationalError) as error:
        raise PackError(f"{out}: cannot be written: {error}") from error
    finally:
        if aside.is_dir():
            shutil.rmtree(aside)
        else:
            aside.unlink(missing_ok=True)


def _sync_all(path: Path) -> None:
    for each in (path, *path.rglob("*")):
        sync(each)
