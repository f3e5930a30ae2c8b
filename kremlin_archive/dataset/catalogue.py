"""What all parts say, without the records themselves, put together in a few files: a cache of a cache.

::

    <root>/cache/light/000007-3f0c1a2b4d5e6f70.parquet    number, first 16 hex of the file's sha256

Every run leaves a part, some 9,000 a year; opening each at every publication would take minutes.
Here the rows of many parts stand one after the other, all columns but ``record_json``, and the
footer lists the parts: size and time of the part's file, its rows, its stamp. A part is opened only
when it is new, or for the records in it.

A file is used only if its bytes hash to its name and this code wrote it, an entry only while the
part's file is the one it was read from. All can be deleted: it is read again from the parts. New
parts make a new file, which takes in the files before it that have at most twice its rows: there
are few files, and each row is written again only a few times over the years. Written under the lock
of publishing.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kremlin_archive.dataset.checksums import sha256_of
from kremlin_archive.dataset.part_schema import PART_SCHEMA
from kremlin_archive.dataset.parts import PARTS, Part, PartStamp, fresh_part, is_of

CATALOGUE = "cache/light"
LIGHT_SCHEMA = pa.schema([field for field in PART_SCHEMA if field.name != "record_json"])

_ENTRIES = "kremlin_archive.parts"
_GROUP_ROWS = 5_000
_MERGED = 2
"""A file is merged into a new one that has at least a half of its rows."""
_NAME_HEX = 16
_NAME = re.compile(r"[0-9]{6}-[0-9a-f]{16}\.parquet")

Place = tuple[int, int]
"""A row: the part's place in the list of parts, and the row's in it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A part as a file of the catalogue holds it: ``key`` is its path below the parts' folder."""

    key: str
    bytes: int
    mtime_ns: int
    rows: int
    stamp: PartStamp


