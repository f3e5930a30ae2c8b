"""``alignments``: one row a bead of paragraphs; and what ``editions`` says of a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from kremlin_archive.dataset.alignment.beads import Alignment
from kremlin_archive.dataset.alignment.embedding import model_name
from kremlin_archive.dataset.columns import FLOAT32, INT32, INT64, STRING, Column, Table
from kremlin_archive.records import EventPage

_WITHOUT_A_BODY: tuple[set[str], ...] = (set(), {"1-0"}, {"0-1"})
"""Beads of a pair of which an edition has no paragraph."""
_NUMBERS = pa.list_(pa.field("element", INT32))

ALIGNMENTS = Table(
    name="alignments",
    description="One row a bead: paragraphs of the two editions that say the same, or one left alone.",
    sort=("event_id", "seq"),
    row_group=5_000,
    shard="year of the Russian edition's published_date: alignments-2021.parquet",
    key=("event_id", "seq"),
    since="1.1.0",
    columns=(
        Column("event_id", INT64, "the site's number of the event", "66419", repeats=True),
        Column("en_revision_id", STRING, "English revision", "en:66419@3f0c1a2b4d5e", repeats=True),
        Column("ru_revision_id", STRING, "Russian revision", "ru:66419@a41c1a2b4d5e", repeats=True),
        Column("seq", INT32, "place among the event's beads, from 0", "3"),
        Column(
            "bead",
            STRING,
            "numbers of English and Russian paragraphs: 1-1, 2-1, 1-2; 1-0 and 0-1: in one edition only",
            "1-1",
            repeats=True,
            values=("1-1", "1-2", "2-1", "1-0", "0-1"),
        ),
        Column("en_paras", _NUMBERS, "seq of the English paragraphs", "[3]"),
        Column("ru_paras", _NUMBERS, "seq of the Russian paragraphs", "[3]"),
        Column(
            "score",
            FLOAT32,
            "how much better the paragraphs fit than if each were left alone; null for 1-0 and 0-1",
            "0.98",
            nullable=True,
            unit="0..1",
        ),
        Column(
            "method",
            STRING,
            "gale_church (lengths), anchors (and shared numbers, names, speakers), use_dp (and a model)",
            "anchors",
            repeats=True,
        ),
        Column(
            "en_text", STRING, "English paragraphs, joined by a newline; may be empty", "We take …"
        ),
        Column("ru_text", STRING, "Russian paragraphs, joined by a newline; may be empty", "Мы …"),
    ),
)


def alignment_rows(
    en: EventPage, ru: EventPage, revision_ids: tuple[str, str], alignment: Alignment
) -> Iterator[dict[str, Any]]:
    """Give a pair's rows; ``revision_ids`` are the English and the Russian one."""
    for seq, bead in enumerate(alignment.beads):
        yield {
            "event_id": en.event_id,
            "en_revision_id": revision_ids[0],
            "ru_revision_id": revision_ids[1],
            "seq": seq,
            "bead": bead.kind,
            "en_paras": list(bead.en),
            "ru_paras": list(bead.ru),
            "score": bead.score,
            "method": alignment.method,
            "en_text": "\n".join(en.paragraphs[index].text for index in bead.en),
            "ru_text": "\n".join(ru.paragraphs[index].text for index in bead.ru),
        }


def edition_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the ``align_*`` columns of ``editions`` from a pair's rows; null unless both have a body.

    The score is the mean of the beads', those with one side empty counting 0. Of the rows only
    ``bead``, ``method`` and ``score`` are read.
    """
    if {row["bead"] for row in rows} in _WITHOUT_A_BODY:
        return {"align_method": None, "align_model": None, "align_score": None}
    method = rows[0]["method"]
    return {
        "align_method": method,
        "align_model": model_name() if method == "use_dp" else None,
        "align_score": round(sum(row["score"] or 0.0 for row in rows) / len(rows), 4),
    }
