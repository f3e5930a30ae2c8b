"""``removals``: one row a document that is not published any more, and why."""

from __future__ import annotations

from typing import Any

from kremlin_archive.dataset.columns import INSTANT, STRING, Column, Table, identity_columns
from kremlin_archive.dataset.removals import Removal

REMOVALS = Table(
    name="removals",
    description="One row a document emptied by a takedown.",
    sort=("event_id", "lang"),
    row_group=10_000,
    shard="all in one file",
    key=("doc_id",),
    since="1.1.0",
    columns=(
        *identity_columns(),
        Column("removed_at", INSTANT, "when it was removed", "2026-11-21T00:00:00Z"),
        Column("reason", STRING, "why", "Request of the person concerned"),
        Column("basis", STRING, "law or rule it rests on", "GDPR art. 17"),
    ),
)


def removal_row(removal: Removal) -> dict[str, Any]:
    """One row of ``removals``."""
    language, _, number = removal.doc_id.partition(":")
    return {
        "doc_id": removal.doc_id,
        "event_id": int(number),
        "lang": language,
        "removed_at": removal.removed_at,
        "reason": removal.reason,
        "basis": removal.basis,
    }