@dataclass(frozen=True, slots=True)
class _Segment:
    """One file of the catalogue."""

    path: Path
    listed: tuple[Listed, ...]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.listed)

    def read(self, runs: Sequence[tuple[int, int]], columns: Sequence[str]) -> list[pa.Table]:
        """Rows by runs (first row, number of rows), reading only the row groups they are in."""
        with pq.ParquetFile(self.path) as file:
            sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
            ends = list(accumulate(sizes))
            spans = [(bisect_right(ends, a), bisect_left(ends, a + count)) for a, count in runs]
            groups = sorted({group for a, b in spans for group in range(a, b + 1)})
            table = file.read_row_groups(groups, columns=list(columns)).select(list(columns))
        before = dict(zip(groups, accumulate((sizes[n] for n in groups), initial=0), strict=False))
        return [
            table.slice(before[group] + first - (ends[group] - sizes[group]), count)
            for (first, count), (group, _) in zip(runs, spans, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Held:
    """Where a part's rows are: the file, the first row in it."""

    segment: _Segment
    first: int
    listed: Listed


_Run = tuple[_Segment, int, int]
"""Rows that follow each other: their file, the first one, how many."""


class Light:
    """The rows of parts without their records, in the order of the parts."""

    def __init__(self, parts: Sequence[Part], held: Sequence[_Held]) -> None:
        self.parts = parts
        self._held = held
        self._starts = list(accumulate((one.listed.rows for one in held), initial=0))

    def read(self, columns: Sequence[str], parts: Iterable[int] | None = None) -> pa.Table:
        """Columns of all rows, or of those of the parts at these places (ascending)."""
        held = self._held if parts is None else [self._held[part] for part in parts]
        fields = [LIGHT_SCHEMA.field(name) for name in columns]
        empty = pa.schema(fields).empty_table()
        return pa.concat_tables([empty, *_read_runs(_runs(held), columns)]).combine_chunks()

    def numbered(self, columns: Sequence[str]) -> pa.Table:
        """Columns of all rows, and ``part`` and ``part_row``: their place."""
        counts = [one.listed.rows for one in self._held]
        numbers = [number for number, count in enumerate(counts) for _ in range(count)]
        rows = [row for count in counts for row in range(count)]
        table = self.read(columns).append_column("part", pa.array(numbers, pa.int32()))
        return table.append_column("part_row", pa.array(rows, pa.int32()))

    def take(self, places: Iterable[Place], columns: Sequence[str]) -> pa.Table:
        """Columns of the rows at these places, in the order given."""
        rows = [self._starts[part] + row for part, row in places]
        return self.read(columns).take(pa.array(rows, pa.int64()))


class Catalogue:
    """The parts of an archive as far as they were read before."""

    def __init__(self, root: Path, segments: Iterable[_Segment] = ()) -> None:
        self._root = root
        self._folder = f"{(root / PARTS).as_posix()}/"
        self._segments = list(segments)
        self._held = _index(self._segments)

    @classmethod
    def of(cls, root: Path) -> Catalogue:
        """Open what is sound of an archive's catalogue; damaged and foreign files count as not there."""
        paths = sorted((root / CATALOGUE).glob("*.parquet"))
        return cls(root, (segment for path in paths if (segment := _open(path)) is not None))

    def fresh_part(self, path: Path, warc: Path, name: str) -> Part | None:
        """The part at ``path`` if it was read from this WARC as it is now; opened only if it is new."""
        held = self._current(path)
        if held is None:
            return fresh_part(path, warc, name)
        part = Part(path, held.listed.stamp)
        return part if is_of(part, warc, name) else None

    def gather(self, parts: Sequence[Part]) -> Light:
        """Give the rows of exactly these parts; those not known yet are read, and kept for the next time.

        Raises OSError or ArrowInvalid when a part cannot be read or the catalogue not be written.
        """
        known = [self._current(part.path) for part in parts]
        new = [
            part
            for part, held in zip(parts, known, strict=True)
            if held is None or held.listed.stamp != part.stamp
        ]
        if new:
            self._take_in(new)
        return Light(parts, [self._held[self._key(part.path)] for part in parts])

    def _current(self, path: Path) -> _Held | None:
        held = self._held.get(self._key(path))
        if held is None:
            return None
        try:
            now = path.stat()
        except OSError:
            return None
        same = (held.listed.bytes, held.listed.mtime_ns) == (now.st_size, now.st_mtime_ns)
        return held if same else None

    def _key(self, path: Path) -> str:
        # Asked for each part several times: comparing texts is far cheaper than comparing paths.
        return path.as_posix().removeprefix(self._folder)

    def _take_in(self, parts: Sequence[Part]) -> None:
        """Write a file with these parts, and with the small files before it."""
        keys = {self._key(part.path) for part in parts}
        read = [_read(part, self._key(part.path)) for part in parts]
        merged = self._to_merge(sum(listed.rows for listed, _ in read))
        kept = [
            held
            for held in _index(merged).values()
            if held.listed.key not in keys and self._is_wanted(held)
        ]
        before = _read_runs(_runs(kept), LIGHT_SCHEMA.names)
        listed = [*(held.listed for held in kept), *(one for one, _ in read)]
        table = pa.concat_tables([*before, *(rows for _, rows in read)])
        others = [segment for segment in self._segments if segment not in merged]
        self._segments = [*others, _write(self._root / CATALOGUE, table, listed)]
        self._held = _index(self._segments)
        _keep_only(self._root / CATALOGUE, {segment.path for segment in self._segments})

    def _is_wanted(self, held: _Held) -> bool:
        key = held.listed.key
        return self._held[key].segment is held.segment and (self._root / PARTS / key).exists()

    def _to_merge(self, rows: int) -> list[_Segment]:
        merged: list[_Segment] = []
        for segment in reversed(self._segments):
            if segment.rows > _MERGED * rows:
                break
            merged.insert(0, segment)
            rows += segment.rows
        return merged


def _index(segments: Iterable[_Segment]) -> dict[str, _Held]:
    """Where each part is; of a part listed twice the newer file counts."""
    held: dict[str, _Held] = {}
    for segment in segments:
        first = 0
        for each in segment.listed:
            held[each.key] = _Held(segment, first, each)
            first += each.rows
    return held


def _runs(held: Iterable[_Held]) -> list[_Run]:
    """Put rows that follow each other in one file together, as the order of the parts allows."""
    runs: list[_Run] = []
    for one in held:
        segment, first, count = runs[-1] if runs else (None, 0, 0)
        if one.segment is segment and first + count == one.first:
            runs[-1] = (one.segment, first, count + one.listed.rows)
        elif one.listed.rows:
            runs.append((one.segment, one.first, one.listed.rows))
    return runs


def _read_runs(runs: Sequence[_Run], columns: Sequence[str]) -> list[pa.Table]:
    """Read runs in their order, each file once."""
    of_file: dict[Path, list[int]] = defaultdict(list)
    for number, (segment, _, _) in enumerate(runs):
        of_file[segment.path].append(number)
    read: dict[int, pa.Table] = {}
    for numbers in of_file.values():
        tables = runs[numbers[0]][0].read([runs[n][1:] for n in numbers], columns)
        read.update(zip(numbers, tables, strict=True))
    return [read[number] for number in range(len(runs))]


def _read(part: Part, key: str) -> tuple[Listed, pa.Table]:
    now = part.path.stat()
    rows = part.read(LIGHT_SCHEMA.names).select(LIGHT_SCHEMA.names).cast(LIGHT_SCHEMA)
    return Listed(key, now.st_size, now.st_mtime_ns, rows.num_rows, part.stamp), rows


def _open(path: Path) -> _Segment | None:
    try:
        if path.stem.partition("-")[2] != sha256_of(path)[:_NAME_HEX]:
            return None
        with pq.ParquetFile(path) as file:
            said = (file.metadata.metadata or {})[_ENTRIES.encode()]
            if not file.schema_arrow.equals(LIGHT_SCHEMA):
                return None
        listed = tuple(_listed(entry) for entry in json.loads(said))
    except (OSError, pa.ArrowInvalid, ValueError, KeyError, TypeError):
        return None  # no cache: the parts are read again
    return _Segment(path, listed) if all(each.stamp.is_current for each in listed) else None


def _listed(entry: dict[str, Any]) -> Listed:
    said = entry.pop("stamp")
    return Listed(**entry, stamp=PartStamp(**{**said, "faults": tuple(said["faults"])}))


def _write(folder: Path, table: pa.Table, listed: Sequence[Listed]) -> _Segment:
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(path.name[:6]) for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    entries = json.dumps([asdict(each) for each in listed], ensure_ascii=False)
    aside = folder / "new"
    with pq.ParquetWriter(aside, LIGHT_SCHEMA, compression="zstd", compression_level=1) as writer:
        writer.write_table(table, row_group_size=_GROUP_ROWS)
        writer.add_key_value_metadata({_ENTRIES: entries})
    name = f"{max(numbers, default=0) + 1:06}-{sha256_of(aside)[:_NAME_HEX]}.parquet"
    return _Segment(aside.replace(folder / name), tuple(listed))


def _keep_only(folder: Path, paths: set[Path]) -> None:
    for path in folder.glob("*.parquet"):
        if path not in paths:
            path.unlink()
