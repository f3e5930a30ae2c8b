"""The real saved pages: found, unpacked once, read once a session.

They are looked for in ``KREMLIN_PAGES`` and in ``../shared/pages`` beside the repository: a folder
that holds them unpacked (``en.kremlin.ru/…``) or as a ``*.tar.xz``, which is unpacked to the
temporary folder and kept there. Where there are none, the tests are skipped and say so.
"""

from __future__ import annotations

import os
import tarfile
import tempfile
from pathlib import Path

import pytest

from kremlin_archive.pages import parse_event
from kremlin_archive.records import EventPage

HOST = "en.kremlin.ru"
NEWS = f"{HOST}/events/president/news"
_NOT_NEEDED = ("/photos.html", "/videos.html", "/print.html")


@pytest.fixture(scope="session")
def saved_folders() -> list[Path]:
    """Folders in which saved pages may be."""
    beside = Path(__file__).parents[2].parent / "shared" / "pages"
    named = os.environ.get("KREMLIN_PAGES")
    folders = [folder for folder in ([Path(named)] if named else []) + [beside] if folder.is_dir()]
    if not folders:
        pytest.skip(f"no saved pages: KREMLIN_PAGES is not set and {beside} does not exist")
    return folders


@pytest.fixture(scope="session")
def news(saved_folders: list[Path]) -> Path:
    """The folder of the English news, laid out as URLs are."""
    for folder in saved_folders:
        if (folder / NEWS).is_dir():
            return folder / NEWS
        for packed in sorted(folder.glob(f"{HOST}-*.tar.xz")):
            return _unpacked(packed) / NEWS
    pytest.skip(f"no saved pages: neither {NEWS} nor {HOST}-*.tar.xz in {saved_folders}")


@pytest.fixture(scope="session")
def samples(saved_folders: list[Path]) -> Path:
    """The folder of sample pages, captures of 2017 among them."""
    for folder in saved_folders:
        if (folder / "samples").is_dir():
            return folder / "samples"
    pytest.skip(f"no samples folder in {saved_folders}")


@pytest.fixture(scope="session")
def events(news: Path) -> dict[int, EventPage]:
    """The record of every saved event page, by id."""
    pages = sorted(path for path in news.glob("*.html") if path.stem.isdecimal())
    return {int(path.stem): _read(path) for path in pages}


def _read(path: Path) -> EventPage:
    return parse_event(path.read_bytes(), f"http://{NEWS}/{path.stem}")


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
