"""First pass over the parts: which capture each document is read from, and into which file it goes.

Only light columns are read, so the archive's size is bounded by about half a kilobyte a capture.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kremlin_archive.dataset.catalogue import Light
from kremlin_archive.dataset.pictures import Pictures, pictures
from kremlin_archive.dataset.publication import moscow_day
from kremlin_archive.dataset.removals import Removal
from kremlin_archive.dataset.revisions import History, Sighting, history

_LIGHT = tuple(f.name for f in fields(Sighting) if f.name not in ("part", "part_row"))
_PROBLEM = ("warc_filename", "warc_record_offset", "problem")
_BATCH = 2000

ShardKey = tuple[str, int]
"""Language and year of the documents in one file."""
Month = tuple[int, int]
"""Year and month (UTC) of the captures in one file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A page that could not be read, where and why; ``healed``: a later capture could be."""

    warc: str
    offset: int
    url: str
    kind: str
    problem: str
    healed: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a snapshot will hold. Histories are sorted by event number within their shard."""

    newest: datetime
    shards: Mapping[ShardKey, tuple[History, ...]]
    shown: Mapping[str, str]
    months: Mapping[Month, tuple[int, ...]]
    """Months in which captures were made, with the parts (by place) that hold some of them."""
    before_run: Mapping[str, str | None]
    """For each run the snapshot of everything captured before its first capture; None: nothing was."""
    pictures: Pictures
    problems: tuple[Problem, ...]
    repeated: frozenset[tuple[str, int]]
    """Records (file, offset) left out because another one has the same record id."""
    removals: Mapping[str, Removal]

    @property
    def doc_ids(self) -> frozenset[str]:
        """Keys of all documents."""
        return frozenset(h.doc_id for shard in self.shards.values() for h in shard)


def plan(rows: Light, removals: Mapping[str, Removal]) -> Plan | None:
    """Decide everything that needs no text; None when the parts hold no capture at all."""
    light, repeated = _without_repeats(rows.numbered([*_LIGHT, *_PROBLEM]))
    if light.num_rows == 0:
        return None
    histories = list(_histories(light))
    shards: dict[ShardKey, list[History]] = defaultdict(list)
    for each in histories:
        shards[_shard(each)].append(each)
    return Plan(
        newest=pc.max(light["fetched_at"]).as_py().astimezone(UTC),
        shards={key: tuple(sorted(shards[key], key=event_number)) for key in sorted(shards)},
        shown={s.capture_id: revision for h in histories for s, revision in h.shown},
        months=_months(light),
        before_run=_before_run(light),
        pictures=pictures(light, rows),
        problems=_problems(light, {h.doc_id: h.last_seen_at for h in histories}),
        repeated=repeated,
        removals=removals,
    )


def event_number(document: History) -> int:
    """Event number of a document, the order of rows."""
    return int(document.doc_id.partition(":")[2])


def snapshot_id(newest: datetime) -> str:
    """Id of the snapshot whose newest capture is of this instant."""
    return newest.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")


def month_start(month: Month) -> datetime:
    """First instant of a month."""
    return datetime(*month, 1, tzinfo=UTC)


def next_month(month: Month) -> Month:
    """Give the month after."""
    year, number = month
    return year + number // 12, number % 12 + 1


def _without_repeats(light: pa.Table) -> tuple[pa.Table, frozenset[tuple[str, int]]]:
    """Keep the first of several rows with one record id: the same record given in two files."""
    if pc.count_distinct(light["capture_id"]).as_py() == light.num_rows:
        return light, frozenset()
    seen: set[str] = set()
    keep = []
    for capture_id in map(str, light["capture_id"].to_pylist()):
        keep.append(capture_id not in seen)
        seen.add(capture_id)
    mask = pa.array(keep)
    dropped = light.filter(pc.invert(mask)).select(["warc_filename", "warc_record_offset"])
    places = frozenset(
        (row["warc_filename"], row["warc_record_offset"]) for row in dropped.to_pylist()
    )
    return light.filter(mask), places


def _months(light: pa.Table) -> dict[Month, tuple[int, ...]]:
    months = pc.strftime(light["fetched_at"], "%Y-%m")
    pairs = light.select(["part"]).append_column("month", months).group_by(["month", "part"])
    found: dict[Month, set[int]] = defaultdict(set)
    for row in pairs.aggregate([]).to_pylist():
        year, _, month = row["month"].partition("-")
        found[int(year), int(month)].add(row["part"])
    return {month: tuple(sorted(found[month])) for month in sorted(found)}


def _before_run(light: pa.Table) -> dict[str, str | None]:
    instants: list[Any] = light["fetched_at"].cast(pa.int64()).to_pylist()
    in_order = array("q", sorted(instants))
    firsts = light.group_by("run_id").aggregate([("fetched_at", "min")])
    starts: list[Any] = firsts["fetched_at_min"].cast(pa.int64()).to_pylist()
    before: dict[str, str | None] = {}
    for run, start in zip(firsts["run_id"].to_pylist(), starts, strict=True):
        older = bisect_left(in_order, start)
        before[str(run)] = snapshot_id(_instant(in_order[older - 1])) if older else None
    return before


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)


def _histories(light: pa.Table) -> Iterator[History]:
    of_documents = light.filter(pc.is_valid(light["doc_id"])).select([*_LIGHT, "part", "part_row"])
    in_order = of_documents.sort_by([("doc_id", "ascending")])
    rows = (row for batch in in_order.to_batches(_BATCH) for row in batch.to_pylist())
    for doc_id, captures in groupby(rows, key=_doc_id):
        found = history(doc_id, (Sighting(**row) for row in captures))
        if found is not None:
            yield found


def _doc_id(row: dict[str, Any]) -> str:
    return str(row["doc_id"])


def _shard(document: History) -> ShardKey:
    day = document.current.published_date or moscow_day(document.first_seen_at)
    return document.doc_id.partition(":")[0], day.year


def _problems(light: pa.Table, last_seen: Mapping[str, datetime]) -> tuple[Problem, ...]:
    failed = light.filter(pc.is_valid(light["problem"]))
    found = []
    for row in failed.to_pylist():
        read_later = last_seen.get(row["doc_id"])
        found.append(
            Problem(
                warc=row["warc_filename"],
                offset=row["warc_record_offset"],
                url=row["url"],
                kind=row["problem_kind"],
                problem=row["problem"],
                healed=read_later is not None and read_later > row["fetched_at"],
            )
        )
    return tuple(sorted(found, key=lambda p: (p.warc, p.offset)))
