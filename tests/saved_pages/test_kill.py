"""The whole saved site, killed again and again in a backfill: the same rows as of an undisturbed crawl.

``KILLS=20`` makes it as long as it should be before a release.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kremlin_archive.replica import Replica, serve
from tests.crawl.running import PROJECT, Run, command, crawl_at

pytestmark = pytest.mark.saved_pages
KILLS = int(os.environ.get("KILLS", "2"))
ARGUMENTS = {"languages": "en", "sections": "news", "mode": "backfill"}
PATIENT = {"DOWNLOAD_TIMEOUT": "60", "PUBLISH": "always"}
TABLES = (
    "documents",
    "paragraphs",
    "turns",
    "persons",
    "document_tags",
    "media",
    "links",
    "editions",
)
OF_THE_FETCH = frozenset(
    {
        *("capture_id", "fetched_at", "first_seen_at", "last_seen_at", "last_changed_at", "run_id"),
        *("warc_filename", "warc_record_offset", "warc_record_length", "warc_record_id"),
    }
)
"""Columns that tell when and where a page was stored, not what it says."""


@pytest.fixture(scope="module")
def replica(news: Path) -> Iterator[Replica]:
    with serve(news.parents[3], log=False) as served:
        yield served


def test_a_backfill_that_was_killed_ends_as_an_undisturbed_one(
    replica: Replica, tmp_path: Path
) -> None:
    calm = crawl_at(tmp_path / "calm", replica.connect_to, ARGUMENTS, PATIENT)
    whole = calm.report["seconds"]
    chance = random.Random(20261129)  # noqa: S311 - moments, not secrets
    killed = tmp_path / "killed"
    for _ in range(KILLS):
        _kill(killed, replica, chance.uniform(0.1, 1.2) * whole / min(KILLS, 4))
    run = crawl_at(killed, replica.connect_to, ARGUMENTS, PATIENT)
    assert run.code == calm.code, run.log
    assert len(calm.documents) > 6_000
    for table in TABLES:
        assert said(run, table).equals(said(calm, table)), table
    captures = Counter(row["capture_id"] for row in run.rows("captures"))
    assert set(captures.values()) == {1}


def said(run: Run, table: str) -> pa.Table:
    """A table without what depends on when and where its pages were stored."""
    rows = pq.read_table(run.root / "latest" / table)
    return rows.drop_columns([name for name in rows.column_names if name in OF_THE_FETCH])


def _kill(root: Path, replica: Replica, seconds: float) -> None:
    process = subprocess.Popen(
        command(root, replica.connect_to, ARGUMENTS, PATIENT),
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
