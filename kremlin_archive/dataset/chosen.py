"""One document as its rows are made from: its history, and the records and facts behind it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from kremlin_archive.dataset.attribution import Speaker
from kremlin_archive.dataset.fingerprint import fingerprint
from kremlin_archive.dataset.pictures import Pictures
from kremlin_archive.dataset.removals import Removal
from kremlin_archive.dataset.revisions import History, Revision
from kremlin_archive.records import EventPage

POINTER = ("warc_filename", "warc_record_offset", "warc_record_length", "warc_record_id")
_HASHES = ("text_sha256", "meta_sha256", "text_simhash")
FACTS = (
    *_HASHES,
    "capture_id",
    *POINTER,
    "payload_digest",
    "fetched_at",
)
"""Columns of a part that rows take over as they are."""


@dataclass(frozen=True, slots=True)
class State:
    """One revision of a document: the facts of the capture it is read from, and its record.

    ``witness`` are the facts of the capture that proves it: the same, or of a page that is gone the
    first answer that said so.
    """

    revision: Revision
    facts: dict[str, Any]
    witness: dict[str, Any]
    record: EventPage

    def hashes(self, *, is_emptied: bool) -> dict[str, str]:
        """Give text_sha256, meta_sha256 and text_simhash: the facts', unless the record was emptied."""
        prints = fingerprint(self.record) if is_emptied else None
        return {
            name: self.facts[name] if prints is None else getattr(prints, name) for name in _HASHES
        }


@dataclass(frozen=True, slots=True)
class Chosen:
    """A document with its revisions in order; ``record`` and ``facts`` are those of the last one.

    ``words`` counts those of each paragraph, ``speakers`` names that of each turn. Of a document
    that was removed every record is emptied; ``removed`` are the ids of all that were.
    """

    history: History
    states: tuple[State, ...]
    pair_doc_id: str | None
    words: tuple[int, ...]
    speakers: Sequence[Speaker]
    pictures: Pictures
    removal: Removal | None = None
    removed: Container[str] = frozenset()

    @property
    def record(self) -> EventPage:
        """Give the record of the current revision."""
        return self.states[-1].record

    @property
    def facts(self) -> dict[str, Any]:
        """Give the facts of the capture the current content is read from."""
        return self.states[-1].facts

    @property
    def identity(self) -> dict[str, Any]:
        """Give the columns that say which document a row belongs to."""
        record = self.record
        return {
            "doc_id": self.history.doc_id,
            "event_id": record.event_id,
            "lang": record.language,
        }
