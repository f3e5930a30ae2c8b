from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.year.evidence import reports_of
from tests.year.forkserver import ForkServer, fork_server
from tests.year.running import Ran

THEN = datetime(2031, 5, 6, 7, 17, tzinfo=UTC)
NOBODY = "127.0.0.1:9"  # the discard port: nobody listens there


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with fork_server() as one:
        yield one


def crawl(root: Path, *options: str) -> tuple[str, ...]:
    settings = {
        "ARCHIVE_ROOT": str(root),
        "CONNECT_TO": NOBODY,
        "RETRY_TIMES": "0",
        "DOWNLOAD_DELAY": "0",
    }
    given = (part for name, value in settings.items() for part in ("-s", f"{name}={value}"))
    return ("scrapy", "crawl", "events", *given, *options)


def test_a_run_lives_at_the_instant_it_was_given(server: ForkServer, tmp_path: Path) -> None:
    for then in (THEN, THEN.replace(year=2030)):
        assert server.run(then, crawl(tmp_path), tmp_path / "log").code in (2, 3)
    found = sorted((tmp_path / "runs").iterdir())
    assert [path.name[:15] for path in found] == ["2030-05-06T0717", "2031-05-06T0717"]
    report = json.loads(found[1].read_text("utf-8"))
    assert 0 <= report["seconds"] < 60
    assert report["began_at"] <= report["ended_at"] < "2031-05-06T07:20"


def test_a_run_that_did_not_begin_is_no_evidence(server: ForkServer, tmp_path: Path) -> None:
    later = THEN + timedelta(hours=1)
    codes = (
        server.run(THEN, crawl(tmp_path), tmp_path / "log").code,
        server.run(later, crawl(tmp_path, "-a", "ids=x"), tmp_path / "log").code,
    )
    runs = [
        Ran(at.isoformat(), at.isoformat(), "down", False, code, 0, 0, 0, 0)  # noqa: FBT003
        for at, code in zip((THEN, later), codes, strict=True)
    ]
    reports = reports_of(tmp_path, runs)
    assert (codes, [*reports]) == ((2, 1), [0])
    assert reports[0]["pages"]["failed"] == 0


def test_exit_codes_come_back(server: ForkServer, tmp_path: Path) -> None:
    assert server.run(THEN, ("scrapy", "version"), tmp_path / "log").code == 0
    assert server.run(THEN, crawl(tmp_path, "-a", "ids=x"), tmp_path / "log").code == 1
    assert "ids='x'" in (tmp_path / "log").read_text("utf-8")


def test_a_run_is_killed_when_its_time_has_come(server: ForkServer, tmp_path: Path) -> None:
    end = server.run(THEN, crawl(tmp_path), tmp_path / "log", kill_after=0.01)
    assert end.code == -9
    assert server.run(THEN, ("scrapy", "version"), tmp_path / "log").code == 0


def test_a_child_that_breaks_says_why_and_leaves_the_server_whole(
    server: ForkServer, tmp_path: Path
) -> None:
    broken = ("scrapy", "version", f"--pidfile={tmp_path}/no/such/folder")
    assert server.run(THEN, broken, tmp_path / "log").code not in (0, 1, 2, 3, 4)
    assert server.run(THEN, ("scrapy", "version"), tmp_path / "log").code == 0
    assert "Traceback" in (tmp_path / "log").read_text("utf-8")
