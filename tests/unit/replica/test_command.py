"""``python -m kremlin_archive.replica`` as a person or a script runs it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kremlin_archive.replica import Replica, Site, read_log
from kremlin_archive.replica.misbehaviour import KINDS
from tests.unit.replica.raw_client import get

COMMAND = [sys.executable, "-m", "kremlin_archive.replica", "--port", "0"]


@contextmanager
def running(*options: str) -> Iterator[Replica]:
    """The command, and a Replica that only knows its port."""
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        there = Replica(Site(()))
        there.port = int(address.rpartition(":")[2])
        try:
            yield there
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0


def test_bundled_site_with_rules_and_log(tmp_path: Path) -> None:
    rules, log = tmp_path / "rules.json", tmp_path / "log.jsonl"
    rules.write_text(json.dumps([{"kind": "status", "path": "*/4", "status": 503}]), "utf-8")
    with running("--rules", str(rules), "--log", str(log)) as replica:
        answers = [get(replica, f"/events/president/news/{number}") for number in (4, 66419)]
    assert [answer.status for answer in answers] == [503, 200]
    assert [one.response for one in read_log(log)] == [answer.raw for answer in answers]
    assert [one.end for one in read_log(log)] == ["complete", "complete"]


def test_saved_pages(tmp_path: Path) -> None:
    page = tmp_path / "kremlin.ru/acts/news/1.html"
    page.parent.mkdir(parents=True)
    page.write_bytes(b"<p>1")
    with running("--pages", str(tmp_path)) as replica:
        assert get(replica, "/acts/news/1", host="kremlin.ru").content == b"<p>1"


def test_kinds_are_listed() -> None:
    listed = subprocess.run(
        [*COMMAND, "--kinds"], capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[0] for line in listed.splitlines()} == set(KINDS)


@pytest.mark.parametrize("option", ["--pages", "--rules"])
def test_wrong_path_is_told(tmp_path: Path, option: str) -> None:
    done = subprocess.run(
        [*COMMAND, option, str(tmp_path / "nowhere")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
