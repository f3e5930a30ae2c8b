"""What must survive a power loss: a file's bytes, or the names in a folder; texts that are replaced whole."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file's content, or the renames inside a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
