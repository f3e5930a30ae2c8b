"""What rows of one table refer to in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kremlin_archive.dataset.alignment import ALIGNMENTS
from kremlin_archive.dataset.checks import some
from kremlin_archive.dataset.columns import Table
from kremlin_archive.dataset.parquet import read_table
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


def reference_faults(folder: Path, made: Sequence[str]) -> Iterator[str]:
    """Look for what new files refer to, and for what all files refer to in tables with new files."""
    for each in REFERENCES:
        if not has_new(each.target, made) and not has_new(each.table, made):
            continue
        values = _values(folder, each.table, each.column)
        targets = _values(folder, each.target, each.target_column)
        lost = values.filter(pc.invert(pc.is_in(values, targets)))
        if len(lost):
            names = sorted(map(str, lost.to_pylist()))
            place = f"{each.target.name}.{each.target_column}"
            yield f"{each.table.name}.{each.column}: {some(names)} not in {place}"


def has_new(table: Table, made: Sequence[str]) -> bool:
    """Whether a table has a file that was made anew."""
    return any(path.startswith(f"{table.name}/") for path in made)


def _values(folder: Path, table: Table, column: str) -> pa.Array[Any]:
    read: pa.ChunkedArray[Any] = read_table(folder, table, [column])[column]
    return read.combine_chunks().drop_null().unique()
