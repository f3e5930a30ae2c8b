"""Tables made from the tables of the documents: tags, persons, editions, changes, removals.

They are read back from the files just made, light columns only: memory is bounded by some 200 bytes
a document and turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kremlin_archive.dataset.alignment import ALIGNMENTS, edition_columns
from kremlin_archive.dataset.parquet import read_columns, read_table
from kremlin_archive.dataset.plan import Plan
from kremlin_archive.dataset.shards import ShardWriter
from kremlin_archive.dataset.speakers import PERSONS, Catalogue, Sighting, person_rows
from kremlin_archive.dataset.tables.changes import CHANGES
from kremlin_archive.dataset.tables.documents import DOCUMENTS
from kremlin_archive.dataset.tables.editions import DOCUMENT_COLUMNS, EDITIONS, edition_row
from kremlin_archive.dataset.tables.removals import REMOVALS, removal_row
from kremlin_archive.dataset.tables.revisions import REVISIONS
from kremlin_archive.dataset.tables.tags import DOCUMENT_TAGS, TAGS, tag_rows
from kremlin_archive.dataset.tables.turns import TURNS

_TAG_GROUP = ("tag_id", "facet", "lang", "label")
_CHANGE_OF = {
    "event_id": "event_id",
    "lang": "lang",
    "doc_id": "doc_id",
    "changed_at": "valid_from",
    "change": "change_kind",
    "old_revision_id": "prev_revision_id",
    "new_revision_id": "revision_id",
    "revision_no": "revision_no",
    "run_id": "run_id",
}
"""Columns of changes by the name they have in revisions."""


_OF_SPEAKERS = ("person_id", "lang", "doc_id", "event_id", "speaker_name", "speaker_role_text")
_BATCH = 2000


def derive(plan: Plan, folder: Path, catalogue: Catalogue) -> None:
    """Make them below ``folder``, where the tables of documents and the alignments are."""
    with ShardWriter(TAGS, folder / "tags" / "tags-all.parquet") as writer:
        writer.add_all(tag_rows(_carried(folder)))
    with ShardWriter(PERSONS, folder / "persons" / "persons-all.parquet") as writer:
        writer.add_all(person_rows(_speakers(folder), catalogue))
    editions: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for year, row in _editions(folder):
        editions[year].append(row)
    for year, rows in sorted(editions.items()):
        with ShardWriter(EDITIONS, folder / "editions" / f"editions-{year}.parquet") as writer:
            writer.add_all(rows)
    _write_changes(plan, folder)
    with ShardWriter(REMOVALS, folder / "removals" / "removals-all.parquet") as writer:
        rows = [removal_row(removal) for removal in plan.removals.values()]
        writer.add_all(sorted(rows, key=lambda row: (row["event_id"], row["lang"])))


def _carried(folder: Path) -> list[dict[str, Any]]:
    """Group what documents carry by tag, language and label."""
    names = [*_TAG_GROUP, "is_current", "first_seen_at", "last_seen_at"]
    rows = read_table(folder, DOCUMENT_TAGS, names)
    rows = rows.append_column("current", rows["is_current"].cast(pa.int32()))
    groups = rows.group_by(list(_TAG_GROUP)).aggregate(
        [
            ("current", "sum"),
            ("current", "count"),
            ("first_seen_at", "min"),
            ("last_seen_at", "max"),
        ]
    )
    renamed = {
        "current_sum": "n_current",
        "current_count": "n_ever",
        "first_seen_at_min": "first_seen_at",
        "last_seen_at_max": "last_seen_at",
    }
    return groups.rename_columns([renamed.get(n, n) for n in groups.column_names]).to_pylist()


def _speakers(folder: Path) -> Iterator[Sighting]:
    """Give the turns whose speaker is known."""
    documents = read_table(folder, DOCUMENTS, ["doc_id", "published_date"])
    days = dict(zip(*(column.to_pylist() for column in documents.columns), strict=True))
    turns = read_table(folder, TURNS, _OF_SPEAKERS)
    for batch in turns.filter(pc.is_valid(turns["person_id"])).to_batches(_BATCH):
        for row in batch.to_pylist():
            person, language, doc_id, event_id, name, role = (row[c] for c in _OF_SPEAKERS)
            yield Sighting(person, language, days[doc_id], event_id, name, role)


def _editions(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give each event's row with the year of its file, by event number."""
    documents: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in read_table(folder, DOCUMENTS, DOCUMENT_COLUMNS).to_pylist():
        documents[row["event_id"]][row["lang"]] = row
    paired = [event for event, editions in documents.items() if len(editions) > 1]
    labels = _labels(folder, paired)
    aligned = _aligned(folder)
    for event_id in sorted(documents):
        english, russian = (documents[event_id].get(language) for language in ("en", "ru"))
        day = (russian or english or {})["published_date"]
        columns = aligned.get(event_id, edition_columns(()))
        yield day.year, {**edition_row(event_id, english, russian, labels), **columns}


