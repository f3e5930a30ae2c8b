"""The release gate: what must hold before a snapshot is published.

* every file has exactly its table's schema, every key is found once;
* what rows refer to is there: documents, revisions, captures, tags, persons, the other edition;
* the paragraphs put together are the text, the speech of a turn is the turn's;
* every pointer lies within its WARC file (`verify` reads the bytes themselves);
* no document and no capture of the snapshot before is lost unless what held it is no longer read.

Files taken over from a snapshot before are not opened row by row again: they passed, and their
bytes still have their checksum. A fault stops the publication; a warning is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kremlin_archive.dataset.agreement import agreement_warnings
from kremlin_archive.dataset.alignment import ALIGNMENTS
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.checks import Check, some
from kremlin_archive.dataset.chosen import POINTER
from kremlin_archive.dataset.columns import Table
from kremlin_archive.dataset.draft import Draft
from kremlin_archive.dataset.losses import check_losses
from kremlin_archive.dataset.parquet import read_columns, read_table
from kremlin_archive.dataset.rejoining import rejoin_faults
from kremlin_archive.dataset.speakers import PERSONS
from kremlin_archive.dataset.tables.captures import CAPTURES
from kremlin_archive.dataset.tables.documents import DOCUMENTS
from kremlin_archive.dataset.tables.editions import EDITIONS
from kremlin_archive.dataset.tables.links import LINKS
from kremlin_archive.dataset.tables.media import MEDIA
from kremlin_archive.dataset.tables.paragraphs import PARAGRAPHS
from kremlin_archive.dataset.tables.revisions import REVISIONS
from kremlin_archive.dataset.tables.tags import DOCUMENT_TAGS, TAGS
from kremlin_archive.dataset.tables.turns import TURNS
from kremlin_archive.errors import SnapshotError


@dataclass(frozen=True, slots=True)
class Reference:
    """Values of a column that must be found in another table's column; null refers to nothing."""

    table: Table
    column: str
    target: Table
    target_column: str


