"""``changes``: every change of the documents in the order it was seen, to follow the archive by.

It is the whole log, not only what came since one certain snapshot: who holds a snapshot whose
manifest names ``newest_capture`` takes the rows with a later ``changed_at``. So the table, like all
others, depends on the archive alone and not on which snapshots happen to lie beside it.
``since_snapshot`` names the snapshot of everything captured before the run that saw the change. What
the log cannot tell is told by comparing ``documents`` of two snapshots by ``doc_id``: captures of
earlier years taken in later (their changes are dated by their captures), and another reading of the
same bytes (the manifests name the parser's version).
"""

from __future__ import annotations

from typing import get_args

from kremlin_archive.dataset.columns import (
    INSTANT,
    INT32,
    STRING,
    Column,
    Table,
    identity_columns,
)
from kremlin_archive.dataset.tables.revisions import ChangeKind

CHANGES = Table(
    name="changes",
    description="One row a change of a document, in the order the changes were seen.",
    sort=("changed_at", "event_id", "lang"),
    row_group=10_000,
    shard="month of changed_at (UTC): changes-2026-11.parquet",
    key=(),
    since="1.1.0",
    columns=(
        Column(
            "since_snapshot",
            STRING,
            "snapshot of all that was captured before the run that saw it; null if nothing was, and "
            "for removals",
            "2026-11-14T120000Z",
            nullable=True,
            repeats=True,
        ),
        *identity_columns(),
        Column(
            "change",
            STRING,
            "added, text, metadata, tags, media, gone, restored (as revisions.change_kind), or "
            "removed (see removals)",
            "text",
            repeats=True,
            values=("added", *get_args(ChangeKind)[1:], "removed"),
        ),
        Column(
            "changed_at",
            INSTANT,
            "capture that showed it first; removals: as their file says",
            "2026-11-21T12:00:03Z",
        ),
        Column(
            "old_revision_id",
            STRING,
            "revision before; null for added, and for a removal of what is not here",
            "ru:66419@91be77c0aa12",
            nullable=True,
        ),
        Column(
            "new_revision_id",
            STRING,
            "revision after, the same one for gone; null for removed",
            "ru:66419@3f0c1a2b4d5e",
            nullable=True,
        ),
        Column("revision_no", INT32, "its number; null for removed", "2", nullable=True),
        Column(
            "run_id",
            STRING,
            "crawl that saw it first; null for removed",
            "2026-11-21T120000Z",
            nullable=True,
            repeats=True,
        ),
    ),
)
