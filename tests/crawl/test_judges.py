"""Other people's tools on what a crawl wrote, and other people's files in our extraction."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from warcio.capture_http import (
    capture_http,
)  # first: it must patch http.client before it is imported

import http.client  # isort: skip

from kremlin_archive.archive.http import parse_head, split_response
from kremlin_archive.archive.reader import read_records
from kremlin_archive.cli import main
from kremlin_archive.replica import Replica
from tests.crawl.running import NEWS, Crawl

BIN = Path(sys.executable).parent
URL = f"http://en.kremlin.ru{NEWS}/66419"


def _judged(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )


def test_gzip_and_fastwarc_find_nothing_wrong(crawl: Crawl) -> None:
    (warc,) = crawl().warcs
    assert _judged("gzip", "-t", warc).returncode == 0
    fast = _judged(BIN / "fastwarc", "check", "-q", warc)
    assert fast.returncode == 0, fast.stdout + fast.stderr


def test_warcio_objects_only_to_correct_digests_of_chunked_bodies(crawl: Crawl) -> None:
    """warcio digests the chunk framing; the standard (5.9) and its errata digest the entity body."""
    (warc,) = crawl().warcs
    said = _judged(BIN / "warcio", "check", warc).stdout
    objected = {int(offset) for offset in re.findall(r"offset (\d+) ", said)}
    assert set(re.findall(r"^ {4}(\S.*?) sha256:", said, re.MULTILINE)) <= {"payload digest failed"}
    chunked = set()
    for record in read_records(warc):
        split = split_response(record.block) if record.type == "response" else None
        head = parse_head(split.head) if split else None
        if head and head.get("transfer-encoding"):
            chunked.add(record.offset)
    assert chunked
    assert objected == chunked


def _rows(root: Path) -> list[dict[str, object]]:
    return pq.read_table(root / "latest/documents").to_pylist()


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_a_file_written_by_wget_gives_the_same_document(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    proxy = ["-e", f"http_proxy={replica.address}", "-e", "robots=off"]
    command = ["wget", "-q", *proxy, "--no-warc-keep-log", "--warc-file=w", "-O", "/dev/null", URL]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert main(["extract", "--root", str(tmp_path / "theirs"), str(tmp_path / "w.warc.gz")]) == 0
    _same_text(_rows(tmp_path / "theirs"), crawl(ids=66419, languages="en").rows("documents"))


def test_a_file_written_by_warcio_gives_the_same_document(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    path = tmp_path / "c.warc.gz"
    with capture_http(str(path)):
        connection = http.client.HTTPConnection("en.kremlin.ru")
        connection._create_connection = lambda *_, **__: socket.create_connection(  # type: ignore[attr-defined]
            ("127.0.0.1", replica.port)
        )
        connection.request("GET", f"{NEWS}/66419")
        connection.getresponse().read()
        connection.close()
    assert main(["extract", "--root", str(tmp_path / "theirs"), str(path)]) == 0
    theirs = _rows(tmp_path / "theirs")
    _same_text(theirs, crawl(ids=66419, languages="en").rows("documents"))


def _same_text(theirs: list[dict[str, object]], ours: list[dict[str, object]]) -> None:
    for name in ("doc_id", "title", "text", "text_sha256", "published_at", "tags"):
        assert [row[name] for row in theirs] == [row[name] for row in ours]


def test_a_snapshot_opens_in_pandas_from_the_folder(crawl: Crawl) -> None:
    run = crawl(ids=66419)
    frame = pd.read_parquet(run.root / "latest/documents")
    assert sorted(frame.doc_id) == ["en:66419", "ru:66419"]