REFERENCES = (
    *(
        Reference(table, "doc_id", DOCUMENTS, "doc_id")
        for table in (TURNS, PARAGRAPHS, REVISIONS, DOCUMENT_TAGS, MEDIA, LINKS)
    ),
    *(
        Reference(table, "revision_id", REVISIONS, "revision_id")
        for table in (DOCUMENTS, TURNS, PARAGRAPHS, MEDIA, LINKS, CAPTURES)
    ),
    Reference(DOCUMENTS, "pair_doc_id", DOCUMENTS, "doc_id"),
    Reference(DOCUMENTS, "capture_id", CAPTURES, "capture_id"),
    Reference(REVISIONS, "capture_id", CAPTURES, "capture_id"),
    Reference(DOCUMENT_TAGS, "tag_id", TAGS, "tag_id"),
    Reference(TURNS, "person_id", PERSONS, "person_id"),
    Reference(ALIGNMENTS, "event_id", EDITIONS, "event_id"),
    Reference(ALIGNMENTS, "en_revision_id", REVISIONS, "revision_id"),
    Reference(ALIGNMENTS, "ru_revision_id", REVISIONS, "revision_id"),
    Reference(EDITIONS, "en_doc_id", DOCUMENTS, "doc_id"),
    Reference(EDITIONS, "ru_doc_id", DOCUMENTS, "doc_id"),
)


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found; warnings do not stop a publication."""

    checks: tuple[Check, ...]
    warnings: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """All faults, each beginning with the rule it breaks."""
        return tuple(f"{check.name}: {fault}" for check in self.checks for fault in check.faults)

    def __str__(self) -> str:
        return f"passed: files checked {self.checks[0].looked_at:,}"


def pass_gate(draft: Draft, before: Path | None) -> GateReport:
    """Check a snapshot, against the one published before too.

    Raises SnapshotError that lists every fault.
    """
    losses, explained = check_losses(draft, before)
    warnings = (*agreement_warnings(draft.agreements), *explained)
    report = GateReport((*_checks(draft), losses), warnings)
    if report.faults:
        listed = "\n  ".join(report.faults)
        raise SnapshotError(f"the release gate stopped the snapshot:\n  {listed}")
    return report


def _checks(draft: Draft) -> Iterator[Check]:
    folder, made = draft.folder, draft.made
    yield Check("schema", len(made), tuple(_schemas(folder, made)))
    yield Check("keys", len(made), tuple(_keys(folder, made)))
    yield Check("references", len(made), tuple(_references(draft)))
    yield Check("text", len(made), tuple(rejoin_faults(folder, made)))
    yield Check("pointers", len(made), tuple(_pointers(draft)))


def table_of(path: str) -> Table:
    """Give the table a file belongs to, by its path in the snapshot."""
    name = path.partition("/")[0]
    return next(table for table in TABLES if table.name == name)


def _schemas(folder: Path, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if not pq.read_schema(folder / path).equals(table_of(path).schema()):
            yield f"{path}: its schema is not the table's"


def _keys(folder: Path, made: Sequence[str]) -> Iterator[str]:
    """Look for keys found twice within a new file, and for what is found in two files."""
    for path in made:
        table = table_of(path)
        if table.key:
            yield from _twice(read_columns(folder / path, table.key), table.key, path)
    for table in (DOCUMENTS, CAPTURES):
        if _has_new(table, made):
            yield from _twice(read_table(folder, table, table.key), table.key, table.name)


def _twice(rows: pa.Table, key: Sequence[str], place: str) -> Iterator[str]:
    counted = rows.group_by(list(key)).aggregate([([], "count_all")])
    if counted.num_rows == rows.num_rows:
        return
    repeated = counted.filter(pc.greater(counted["count_all"], pa.scalar(1)))
    values = [" ".join(map(str, row.values())) for row in repeated.select(list(key)).to_pylist()]
    yield f"{place}: {some(values)} more than once"


def _references(draft: Draft) -> Iterator[str]:
    """Look for what new files refer to, and for what all files refer to in tables with new files."""
    made = draft.made
    for each in REFERENCES:
        if not _has_new(each.target, made) and not _has_new(each.table, made):
            continue
        values = _values(draft.folder, each.table, each.column)
        targets = _values(draft.folder, each.target, each.target_column)
        lost = values.filter(pc.invert(pc.is_in(values, targets)))
        if len(lost):
            names = sorted(map(str, lost.to_pylist()))
            place = f"{each.target.name}.{each.target_column}"
            yield f"{each.table.name}.{each.column}: {some(names)} not in {place}"


def _values(folder: Path, table: Table, column: str) -> pa.Array[Any]:
    read: pa.ChunkedArray[Any] = read_table(folder, table, [column])[column]
    return read.combine_chunks().drop_null().unique()


def _has_new(table: Table, made: Sequence[str]) -> bool:
    return any(path.startswith(f"{table.name}/") for path in made)


def _pointers(draft: Draft) -> Iterator[str]:
    sizes = {part.stamp.warc: part.stamp.warc_bytes for part in draft.parts}
    for path in draft.made:
        if set(POINTER) <= {column.name for column in table_of(path).columns}:
            for fault in _outside(read_columns(draft.folder / path, POINTER[:3]), sizes):
                yield f"{path}: {fault}"


def _outside(rows: pa.Table, sizes: Mapping[str, int]) -> Iterator[str]:
    """Compare the records furthest to the end and to the start of each WARC file with its size."""
    ends = pc.add(rows["warc_record_offset"], rows["warc_record_length"])
    bounds = rows.append_column("end", ends).group_by("warc_filename")
    groups = bounds.aggregate([("end", "max"), ("warc_record_offset", "min")]).to_pylist()
    for group in groups:
        warc, end, start = (
            group[name] for name in ("warc_filename", "end_max", "warc_record_offset_min")
        )
        if warc is not None and warc not in sizes:
            yield f"{warc} is not among the WARC files read"
        elif warc is not None and (end > sizes[warc] or start < 0):
            yield f"a record of {warc} lies at {start:,} to {end:,}; it has {sizes[warc]:,} bytes"
