"""Where the real saved pages are.

They are looked for in ``KREMLIN_PAGES`` and in ``../shared/pages`` beside the repository: a folder that holds
them unpacked (``en.kremlin.ru/…``) or as a ``*.tar.xz``, which is unpacked once to the temporary folder.
"""

from __future__ import annotations

import os
import tarfile
import tempfile
from pathlib import Path

HOST = "en.kremlin.ru"
NEWS = f"{HOST}/events/president/news"
BESIDE = Path(__file__).parents[2].parent / "shared" / "pages"
_NOT_NEEDED = ("/photos.html", "/videos.html", "/print.html")


def saved_folders() -> list[Path]:
    """Folders in which saved pages may be."""
    named = os.environ.get("KREMLIN_PAGES")
    folders = [Path(named)] if named else []
    return [folder for folder in [*folders, BESIDE] if folder.is_dir()]


def saved_site() -> Path | None:
    """The folder that holds ``en.kremlin.ru/…``; None where there are no saved pages."""
    for folder in saved_folders():
        if (folder / NEWS).is_dir():
            return folder
        for packed in sorted(folder.glob(f"{HOST}-*.tar.xz")):
            return _unpacked(packed)
    return None


def _unpacked(packed: Path) -> Path:
    """The archive's pages, unpacked aside and renamed into place, so that parallel runs agree."""
    state = packed.stat()
    name = f"kremlin-archive-pages-{state.st_size}-{int(state.st_mtime)}"
    folder = Path(tempfile.gettempdir()) / name
    if folder.is_dir():
        return folder
    aside = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=tempfile.gettempdir()))
    with tarfile.open(packed) as archive:
        wanted = (member for member in archive if not member.name.endswith(_NOT_NEEDED))
        archive.extractall(aside, members=wanted, filter="data")
    try:
        aside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    return folder
