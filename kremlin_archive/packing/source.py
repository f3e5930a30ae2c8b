"""What is packed: the latest snapshot of an archive and the WARC files that its manifest names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kremlin_archive.archive.cdxj import parse_line
from kremlin_archive.archive.cdxj_index import INDEX, distinct_warcs, update_index
from kremlin_archive.dataset.manifest import MANIFEST
from kremlin_archive.dataset.snapshot import latest
from kremlin_archive.errors import UsageError, WarcError

_BATCH = 200
"""Rows read at once: of documents, some 1 MB of text."""


@dataclass(frozen=True, slots=True)
class SourceWarc:
    """A WARC file: where it lies, its name below ``<root>/warc``, and what the snapshot knows of it."""

    path: Path
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """The snapshot to be packed. ``left_out`` are closed WARC files that it was not read from."""

    root: Path
    snapshot: Path
    manifest: dict[str, Any]
    warcs: tuple[SourceWarc, ...]
    left_out: tuple[str, ...]

    @property
    def moment(self) -> datetime:
        """Instant of the newest capture: the age of what is packed."""
        return datetime.fromisoformat(self.manifest["newest_capture"])

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Rows of one of the snapshot's tables, file by file in the order of their names."""
        for path in sorted((self.snapshot / table).glob("*.parquet")):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(_BATCH, columns=list(columns), use_threads=False):
                    yield from batch.to_pylist()

    def index_lines(self) -> Iterator[bytes]:
        """Lines of the index that belong to the files packed; brings the index up to date first."""
        held = update_index(self.root).warcs
        wanted = {warc.name for warc in self.warcs}
        names = {warc.path.name for warc in self.warcs}
        with (self.root / INDEX).open("rb") as lines:
            for line in lines:
                if held.keys() == wanted or parse_line(line).fields["filename"] in names:
                    yield line


def open_source(root: Path) -> Source:
    """Look up the latest snapshot and its files.

    Raises UsageError when there is none, and WarcError when one of its files is gone or has another size.
    """
    snapshot = latest(root)
    if snapshot is None:
        raise UsageError(f"{root}: there is no snapshot to pack; make one: kremlin-archive extract")
    manifest = json.loads((snapshot / MANIFEST).read_text("utf-8"))
    closed = distinct_warcs(root)
    warcs = tuple(_warc(root, snapshot, entry, closed) for entry in manifest["warcs"])
    left_out = tuple(sorted(closed.keys() - {warc.name for warc in warcs}))
    return Source(root, snapshot, manifest, warcs, left_out)


def _warc(
    root: Path, snapshot: Path, entry: dict[str, Any], closed: Mapping[str, int]
) -> SourceWarc:
    name = entry["name"]
    if name not in closed:
        raise WarcError(
            f"{root / 'warc' / name}: is not there, but snapshot {snapshot.name} names it"
        )
    if closed[name] != entry["bytes"]:
        raise WarcError(
            f"{root / 'warc' / name}: has {closed[name]:,} bytes; snapshot {snapshot.name} was made "
            f"from {entry['bytes']:,}"
        )
    return SourceWarc(root / "warc" / name, name, entry["bytes"], entry["sha256"])
