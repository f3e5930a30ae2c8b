"""Takedowns: what ``<root>/removals.toml`` says must not be published any more.

::

    [[removal]]
    doc_id = "en:66419"
    removed_at = 2026-11-21T12:00:00Z      # or a day: 2026-11-21
    reason = "Request of the person concerned"
    basis = "GDPR art. 17"

Every later snapshot keeps the document's row with its number, address, dates and pointers and the
status ``removed_by_us``; title, lead, text and everything else that was on the page are emptied in
all its revisions, and ``removals`` says why. The file is an input like the WARC files: the same
archive with the same file gives the same snapshot. Neither WARC files nor snapshots published
before are touched; delete those by hand where the basis asks for it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from kremlin_archive.errors import SnapshotError
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
    if not path.exists():
        return {}
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SnapshotError(f"{path}: it is not TOML: {error}") from error
    entries = said.get("removal")
    if not isinstance(entries, list) or set(said) != {"removal"}:
        raise SnapshotError(f"{path}: it must hold [[removal]] tables and nothing else")
    found = [_removal(entry, f"{path}: removal {n}") for n, entry in enumerate(entries, start=1)]
    by_document = {each.doc_id: each for each in found}
    if len(by_document) < len(found):
        raise SnapshotError(f"{path}: it names a document twice")
    return dict(sorted(by_document.items()))


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
