"""Typed answers from the tables of a snapshot; each could be asked of DuckDB or polars as well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from kremlin_archive.dataset.opening.records import (
    Bead,
    Document,
    Pair,
    Paragraph,
    Revision,
    Tag,
    Turn,
    WarcPointer,
    columns_of,
    record,
)
from kremlin_archive.errors import UsageError

if TYPE_CHECKING:
    from kremlin_archive.dataset.opening.snapshot import Snapshot

_DOC_ID = re.compile(r"(en|ru):([0-9]+)")
_OTHER = {"en": "ru", "ru": "en"}
_OF_DOCUMENT = (*columns_of(Document, "paragraphs", "turns"),)
"""Columns of documents that a Document is made of."""
_CONTEXT = ("doc_id", "published_date", "title", "url")
"""Columns of documents that go with each turn of a person."""
_NAMES = ("person_id", "name_en", "display_en", "name_ru", "display_ru")
_SUGGESTED = 5


def document(snapshot: Snapshot, doc_id: str) -> Document:
    """One edition of an event with all that belongs to it."""
    return _document(snapshot, _document_row(snapshot, doc_id, _OF_DOCUMENT))


def pair(snapshot: Snapshot, event_id: int) -> Pair:
    """Both editions of an event, aligned."""
    en, ru = (_edition(snapshot, f"{lang}:{event_id}") for lang in ("en", "ru"))
    if en is None and ru is None:
        raise UsageError(_not_there(snapshot, f"event {event_id}"))
    if en is None or ru is None:
        return Pair(event_id, en, ru, ())
    beads = _in_order(snapshot, "alignments", ds.field("event_id") == event_id, event_id)
    return Pair(event_id, en, ru, tuple(_bead(en, ru, row) for row in beads))


def revisions(snapshot: Snapshot, doc_id: str) -> tuple[Revision, ...]:
    """Every content a document had, the oldest first."""
    number = _event_number(doc_id)
    rows = snapshot.rows(
        "revisions", ds.field("doc_id") == doc_id, columns_of(Revision), event_id=number
    )
    if not rows.num_rows:
        raise UsageError(_not_there(snapshot, f"document {doc_id!r}"))
    return tuple(record(Revision, row) for row in rows.sort_by("revision_no").to_pylist())


def as_of(snapshot: Snapshot, moment: datetime, columns: Sequence[str] | None) -> pa.Table:
    """Rows of ``revisions`` that were on the site at a moment."""
    if moment.tzinfo is None:
        raise UsageError(
            f"{moment}: as_of needs a time zone, as in datetime(2026, 1, 1, tzinfo=UTC)"
        )
    at = pa.scalar(moment, pa.timestamp("us", tz="UTC"))
    end = ds.field("valid_to")
    shown = (ds.field("valid_from") <= at) & (end.is_null() | (end > at))
    return snapshot.rows("revisions", shown & (ds.field("change_kind") != "gone"), columns)


def speeches(snapshot: Snapshot, person_id: str, lang: str | None) -> pa.Table:
    """Turns of a person in the order of days, with what they are part of."""
    where = ds.field("person_id") == person_id
    spoken = snapshot.rows("turns", where if lang is None else where & (ds.field("lang") == lang))
    if not spoken.num_rows:
        _check_person(snapshot, person_id)
        _check_language(lang)
    documents = snapshot.table("documents", _CONTEXT)
    joined = spoken.join(documents, "doc_id", join_type="left outer")
    order = ("published_date", "event_id", "lang", "seq")
    return joined.sort_by([(name, "ascending") for name in order])


def warc_pointer(snapshot: Snapshot, doc_id: str) -> WarcPointer:
    """Where the bytes are that a document's row was read from."""
    row = _document_row(snapshot, doc_id, columns_of(WarcPointer, "path"))
    folder = (snapshot.path / snapshot.contents.warc_root).resolve()
    return record(WarcPointer, row, path=folder / row["warc_filename"])