def _aligned(folder: Path) -> dict[int, dict[str, Any]]:
    """Give the columns that tell how well each aligned pair fits."""
    found: dict[int, dict[str, Any]] = {}
    for file in sorted((folder / ALIGNMENTS.name).glob("*.parquet")):
        rows = read_columns(file, ["event_id", "bead", "method", "score"]).to_pylist()
        for event_id, beads in groupby(rows, key=itemgetter("event_id")):
            found[event_id] = edition_columns(list(beads))
    return found


def _labels(folder: Path, events: list[int]) -> dict[str, list[str]]:
    """Give the turns' labels of the documents of these events, in order."""
    turns = read_table(folder, TURNS, ["event_id", "doc_id", "speaker_label"])
    turns = turns.filter(pc.is_in(turns["event_id"], pa.array(events, pa.int64())))
    labels: dict[str, list[str]] = defaultdict(list)
    pairs = zip(turns["doc_id"].to_pylist(), turns["speaker_label"].to_pylist(), strict=True)
    for doc_id, label in pairs:
        labels[str(doc_id)].append(str(label))
    return labels


def _write_changes(plan: Plan, folder: Path) -> None:
    log = pa.concat_tables([_revised(plan, folder), _removed(plan)])
    log = log.sort_by([(name, "ascending") for name in (*CHANGES.sort, "revision_no")])
    months = pc.strftime(log["changed_at"], "%Y-%m")
    for month in sorted(map(str, pc.unique(months).to_pylist())):
        with ShardWriter(CHANGES, folder / "changes" / f"changes-{month}.parquet") as writer:
            writer.add_table(log.filter(pc.equal(months, pa.scalar(month))))


def _revised(plan: Plan, folder: Path) -> pa.Table:
    rows = read_table(folder, REVISIONS, list(_CHANGE_OF.values()))
    runs = pa.array(list(plan.before_run), pa.string())
    snapshots = pa.array(list(plan.before_run.values()), pa.string())
    columns: dict[str, Any] = {name: rows[source] for name, source in _CHANGE_OF.items()}
    columns["change"] = pc.if_else(
        pc.equal(rows["change_kind"], pa.scalar("created")), "added", rows["change_kind"]
    )
    columns["since_snapshot"] = snapshots.take(pc.index_in(rows["run_id"].combine_chunks(), runs))
    return pa.table([columns[name] for name in CHANGES.schema().names], schema=CHANGES.schema())


def _removed(plan: Plan) -> pa.Table:
    current = {h.doc_id: h.revision_id for shard in plan.shards.values() for h in shard}
    nothing = {"since_snapshot": None, "new_revision_id": None, "revision_no": None, "run_id": None}
    rows = [
        {
            **nothing,
            **{name: row[name] for name in ("doc_id", "event_id", "lang")},
            "change": "removed",
            "changed_at": row["removed_at"],
            "old_revision_id": current.get(row["doc_id"]),
        }
        for row in map(removal_row, plan.removals.values())
    ]
    return CHANGES.rows(rows)
