"""What an archive says of itself when the year is over: its published tables and its runs' reports."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kremlin_archive.report.runs import of_runs
from tests.year.newsroom import Content, read
from tests.year.running import Ran, instant

_RUN_ID = "%Y-%m-%dT%H%M%SZ"
_START = timedelta(minutes=5)
"""A run's name is the second in which it began to work, a little after its process."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A revision: the true instant at which its run started, what it is, and what was read."""

    at: datetime
    kind: str
    content: Content


@dataclass(frozen=True, slots=True)
class Fetched:
    """A capture: its run (index in the journal), address, document if any, answer and payload."""

    run: int
    url: str
    doc_id: str | None
    status: int
    record_type: str
    payload: str | None
    length: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document's row: how it stands and what is kept of it."""

    status: str
    content: Content


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the judge sees. ``reports`` are by index in the journal; killed runs left none."""

    revisions: Mapping[str, Sequence[Seen]]
    documents: Mapping[str, Sequence[Document]]
    fetched: Sequence[Fetched]
    reports: Mapping[int, dict[str, Any]]


class _Clock:
    """True instants by the names of runs, which tell what the machine's clock said."""

    def __init__(self, runs: Sequence[Ran]) -> None:
        self._runs = sorted((instant(ran.clock), number) for number, ran in enumerate(runs))
        self._true = [instant(ran.at) for ran in runs]

    def run(self, run_id: str) -> int:
        """Index of the run that has this name."""
        parts = run_id.split("-")
        began = datetime.strptime("-".join(parts[:3]), _RUN_ID).replace(tzinfo=UTC)
        found = [number for clock, number in self._runs if clock <= began < clock + _START]
        if len(found) != 1:
            raise ValueError(f"run {run_id} is {len(found)} of the journal's")
        return found[0]

    def true(self, run_id: str) -> datetime:
        """When that run started, truly."""
        return self._true[self.run(run_id)]


def gather(root: Path, runs: Sequence[Ran]) -> Evidence:
    """Read the newest snapshot and all reports of an archive."""
    clock = _Clock(runs)
    return Evidence(
        revisions=_revisions(root, clock),
        documents=_documents(root),
        fetched=_fetched(root, clock),
        reports=reports_of(root, runs),
    )


def reports_of(root: Path, runs: Sequence[Ran]) -> dict[int, dict[str, Any]]:
    """The reports of the journal's runs that began, by their index."""
    clock = _Clock(runs)
    # A year that was gone on with has run its last turn twice: the later run's report counts.
    paths = sorted(of_runs(root / "runs"), key=lambda path: (len(path.stem), path.stem))
    return {clock.run(path.stem): json.loads(path.read_text("utf-8")) for path in paths}


def _rows(root: Path, table: str, columns: list[str]) -> list[dict[str, Any]]:
    return pq.read_table(root / "latest" / table, columns=columns).to_pylist()


def _content(row: Mapping[str, Any]) -> Content:
    return read(row["title"], row["lead"], row["place"], row["text"])


def _revisions(root: Path, clock: _Clock) -> dict[str, list[Seen]]:
    columns = ["doc_id", "revision_no", "change_kind", "run_id", "title", "lead", "place", "text"]
    found: defaultdict[str, list[Seen]] = defaultdict(list)
    for row in sorted(_rows(root, "revisions", columns), key=lambda row: row["revision_no"]):
        seen = Seen(clock.true(row["run_id"]), row["change_kind"], _content(row))
        found[row["doc_id"]].append(seen)
    return dict(found)


def _documents(root: Path) -> dict[str, list[Document]]:
    found: defaultdict[str, list[Document]] = defaultdict(list)
    for row in _rows(root, "documents", ["doc_id", "status", "title", "lead", "place", "text"]):
        found[row["doc_id"]].append(Document(row["status"], _content(row)))
    return dict(found)


def _fetched(root: Path, clock: _Clock) -> list[Fetched]:
    columns = [
        "run_id",
        "url",
        "doc_id",
        "fetch_status",
        "record_type",
        "payload_sha256",
        "content_length",
    ]
    rows = _rows(root, "captures", columns)
    numbers = {run_id: clock.run(run_id) for run_id in {row["run_id"] for row in rows}}
    return [
        Fetched(
            numbers[row["run_id"]],
            row["url"],
            row["doc_id"],
            row["fetch_status"],
            row["record_type"],
            row["payload_sha256"],
            row["content_length"] or 0,
        )
        for row in rows
    ]
