"""Pack an archive as a BagIt 1.0 bag (RFC 8493) for deposit: the payload is an archive in its own layout.

::

    data/warc/YYYY/…  data/index/kremlin.cdxj  data/snapshots/ID/…  data/latest.json
    bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt

So ``--root BAG/data`` works with every offline command. Files are copied, not linked: a deposit must not
change with its source. Bagging-Date is left out, because the same archive gives the same bag.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kremlin_archive import __version__
from kremlin_archive.archive.cdxj_index import INDEX
from kremlin_archive.dataset.layout import LATEST_JSON, SNAPSHOTS
from kremlin_archive.dataset.manifest import read_checksums
from kremlin_archive.dataset.shards import SOURCE
from kremlin_archive.errors import SnapshotError
from kremlin_archive.packing.hashing import HashingFile, copy_checked
from kremlin_archive.packing.output import OnProgress, Packed, new_output
from kremlin_archive.packing.source import Source, open_source

_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_ESCAPES = str.maketrans({"%": "%25", "\n": "%0A", "\r": "%0D"})


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of the bag: its path in it, its bytes and sha256."""

    path: str
    bytes: int
    sha256: str


def pack_bag(root: Path, out: Path, *, on_progress: OnProgress = lambda *_: None) -> Packed:
    """Write the folder ``out``, which must not exist yet; it appears under its name when it is whole.

    Raises what ``pack_wacz`` raises, and SnapshotError when a file of the snapshot is not what its
    checksums say.
    """
    source = open_source(root)
    with new_output(out) as (aside, _):
        payload = sorted(_write_payload(source, aside, on_progress), key=lambda entry: entry.path)
        tags = [
            _write_text(aside, "bagit.txt", _DECLARATION),
            _write_text(aside, "bag-info.txt", _info(source, payload)),
            _write_text(aside, "manifest-sha256.txt", _manifest(payload)),
        ]
        _write_text(aside, "tagmanifest-sha256.txt", _manifest(tags))
    rows = source.manifest["rows"]
    size = sum(entry.bytes for entry in payload)
    return Packed(
        out, size, rows["documents"], rows["captures"], source.snapshot.name, source.left_out
    )


def _write_payload(source: Source, bag: Path, on_progress: OnProgress) -> Iterator[_Entry]:
    for count, warc in enumerate(source.warcs, 1):
        with _New(bag, f"data/warc/{warc.name}") as new:
            copy_checked(warc.path, warc.sha256, new.file)
        yield new.entry
        on_progress(count, len(source.warcs), warc.name)
    with _New(bag, f"data/{INDEX}") as new:
        for line in source.index_lines():
            new.file.write(line)
    yield new.entry
    yield from _write_snapshot(source, bag)


def _write_snapshot(source: Source, bag: Path) -> Iterator[_Entry]:
    place = f"{SNAPSHOTS}/{source.snapshot.name}"
    sums = read_checksums(source.snapshot)
    for path in sorted(p for p in source.snapshot.rglob("*") if p.is_file()):
        name = path.relative_to(source.snapshot).as_posix()
        with _New(bag, f"data/{place}/{name}") as new:
            new.file.copy(path)
        if new.entry.sha256 != sums.get(name, new.entry.sha256):
            raise SnapshotError(f"{path}: is not what the snapshot's checksums say")
        yield new.entry
    latest = json.dumps({"snapshot": source.snapshot.name, "path": place})
    yield _write_text(bag, f"data/{LATEST_JSON}", f"{latest}\n")


class _New:
    """A file of the bag while it is written; ``entry`` says afterwards what was."""

    def __init__(self, bag: Path, name: str) -> None:
        self._name = name
        path = bag / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._raw = path.open("xb")
        self.file = HashingFile(self._raw)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    @property
    def entry(self) -> _Entry:
        return _Entry(self._name, self.file.bytes, self.file.sha256)


def _write_text(bag: Path, name: str, text: str) -> _Entry:
    with _New(bag, name) as new:
        new.file.write(text.encode())
    return new.entry


def _manifest(entries: Iterable[_Entry]) -> str:
    return "".join(f"{entry.sha256}  {entry.path.translate(_ESCAPES)}\n" for entry in entries)


def _info(source: Source, payload: list[_Entry]) -> str:
    size = sum(entry.bytes for entry in payload)
    facts = {
        "External-Description": f"Event pages of {SOURCE}: WARC files, their index, tables",
        "External-Identifier": f"kremlin-archive {source.snapshot.name}",
        "Bag-Software-Agent": f"kremlin-archive/{__version__}",
        "Payload-Oxum": f"{size}.{len(payload)}",
        "Bag-Size": _in_words(size),
        "Newest-Capture": source.manifest["newest_capture"],
        "WARC-Files": str(len(source.warcs)),
        **{f"Rows-{table}": str(rows) for table, rows in source.manifest["rows"].items()},
    }
    return "".join(f"{label}: {value}\n" for label, value in facts.items())


def _in_words(size: int) -> str:
    step = min((len(str(size)) - 1) // 3, len(_UNITS) - 1)
    return f"{size / 1000**step:.1f} {_UNITS[step]}"
