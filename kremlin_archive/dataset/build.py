"""Second pass: the table files of a snapshot, one shard after the other.

Memory is bounded by one shard: the chosen records of one language and year as JSON (some 3,000
documents), or the captures of one month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kremlin_archive.dataset.parts import Part
from kremlin_archive.dataset.plan import Plan, ShardKey
from kremlin_archive.dataset.record_json import load_record
from kremlin_archive.dataset.revisions import History
from kremlin_archive.dataset.shards import ShardWriter
from kremlin_archive.dataset.tables.captures import CAPTURES, captures_table, part_columns
from kremlin_archive.dataset.tables.documents import DOCUMENTS, FACTS, Chosen, document_row
from kremlin_archive.dataset.tables.paragraphs import PARAGRAPHS, paragraph_rows

TABLES = (DOCUMENTS, PARAGRAPHS, CAPTURES)
_OTHER = {"en": "ru", "ru": "en"}


def build_tables(plan: Plan, parts: Sequence[Part], into: Path) -> None:
    """Write every table file below ``into``; a table without rows gets one empty file."""
    doc_ids = plan.doc_ids
    for key in plan.shards:
        _documents_and_paragraphs(plan, key, doc_ids, parts, into)
    for month in _months(parts):
        _captures(plan, month, parts, into)
    for table in TABLES:
        if not (into / table.name).exists():
            with ShardWriter(table, into / table.name / f"{table.name}-empty.parquet"):
                pass


def _documents_and_paragraphs(
    plan: Plan, key: ShardKey, doc_ids: frozenset[str], parts: Sequence[Part], into: Path
) -> None:
    language, year = key
    name = f"{language}-{year}.parquet"
    with (
        ShardWriter(DOCUMENTS, into / "documents" / f"documents-{name}") as documents,
        ShardWriter(PARAGRAPHS, into / "paragraphs" / f"paragraphs-{name}") as paragraphs,
    ):
        for chosen in _chosen(plan.shards[key], doc_ids, parts):
            documents.add(document_row(chosen))
            for row in paragraph_rows(chosen):
                paragraphs.add(row)


def _chosen(
    histories: Sequence[History], doc_ids: frozenset[str], parts: Sequence[Part]
) -> Iterator[Chosen]:
    wanted: dict[int, list[int]] = defaultdict(list)
    for each in histories:
        wanted[each.current.part].append(each.current.part_row)
    loaded = {
        (index, row): facts
        for index, rows in wanted.items()
        for row, facts in _part_rows(parts[index], sorted(rows))
    }
    for each in histories:
        facts = loaded.pop((each.current.part, each.current.part_row))
        language, _, number = each.doc_id.partition(":")
        pair = f"{_OTHER[language]}:{number}"
        record = load_record(facts["record_json"])
        yield Chosen(each, facts, record, pair if pair in doc_ids else None)


def _part_rows(part: Part, rows: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows of a part by number (ascending), reading only the row groups they are in."""
    with pq.ParquetFile(part.path) as file:
        first = 0
        for group in range(file.num_row_groups):
            end = first + file.metadata.row_group(group).num_rows
            here = [row for row in rows if first <= row < end]
            if here:
                table = file.read_row_group(group, columns=[*FACTS, "record_json"])
                taken = table.take(pa.array([row - first for row in here], pa.int64()))
                yield from zip(here, taken.to_pylist(), strict=True)
            first = end


def _months(parts: Sequence[Part]) -> list[datetime]:
    """First instants of the months (UTC) in which captures were made."""
    months: set[datetime] = set()
    for part in parts:
        instants = part.read(["fetched_at"])["fetched_at"]
        if len(instants) == 0:
            continue
        month = _month_of(pc.min(instants).as_py().astimezone(UTC))
        while month <= pc.max(instants).as_py():
            months.add(month)
            month = _next_month(month)
    return sorted(months)


def _captures(plan: Plan, month: datetime, parts: Sequence[Part], into: Path) -> None:
    in_month = (pc.field("fetched_at") >= month) & (pc.field("fetched_at") < _next_month(month))
    captured = pa.concat_tables([part.read(part_columns(), in_month) for part in parts])
    if plan.repeated:
        places = zip(
            captured["warc_filename"].to_pylist(),
            captured["warc_record_offset"].to_pylist(),
            strict=True,
        )
        captured = captured.filter(pa.array([place not in plan.repeated for place in places]))
    if captured.num_rows:
        path = into / "captures" / f"captures-{month:%Y-%m}.parquet"
        with ShardWriter(CAPTURES, path) as shard:
            shard.add_table(captures_table(captured, plan.shown))


def _month_of(instant: datetime) -> datetime:
    return datetime(instant.year, instant.month, 1, tzinfo=UTC)


def _next_month(month: datetime) -> datetime:
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=UTC)
