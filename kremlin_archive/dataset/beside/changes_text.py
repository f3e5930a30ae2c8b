"""``CHANGES.md``: what the newest crawl brought, and the log of changes month by month.

Which snapshots were published before depends on who published when, so the text does not ask: it
compares with the snapshot of everything captured before the newest crawl began (that of an archive
that publishes after each crawl, as the crawler does). So the same archive gives the same bytes. Who
holds an older snapshot takes the rows of ``changes`` since then; the text says how.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kremlin_archive.dataset.beside.markdown import grid
from kremlin_archive.dataset.draft import Draft
from kremlin_archive.dataset.parquet import read_columns, read_table
from kremlin_archive.dataset.tables.changes import CHANGES
from kremlin_archive.dataset.tables.documents import DOCUMENTS

MONTHS = 24
"""Months of the log that are shown."""
LISTED = 50
"""Documents that are named; the others are counted."""
_COUNTS = {
    "turns": "n_turns",
    "paragraphs": "n_paragraphs",
    "media": "media_count",
    "links": "link_count",
}
"""Tables whose rows a document counts, and in which column."""

_HEAD = """\
# Changes

This snapshot holds everything captured up to {newest}.

The table `changes` is the whole log. Who has an older snapshot takes the rows with `changed_at` after
the `newest_capture` of its manifest, and reads those documents anew:

    SELECT * FROM 'changes/*.parquet' WHERE changed_at > '2026-11-21T12:00:03Z'

What the log cannot tell (captures of earlier years taken in later, a better reading of the same
bytes) shows when `documents.text_sha256` of two snapshots is compared by `doc_id`.
"""


def changes_text(draft: Draft) -> str:
    """Give the text for a snapshot whose tables are in place."""
    log = read_table(draft.folder, CHANGES, ["changed_at", "lang", "change", "doc_id", "run_id"])
    run, captures = _newest_run(draft)
    brought = log.filter(pc.equal(log["run_id"], pa.scalar(run)))
    before = draft.plan.before_run.get(run)
    since = f"since snapshot {before}" if before else "the first one of this archive"
    head = _HEAD.format(newest=draft.plan.newest.isoformat(timespec="microseconds"))
    sections = [
        head,
        f"## The newest crawl ({run}), {since}\n",
        *_newest(draft, brought, captures),
        f"## By month\n\nThe last {MONTHS} months in which a change was seen.\n",
        _by_month(log),
    ]
    return "\n".join(sections)


def _newest_run(draft: Draft) -> tuple[str, Mapping[str, int]]:
    """Name the run of the newest capture, and count its captures by HTTP status."""
    months = sorted((draft.folder / "captures").glob("captures-*.parquet"))
    columns = ["fetch_time", "capture_id", "run_id", "fetch_status"]
    rows = read_columns(months[-1], columns).sort_by(
        [("fetch_time", "ascending"), ("capture_id", "ascending")]
    )
    run = str(rows["run_id"][-1].as_py())
    statuses = [_statuses(rows, run)]
    for month in reversed(months[:-1]):  # a crawl over the turn of a month has captures in both
        rows = read_columns(month, columns)
        found = _statuses(rows, run)
        if not found:
            break
        statuses.append(found)
    names = sorted({name for each in statuses for name in each})
    return run, {name: sum(each.get(name, 0) for each in statuses) for name in names}


def _statuses(rows: pa.Table, run: str) -> dict[str, int]:
    of_run = rows.filter(pc.equal(rows["run_id"], pa.scalar(run)))
    counted = of_run.group_by("fetch_status").aggregate([([], "count_all")]).to_pylist()
    return {str(each["fetch_status"]): each["count_all"] for each in counted}


def _newest(draft: Draft, brought: pa.Table, captures: Mapping[str, int]) -> Iterator[str]:
    asked = ", ".join(f"{number:,} with status {status}" for status, number in captures.items())
    yield f"Captures: {sum(captures.values()):,} ({asked}).\n"
    if not brought.num_rows:
        yield "No document was added, changed or gone.\n"
        return
    counts = _counts(brought, ["lang", "change"])
    yield grid(("edition", "change", "documents"), [(*key, f"{n:,}") for key, n in counts.items()])
    yield "Rows of the documents it added or changed, as they are now:\n"
    yield grid(("table", "rows"), list(_rows(draft, brought)))
    yield from _named(brought)


def _rows(draft: Draft, brought: pa.Table) -> Iterator[tuple[str, str]]:
    documents = read_table(draft.folder, DOCUMENTS, ["doc_id", *_COUNTS.values()])
    ids = brought["doc_id"].combine_chunks().unique()
    touched = documents.filter(pc.is_in(documents["doc_id"], ids))
    yield "documents", f"{touched.num_rows:,}"
    for table, column in _COUNTS.items():
        yield table, f"{pc.sum(touched[column]).as_py() or 0:,}"
    yield "revisions", f"{brought.num_rows:,}"


def _named(brought: pa.Table) -> Iterator[str]:
    by_change: dict[str, list[str]] = {}
    for row in brought.select(["doc_id", "change"]).to_pylist():
        by_change.setdefault(row["change"], []).append(row["doc_id"])
    for change, doc_ids in sorted(by_change.items()):
        more = len(doc_ids) - LISTED
        names = ", ".join(doc_ids[:LISTED])
        yield f"*{change}*: {names}{f' and {more:,} more' if more > 0 else ''}\n"


def _by_month(log: pa.Table) -> str:
    dated = log.append_column("month", pc.strftime(log["changed_at"], "%Y-%m"))
    counts = _counts(dated, ["month", "change"])
    months = sorted({month for month, _ in counts}, reverse=True)[:MONTHS]
    rows = [(*key, f"{n:,}") for month in months for key, n in counts.items() if key[0] == month]
    return grid(("month", "change", "documents"), rows)


def _counts(rows: pa.Table, names: list[str]) -> dict[tuple[Any, ...], int]:
    groups: Iterable[Any] = rows.group_by(names).aggregate([([], "count_all")]).to_pylist()
    found = {tuple(each[name] for name in names): each["count_all"] for each in groups}
    return dict(sorted(found.items()))
