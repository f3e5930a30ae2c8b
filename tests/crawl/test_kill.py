"""Kill the crawl at random moments: nothing that was acknowledged is lost, nothing is doubled or broken.

``KILLS=100`` makes the test as long as it should be before a release.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

from kremlin_archive.archive.reader import read_records
from kremlin_archive.replica import Replica, Rule
from tests.crawl.running import PROJECT, Run, command, crawl_at

KILLS = int(os.environ.get("KILLS", "8"))
ARGUMENTS = {"mode": "backfill", "sections": "news,transcripts"}
SLOW = {"LOG_LEVEL": "DEBUG", "CONCURRENT_REQUESTS_PER_DOMAIN": "4"}
FACTS = ("doc_id", "title", "lead", "text", "tags", "published_at", "revision_no", "status")


def killed_after(seconds: float, root: Path, connect_to: str, log: Path) -> int:
    """Start a crawl and kill it so long after it began to fetch; returns its exit code (negative: killed)."""
    before = log.stat().st_size if log.exists() else 0
    with log.open("ab") as stderr:
        process = subprocess.Popen(
            command(root, connect_to, ARGUMENTS, SLOW),
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    while process.poll() is None and b"stored http" not in log.read_bytes()[before:]:
        time.sleep(0.02)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        return process.wait()


def acknowledged(log: Path) -> set[tuple[str, int]]:
    """File and offset of every record that the crawler said was stored."""
    lines = re.findall(r"stored \S+ in (\S+) at (\d+)\n", log.read_text("utf-8", "replace"))
    return {(name, int(offset)) for name, offset in lines}


def facts(run: Run, table: str = "documents") -> list[dict[str, Any]]:
    return [{name: row[name] for name in FACTS} for row in run.rows(table)]


def test_killed_at_random_moments_the_archive_ends_as_an_undisturbed_one(
    replica: Replica, tmp_path: Path
) -> None:
    replica.rules = (Rule("delay", seconds=0.01),)
    chance = random.Random(20261121)  # noqa: S311 - moments, not secrets
    root, log = tmp_path / "killed", tmp_path / "log"
    kills = 0
    while kills < KILLS:
        kills += killed_after(chance.uniform(0.0, 1.8), root, replica.connect_to, log) < 0
        if kills % 4 == 3:  # begin anew now and then: an archive that is whole gives little to kill
            root = tmp_path / f"killed-{kills}"
    roots = sorted(tmp_path.glob("killed*"))
    undisturbed = crawl_at(tmp_path / "calm", replica.connect_to, ARGUMENTS, {})
    for one in roots:
        run = crawl_at(one, replica.connect_to, ARGUMENTS, {"PUBLISH": "always"})
        assert run.code == 0, run.log
        _whole(run)
        assert facts(run) == facts(undisturbed)
    promised = acknowledged(log)
    assert promised
    assert promised <= {place for one in roots for place in _places(one)}


def _places(root: Path) -> set[tuple[str, int]]:
    folder = root / "warc"
    return {
        (path.relative_to(folder).as_posix(), record.offset)
        for path in folder.rglob("*.warc.gz")
        for record in read_records(path)
    }


def _whole(run: Run) -> None:
    """Every file is valid to its last byte, no record or row is there twice, nothing is left open."""
    assert not list(run.root.rglob("*.open"))
    ids = Counter(
        record.get("WARC-Record-ID") for path in run.warcs for record in read_records(path)
    )
    assert set(ids.values()) == {1}
    captures = Counter(row["capture_id"] for row in run.rows("captures"))
    assert set(captures.values()) == {1}
    assert set(Counter(row["doc_id"] for row in run.rows("documents")).values()) == {1}
    stored = {
        record.get("WARC-Record-ID")
        for path in run.warcs
        for record in read_records(path)
        if record.type in ("response", "revisit")
    }
    assert {row["warc_record_id"] for row in run.rows("captures")} == stored
