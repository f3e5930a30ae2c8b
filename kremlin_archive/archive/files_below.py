"""All files of a kind below a folder, with their sizes: one pass, cheap for tens of thousands."""

from __future__ import annotations

import os
from pathlib import Path


def files_below(folder: Path, suffix: str) -> dict[str, int]:
    """Size in bytes of each file whose name ends so, by its path below ``folder``, in order of the paths.

    Parts of paths are joined by ``/`` on every system. Nothing where there is no such folder.
    """
    if not folder.is_dir():
        return {}
    found: dict[str, int] = {}
    _look(str(folder), "", suffix, found)
    return dict(sorted(found.items()))


def _look(folder: str, prefix: str, suffix: str, found: dict[str, int]) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if entry.is_dir(follow_symlinks=False):
                _look(entry.path, f"{prefix}{name}/", suffix, found)
            elif name.endswith(suffix):
                try:
                    found[prefix + name] = entry.stat().st_size
                except FileNotFoundError:
                    continue  # a link to a disk that is away
