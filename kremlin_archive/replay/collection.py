"""What pywb is pointed at: a collection of WARC files and their index, where they lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kremlin_archive.archive.cdxj import REVISIT, IndexEntry, parse_line
from kremlin_archive.archive.cdxj_index import INDEX, distinct_warcs, update_index
from kremlin_archive.archive.line_sort import LineSorter
from kremlin_archive.errors import ReplayError
from kremlin_archive.replay.wacz_index import entries_of
from kremlin_archive.urls import event_address

NAME = "kremlin"
"""Name of the collection, the first part of every address."""

_NOT_MODIFIED = f'"mime": "{REVISIT}", "status": "304"'.encode()
_WORTH_A_LOOK = 100_000
"""Lines of the index that are searched for an example."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder with pywb's configuration in it, and an example to open (``TIMESTAMP/URL``, if any)."""

    folder: Path
    example: str | None


def archive_collection(root: Path, folder: Path) -> Collection:
    """Configure pywb in ``folder`` for an archive, whose index is brought up to date first.

    Raises ReplayError when the archive has no closed WARC file.
    """
    root = root.absolute()
    names = distinct_warcs(root)
    if not names:
        raise ReplayError(f"{root / 'warc'}: there are no WARC files (*.warc.gz) to replay")
    update_index(root)
    index = _shown(root / INDEX, folder / "index.cdxj")
    return _configure(folder, index, [root / "warc" / name for name in names])


def wacz_collection(wacz: Path, folder: Path) -> Collection:
    """Configure pywb in ``folder`` for a WACZ; its index is written there. Raises ReplayError."""
    if not wacz.is_file():
        raise ReplayError(f"{wacz}: there is no such file")
    wacz = wacz.absolute()
    sorter = LineSorter(folder)
    for entry in entries_of(wacz):
        if not (entry.fields.get("mime") == REVISIT and entry.fields.get("status") == "304"):
            sorter.add(entry.line)
    index = folder / "index.cdxj"
    with index.open("wb") as file:
        file.writelines(sorter.sorted())
    return _configure(folder, index, [wacz])


def _shown(index: Path, without: Path) -> Path:
    """The index, or a copy ``without`` the answers «not modified», if it has any.

    pywb (2.10) replays such an answer as it is, an empty page; without its line it shows the capture that
    the answer speaks of.
    """
    with index.open("rb") as lines:
        if not any(_NOT_MODIFIED in line for line in lines):
            return index
        lines.seek(0)
        with without.open("wb") as kept:
            kept.writelines(line for line in lines if _NOT_MODIFIED not in line)
    return without


def _configure(folder: Path, index: Path, files: list[Path]) -> Collection:
    # pywb looks a file's name up by binary search in a list «NAME TAB PATH».
    paths = folder / "paths.txt"
    lines = sorted(f"{path.name}\t{path}\n".encode() for path in files)
    paths.write_bytes(b"".join(lines))
    collection = {"index_paths": str(index), "archive_paths": str(paths)}
    config = {"collections": {NAME: collection}, "enable_auto_colls": False}
    # JSON is YAML.
    (folder / "config.yaml").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    return Collection(folder, _example(index))


def _example(index: Path) -> str | None:
    """The first event page in the index that was answered with a page."""
    for count, entry in enumerate(_entries(index)):
        address = event_address(entry.fields.get("url", ""))
        shows = (entry.fields.get("status"), entry.fields.get("mime")) == ("200", "text/html")
        if shows and address is not None and address.view == "page":
            return f"{entry.timestamp}/{entry.fields['url']}"
        if count >= _WORTH_A_LOOK:
            return None
    return None


def _entries(index: Path) -> Iterator[IndexEntry]:
    with index.open("rb") as file:
        for line in file:
            yield parse_line(line)
