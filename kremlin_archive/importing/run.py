"""Import files into an archive: under its lock, each source whole, and then the tables anew."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kremlin_archive.archive.cdxj_index import update_index
from kremlin_archive.archive.closed_warcs import closed_warcs
from kremlin_archive.archive.lock import lock_archive
from kremlin_archive.archive.recovery import recover
from kremlin_archive.dataset.extract import (
    ExtractReport,
    drop_unfinished_parts,
    extract,
)
from kremlin_archive.dataset.publishing import lost_sources
from kremlin_archive.errors import WarcError
from kremlin_archive.importing.adopt import Adopted, Reader, adopt
from kremlin_archive.importing.sources import open_sources
from kremlin_archive.state import State

OnSource = Callable[[int, int, str], None]
"""Called with files done, all of them, and the name of the one just done."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the files named; ``refused`` are files of which nothing was taken, and why."""

    adopted: tuple[Adopted, ...]
    refused: tuple[str, ...]
    extracted: ExtractReport | None
    """The snapshot made afterwards; None when nothing was new, or files are lost."""
    lost: tuple[str, ...] = ()
    """WARC files that the latest snapshot was made from: it stands until they are back (`lost_sources`)."""

    @property
    def is_complete(self) -> bool:
        """Whether every file was taken in without a fault, and what is new was published."""
        return not (self.refused or self.lost) and not any(one.faults for one in self.adopted)


def import_files(
    root: Path, files: Sequence[Path], *, salvage: Reader | None = None, on_source: OnSource
) -> Imported:
    """Take files in, one after the other; a broken one is refused and named, the others go on.

    Raises UsageError for a name that is no importable file, LockedError while a crawl runs.
    """
    adopted: list[Adopted] = []
    refused: list[str] = []
    with lock_archive(root):
        recover(root)
        drop_unfinished_parts(root)
        for done, named in enumerate(files, 1):
            try:
                adopted += _import(root, named, salvage)
            except WarcError as fault:
                refused.append(str(fault))
            on_source(done, len(files), named.name)
        is_new = any(one.path for one in adopted)
        if is_new:
            update_index(root)
        lost = lost_sources(root, closed_warcs(root)) if is_new else []
        extracted = extract(root) if is_new and not lost else None
        return Imported(tuple(adopted), tuple(refused), extracted, tuple(lost))


def _import(root: Path, named: Path, salvage: Reader | None) -> list[Adopted]:
    """The sources of one file; each sees what the one before it brought."""
    adopted = []
    with (
        tempfile.TemporaryDirectory(dir=root) as scratch,
        open_sources(named, Path(scratch)) as found,
    ):
        for source in found:
            state = State(root)
            try:
                state.sync()
                adopted.append(adopt(root, source, state, salvage=salvage))
            finally:
                state.close()
    return adopted
