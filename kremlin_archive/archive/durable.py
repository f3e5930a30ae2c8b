"""What must survive a power loss: a file's bytes, or the names in a folder; texts that are replaced whole."""

from __future__ import annotations

import contextlib
import logging
import os
from itertools import count
from pathlib import Path

logger = logging.getLogger(__name__)


def sync(path: Path) -> None:
    """Wait until a file's content, or the renames inside a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear_place(path: Path) -> None:
    """Give a folder in the place of a file or link of ours another name: it is not ours to delete."""
    if path.is_dir() and not path.is_symlink():
        names = (path.with_name(f"{path.name}.aside-{number}") for number in count(1))
        aside = path.rename(next(name for name in names if not name.exists()))
        logger.warning("%s was a folder and stood in the way: it is called %s now", path, aside)


def replace_text(path: Path, text: str, *, durably: bool = True) -> None:
    """Put a text in place of what a file holds, by one rename: a reader sees the old one or the new.

    Caches need not be there after a power loss: ``durably=False`` does not wait for the disk. Raises OSError;
    then the old text stands.
    """
    aside = path.with_name(f"{path.name}.new")
    try:
        aside.write_text(text, "utf-8")
        if durably:
            sync(aside)
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    if durably:
        sync(path.parent)
