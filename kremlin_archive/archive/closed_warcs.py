"""The WARC files of an archive that are closed: they never change again."""

from __future__ import annotations

from pathlib import Path

from kremlin_archive.archive.files_below import files_below

WARCS = "warc"


def closed_warcs(root: Path) -> dict[str, int]:
    """Size in bytes of each closed WARC file, by its name below ``<root>/warc``; there may be none yet."""
    return files_below(root / WARCS, ".warc.gz")