def _document_row(snapshot: Snapshot, doc_id: str, columns: Sequence[str]) -> dict[str, Any]:
    number = _event_number(doc_id)
    where = ds.field("doc_id") == doc_id
    found = snapshot.rows("documents", where, columns, event_id=number).to_pylist()
    if found:
        return found[0]
    other = f"{_OTHER[doc_id[:2]]}:{number}"
    where = ds.field("doc_id") == other
    if snapshot.rows("documents", where, ["doc_id"], event_id=number).num_rows:
        message = (
            f"snapshot {snapshot.id} has no document {doc_id!r}, only its other edition {other!r}"
        )
        raise UsageError(message)
    raise UsageError(_not_there(snapshot, f"document {doc_id!r}"))


def _document(snapshot: Snapshot, row: dict[str, Any]) -> Document:
    number, where = row["event_id"], ds.field("doc_id") == row["doc_id"]
    paragraphs = _in_order(snapshot, "paragraphs", where, number)
    turns = _in_order(snapshot, "turns", where, number)
    return record(
        Document,
        row,
        tags=tuple(record(Tag, tag) for tag in row["tags"]),
        paragraphs=tuple(record(Paragraph, paragraph) for paragraph in paragraphs),
        turns=tuple(record(Turn, turn) for turn in turns),
    )


def _edition(snapshot: Snapshot, doc_id: str) -> Document | None:
    where = ds.field("doc_id") == doc_id
    number = _event_number(doc_id)
    found = snapshot.rows("documents", where, _OF_DOCUMENT, event_id=number).to_pylist()
    return _document(snapshot, found[0]) if found else None


def _in_order(
    snapshot: Snapshot, table: str, where: ds.Expression, event_id: int
) -> list[dict[str, Any]]:
    return snapshot.rows(table, where, event_id=event_id).sort_by("seq").to_pylist()


def _bead(en: Document, ru: Document, row: dict[str, Any]) -> Bead:
    return record(
        Bead,
        row,
        en=tuple(en.paragraphs[seq] for seq in row["en_paras"]),
        ru=tuple(ru.paragraphs[seq] for seq in row["ru_paras"]),
    )


def _event_number(doc_id: str) -> int:
    found = _DOC_ID.fullmatch(doc_id)
    if found is None:
        raise UsageError(f"{doc_id!r} is no document id; they are written ru:66419 and en:66419")
    return int(found[2])


def _not_there(snapshot: Snapshot, what: str) -> str:
    files = [file for file in snapshot.contents.listed if file.table == "documents"]
    first = min((file.first_event for file in files if file.first_event is not None), default=None)
    last = max((file.last_event for file in files if file.last_event is not None), default=None)
    rows = snapshot.contents.rows["documents"]
    span = f", events {first} to {last}" if rows else ""
    return f"snapshot {snapshot.id} has no {what}; it has {rows:,} documents{span}"


def _check_language(lang: str | None) -> None:
    if lang is not None and lang not in _OTHER:
        raise UsageError(f"{lang!r} is no language of the site; en and ru are")


def _check_person(snapshot: Snapshot, person_id: str) -> None:
    """Raise UsageError for an id that no person has, with persons whose names hold these words."""
    persons = snapshot.table("persons", _NAMES)
    if pc.is_in(pa.scalar(person_id), persons["person_id"].combine_chunks()).as_py():
        return
    words = person_id.rpartition("/")[2].casefold()
    alike = [
        f"{row['person_id']} ({next(filter(None, (row[name] for name in _NAMES[1:])), '')})"
        for row in persons.to_pylist()
        if any(words in (row[name] or "").casefold() for name in _NAMES)
    ]
    hint = f"did you mean {', '.join(alike[:_SUGGESTED])}?" if alike else "see the table persons"
    raise UsageError(f"snapshot {snapshot.id} has no person {person_id!r}; {hint}")
