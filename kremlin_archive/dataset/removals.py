"""Takedowns: what ``<root>/removals.toml`` says must not be published any more.

::

    [[removal]]
    doc_id = "en:66419"
    removed_at = 2026-11-21T12:00:00Z      # or a day: 2026-11-21
    reason = "Request of the person concerned"
    basis = "GDPR art. 17"

Every later snapshot keeps the document's row with its number, address, dates and pointers and the
status ``removed_by_us``; title, lead, text and everything else that was on the page are emptied in
all its revisions, and ``removals`` says why. Other pages' «See also» cards that lead to it lose the
words and the date they print (``links``). The file is an input like the WARC files: the same
archive with the same file gives the same snapshot. Snapshots published before are issued again
without the document by ``takedown.py``. WARC files are never touched.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from kremlin_archive.archive.durable import replace_text
from kremlin_archive.dataset.handwritten import read_entries
from kremlin_archive.errors import SnapshotError, UsageError
from kremlin_archive.records import EventPage

REMOVALS_FILE = "removals.toml"
_FIELDS = frozenset({"doc_id", "removed_at", "reason", "basis"})
_DOC_ID = re.compile(r"(?:en|ru):\d{1,9}")


@dataclass(frozen=True, slots=True)
class Removal:
    """One document that is not to be published, since when and why."""

    doc_id: str
    removed_at: datetime
    reason: str
    basis: str


def read_removals(root: Path) -> dict[str, Removal]:
    """Read the archive's removals by document; none where there is no file.

    Raises SnapshotError when the file cannot be understood: publishing what should have been
    removed would be worse than publishing nothing.
    """
    path = root / REMOVALS_FILE
    entries = read_entries(path, "removal", SnapshotError)
    found = [_removal(entry, f"{path}: removal {n}") for n, entry in enumerate(entries, start=1)]
    by_document = {each.doc_id: each for each in found}
    if len(by_document) < len(found):
        raise SnapshotError(f"{path}: it names a document twice")
    return dict(sorted(by_document.items()))


def add_removal(root: Path, removal: Removal) -> Removal:
    """Put a removal at the end of the file, whatever else it says; returns the document's entry.

    A document that is in it keeps its entry. Raises UsageError for an id or words that the file could
    not hold, SnapshotError when the file cannot be understood.
    """
    _check(removal)
    known = read_removals(root).get(removal.doc_id)
    if known is not None:
        return known
    path = root / REMOVALS_FILE
    before = path.read_text("utf-8") if path.exists() else ""
    text = f"{before.rstrip()}\n\n{_as_toml(removal)}".lstrip()
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # an inline list, to which no table can be added
        raise UsageError(f"{path}: add {removal.doc_id} by hand, as a [[removal]] table") from error
    replace_text(path, text)
    return read_removals(root)[removal.doc_id]


def idle_removals(removals: Iterable[str], doc_ids: Container[str]) -> list[str]:
    """Say which removals meet no document: who mistyped a number should hear of it."""
    return [
        f"{REMOVALS_FILE} names {doc_id}, which is no document of this archive"
        for doc_id in removals
        if doc_id not in doc_ids
    ]


def check_doc_id(doc_id: str) -> None:
    """Raise UsageError for what is no document's id."""
    if _DOC_ID.fullmatch(doc_id) is None:
        raise UsageError(f'{doc_id!r} is no document; expected an edition and a number: "en:66419"')


def emptied(record: EventPage) -> EventPage:
    """Keep of a record its identity and its date of publication."""
    return EventPage(
        event_id=record.event_id,
        language=record.language,
        url=record.url,
        title="",
        date=record.date,
        time=record.time,
        published_at=record.published_at,
        announced_for=record.announced_for,
    )


def _check(removal: Removal) -> None:
    check_doc_id(removal.doc_id)
    for name, words in (("reason", removal.reason), ("basis", removal.basis)):
        if not words.strip() or not words.isprintable():
            raise UsageError(f"the {name} must say something, in one line")


def _as_toml(removal: Removal) -> str:
    # Of printable text without surrogates, JSON's strings are TOML's.
    reason, basis = (
        json.dumps(words, ensure_ascii=False) for words in (removal.reason, removal.basis)
    )
    return (
        f'[[removal]]\ndoc_id = "{removal.doc_id}"\n'
        f"removed_at = {removal.removed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n"
        f"reason = {reason}\nbasis = {basis}\n"
    )


def _removal(entry: Mapping[str, Any], place: str) -> Removal:
    if set(entry) != _FIELDS:
        raise SnapshotError(f"{place}: it must have exactly {', '.join(sorted(_FIELDS))}")
    if not isinstance(entry["doc_id"], str) or _DOC_ID.fullmatch(entry["doc_id"]) is None:
        raise SnapshotError(f'{place}: doc_id must be like "en:66419", not {entry["doc_id"]!r}')
    for name in ("reason", "basis"):
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise SnapshotError(f"{place}: {name} must say something")
    removed_at = _instant(entry["removed_at"], place)
    return Removal(entry["doc_id"], removed_at, entry["reason"], entry["basis"])


def _instant(value: object, place: str) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise SnapshotError(f"{place}: removed_at must be a day, or a time with its zone")
