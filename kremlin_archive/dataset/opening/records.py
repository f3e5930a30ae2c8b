"""Typed answers: fields are named as the columns they come from, which ``schema.json`` describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class WarcPointer:
    """The bytes a row was read from: one WARC record."""

    warc_filename: str
    warc_record_offset: int
    warc_record_length: int
    warc_record_id: str
    payload_digest: str
    fetched_at: datetime
    path: Path
    """Where the file lies if the snapshot is still in its archive; it need not be there."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a document."""

    tag_id: str
    facet: str
    label: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document's body."""

    seq: int
    kind: str
    text: str
    speaker_label: str | None
    delivery_note: str | None
    turn_seq: int | None
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of speech: who spoke, and what."""

    seq: int
    speaker_label: str
    speaker_role_text: str | None
    speaker_name: str | None
    speaker_kind: str
    person_id: str | None
    link_method: str | None
    link_score: float | None
    para_start: int
    para_end: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One edition of an event, in its current revision."""

    doc_id: str
    event_id: int
    lang: str
    section: str
    url: str
    title: str
    lead: str | None
    place: str | None
    published_at: datetime | None
    published_date: date
    published_precision: str
    text: str
    n_words: int
    is_abridged: bool
    status: str
    revision_id: str
    revision_no: int
    first_seen_at: datetime
    last_seen_at: datetime
    last_changed_at: datetime
    pair_doc_id: str | None
    quality_warnings: tuple[str, ...]
    tags: tuple[Tag, ...]
    paragraphs: tuple[Paragraph, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of a document over time; ``valid_to`` is None for the current one."""

    revision_id: str
    revision_no: int
    valid_from: datetime
    valid_to: datetime | None
    change_kind: str
    changed_fields: tuple[str, ...]
    title: str
    lead: str | None
    place: str | None
    text: str
    similarity_prev: float | None
    n_chars_inserted: int | None
    n_chars_deleted: int | None
    n_captures: int


@dataclass(frozen=True, slots=True)
class Bead:
    """Paragraphs of both editions that say the same; one side is empty where only one has them."""

    bead: str
    en: tuple[Paragraph, ...]
    ru: tuple[Paragraph, ...]
    score: float | None
    method: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Both editions of an event; an edition that is not there is None, and then nothing is aligned."""

    event_id: int
    en: Document | None
    ru: Document | None
    aligned: tuple[Bead, ...]


def columns_of(kind: type[Any], *but: str) -> list[str]:
    """Names of a record's columns, without the fields that come from elsewhere."""
    return [each.name for each in fields(kind) if each.name not in but]


def record(kind: type[Record], row: Mapping[str, Any], **more: Any) -> Record:  # noqa: ANN401 - any field
    """Make a record of a row; lists become tuples."""
    values = {name: row[name] for name in columns_of(kind, *more)}
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return kind(**{**values, **lists, **more})
