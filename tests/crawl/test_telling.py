"""What a crawl tells machines when it ends, and that telling changes nothing."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kremlin_archive.archive.lock import lock_archive
from kremlin_archive.replica import Replica, Rule
from kremlin_archive.report.runs import close_reports, open_report, write_report
from tests.crawl.running import PROJECT, Crawl, Run, command, crawl_without_rights, ran

SMALL = {"languages": "en", "sections": "news", "limit": 3}


@dataclass
class Monitor:
    """A monitor of the healthchecks kind on this machine."""

    url: str = ""
    status: int = 200
    heard: list[tuple[str, str]] = field(default_factory=list)
    """Path and body of each request, in order."""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"])).decode()
        self.heard.append((request.path, body))
        request.send_response(self.status)
        request.send_header("Content-Length", "0")
        request.end_headers()


@pytest.fixture
def monitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitor]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monitor = Monitor()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            monitor.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing in the test's output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        monitor.url = f"http://127.0.0.1:{server.server_port}/ping/1"
        try:
            yield monitor
        finally:
            server.shutdown()
            thread.join()


def test_a_run_tells_everybody_how_it_went(crawl: Crawl, monitor: Monitor, tmp_path: Path) -> None:
    metrics = tmp_path / "metrics" / "kremlin_archive.prom"
    settings = {
        "HEARTBEAT_URL": monitor.url,
        "LOG_JSON_LINE": "1",
        "METRICS_FILE": str(metrics),
    }
    run = crawl(settings=settings, **SMALL)
    assert run.code == 0, run.log
    *summary, line = run.words.splitlines()
    assert summary[0].startswith("Run ")
    told = json.loads(line)
    assert told.pop("misses_count") == 0
    assert told == run.report
    assert monitor.heard == [("/ping/1", "\n".join(summary))]
    assert 'kremlin_archive_last_run_pages{outcome="new"} 3\n' in metrics.read_text("utf-8")
    assert run.report["fill_rates"]["en"]["records"] == 3
    assert run.report["fill_rates"]["en"]["rates"]["title"] == 1


def test_a_run_in_part_says_so_to_the_monitor(crawl: Crawl, monitor: Monitor) -> None:
    run = crawl(
        Rule("status", path="*/66419", status=500),
        settings={"HEARTBEAT_URL": monitor.url},
        languages="en",
        ids="66419",
    )
    assert run.code == 2
    [(path, body)] = monitor.heard
    assert path == "/ping/1/2"
    assert "exit code 2" in body
    assert "/66419" in body


def test_what_is_known_to_be_missing_is_told_by_runs_that_do_not_ask_for_it_too(
    crawl: Crawl, tmp_path: Path
) -> None:
    metrics = tmp_path / "kremlin_archive.prom"
    rule = Rule("status", path="*/66419", status=500)
    settings = {"METRICS_FILE": str(metrics), "RECHECK_BUDGET": "0", "PAIR_BUDGET": "0"}
    for code in (2, 0):
        run = crawl(rule, settings=settings, languages="en", sections="news")
        assert run.code == code, run.log
        assert run.report["missing"] == {"documents": 1, "changes": 0}
        assert "  missing    1 documents" in run.words
        assert 'kremlin_archive_missing{what="documents"} 1\n' in metrics.read_text("utf-8")


@pytest.mark.parametrize("log", ["/dev/full", "/nowhere/crawl.log"])
def test_a_log_that_cannot_be_written_decides_nothing(crawl: Crawl, log: str) -> None:
    run = crawl(settings={"LOG_FILE": log, "LOG_LEVEL": "DEBUG"}, **SMALL)
    assert run.code == 0, run.log
    assert len(run.documents) == 3
    [note] = run.report["notes"]
    assert note.startswith(f"the log {log} could not be written")


def test_a_log_that_can_be_written_is(crawl: Crawl, tmp_path: Path) -> None:
    run = crawl(settings={"LOG_FILE": str(tmp_path / "log"), "LOG_LEVEL": "INFO"}, **SMALL)
    assert (run.code, run.report["notes"]) == (0, [])
    assert "Spider opened" in (tmp_path / "log").read_text("utf-8")


def test_a_monitor_that_is_ill_changes_nothing(crawl: Crawl, monitor: Monitor) -> None:
    monitor.status = 503
    run = crawl(settings={"HEARTBEAT_URL": monitor.url}, **SMALL)
    assert run.code == 0
    assert "the heartbeat to 127.0.0.1 failed" in run.log
    assert "/ping/1" not in run.log


def test_a_monitor_that_is_away_changes_nothing(crawl: Crawl) -> None:
    run = crawl(settings={"HEARTBEAT_URL": "http://127.0.0.1:9/ping/1"}, **SMALL)
    assert run.code == 0
    assert "the heartbeat to 127.0.0.1 failed" in run.log


def test_metrics_that_cannot_be_written_change_nothing(crawl: Crawl, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    run = crawl(settings={"METRICS_FILE": str(tmp_path / "file" / "a.prom")}, **SMALL)
    assert run.code == 0
    assert "the metrics could not be written" in run.log


def test_nothing_is_told_to_machines_unasked(crawl: Crawl) -> None:
    run = crawl(**SMALL)
    assert "{" not in run.words


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("METRICS_FILE", "metrics.txt"),
        ("LOG_LEVEL", "LOUD"),
        ("HEARTBEAT_URL", "file:///etc/passwd"),
        ("LOG_JSON_LINE", "maybe"),
    ],
)
def test_a_wrong_setting_is_wrong_use(crawl: Crawl, name: str, value: str) -> None:
    run = crawl(settings={name: value})
    assert run.code == 1
    assert name in run.log
    assert not (run.root / "runs").exists()


@pytest.mark.parametrize(("code", "arguments"), [(1, {"mode": "fast"}), (4, SMALL)])
def test_what_did_not_begin_is_told_too(
    crawl: Crawl, monitor: Monitor, tmp_path: Path, code: int, arguments: dict[str, object]
) -> None:
    """But the metrics are left to the run that holds the archive, and so is the monitor."""
    metrics = tmp_path / "kremlin_archive.prom"
    settings = {
        "HEARTBEAT_URL": monitor.url,
        "LOG_JSON_LINE": "1",
        "METRICS_FILE": str(metrics),
    }
    (tmp_path / "archive").mkdir()
    with lock_archive(tmp_path / "archive") if code == 4 else nullcontext():
        run = crawl(settings=settings, **arguments)
    assert run.code == code
    told = json.loads(run.words)
    assert (told.pop("misses"), told.pop("misses_count")) == ([], 0)
    assert told == run.report
    assert told["exit_code"] == code
    assert monitor.heard == [("/ping/1/1", run.log.strip())] * (code == 1)
    assert metrics.exists() == (code == 1)
    assert code == 4 or metrics.read_text("utf-8").count("\nkremlin_archive_") == 2


def test_the_monitor_s_address_is_read_from_the_environment(
    crawl: Crawl, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command line is seen by every user of the machine."""
    monkeypatch.setenv("KREMLIN_HEARTBEAT_URL", monitor.url)
    assert crawl(**SMALL).code == 0
    assert crawl(settings={"bad": "x", "LOG_JSON_LINE": "maybe"}).code == 1
    subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "events", "-s"], cwd=PROJECT, check=False
    )
    assert [path for path, _ in monitor.heard] == ["/ping/1", "/ping/1/1", "/ping/1/1"]


def test_a_monitor_that_answers_byte_by_byte_is_not_waited_for(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    over = threading.Event()

    def trickle() -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            while not over.wait(0.2):
                connection.sendall(b"X")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=trickle)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/secret"
        try:
            run = crawl(settings={"HEARTBEAT_URL": url}, **SMALL)
        finally:
            over.set()
            thread.join()
    assert run.code == 0
    assert "the heartbeat to 127.0.0.1 failed: timed out" in run.log


def test_a_layout_that_changed_overnight_is_said(crawl: Crawl) -> None:
    """The place of every page is lost: the run is done, its bytes are kept, and it warns."""
    asked: dict[str, object] = {
        "languages": "en",
        "sections": "news",
        "limit": 25,
    }
    for mode in ("backfill", "recheck", "recheck", "recheck"):
        assert crawl(**asked, mode=mode).report["drift"] == []
    other = Rule("edit", path="*", old="read__place", new="read__locality")
    run = crawl(other, **asked, mode="recheck")
    assert [(one["language"], one["field"]) for one in run.report["drift"]] == [("en", "place")]
    assert "DRIFT      en: place on 0% of 25 pages" in run.words


def test_a_listing_that_tells_of_no_change_any_more_is_said(crawl: Crawl) -> None:
    """Edits that only it would tell of are not seen until somebody mends that."""
    listed = {"languages": "ru", "sections": "trips"}
    assert crawl(**listed).code == 0
    run = crawl(Rule("edit", old='class="updated hidden"', new='class="changed"'), **listed)
    assert run.code == 2
    [said] = run.problems.values()
    assert "shows of none of its events when it changed" in said


UNWRITABLE = {
    "standard output on a full disk": ('exec "$@" >/dev/full', "standard output could not be"),
    "both on a full disk": (
        'exec "$@" >/dev/full 2>&1',
        "standard error could not be written: [Err",
    ),
    "nobody reads it": ('exec "$@" 2>&1 | exit 0', "Broken pipe"),
    "both closed": ('exec "$@" >&- 2>&-', None),
}


@pytest.mark.parametrize("case", UNWRITABLE)
def test_output_that_cannot_be_written_decides_nothing(
    replica: Replica, tmp_path: Path, case: str
) -> None:
    redirected, noted = UNWRITABLE[case]
    root = tmp_path / "archive"
    given = {"languages": "en", "sections": "news", "limit": "3"}
    settings = {"LOG_LEVEL": "INFO", "LOG_JSON_LINE": "1"}
    shell = ["bash", "-c", f"set -o pipefail; ({redirected})", "sh"]
    run = ran(root, [*shell, *command(root, replica.connect_to, given, settings)])
    assert run.code == 0, run.log
    assert (run.report["exit_code"], run.report["ended"]) == (0, "finished")
    assert len(run.documents) == 3
    assert noted is None or noted in "; ".join(run.report["notes"])
    assert not list(root.glob("runs/*.open"))


# ---- the report ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("publish_if_due", "no snapshot was published: out of order"),
        ("prune", "could not prune old snapshots: RuntimeError('out of order')"),
        ("find_drift", "could not compare with earlier runs"),
        ("render", "could not sum up"),
        ("RunSummary", "could not sum up"),
    ],
)
def test_whatever_goes_wrong_at_the_end_the_report_is_written_and_names_it(
    replica: Replica, tmp_path: Path, step: str, words: str
) -> None:
    root = tmp_path / "archive"
    given = {"languages": "en", "sections": "news", "limit": "3"}
    [python, _, _, *rest] = command(root, replica.connect_to, given, {"LOG_JSON_LINE": "1"})
    run = ran(root, [python, "-m", "tests.crawl.faulty", step, *rest])
    assert run.code == 2, run.log
    assert (run.report["exit_code"], run.report["ended"]) == (2, "finished")
    assert words in run.report["problem"]
    assert words in run.words
    assert run.pages == {"new": 3}
    assert json.loads(run.words.splitlines()[-1])["exit_code"] == 2
    assert step == "publish_if_due" or len(run.documents) == 3


def test_a_run_that_is_not_left_the_time_to_end_has_its_report(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    """Asked twice to stop, Scrapy stops at once."""
    replica.rules = (Rule("stall", path="*/feed", at="start"),)
    root = tmp_path / "archive"
    settings = {"LOG_LEVEL": "INFO", "DOWNLOAD_TIMEOUT": "60"}
    process = subprocess.Popen(
        command(root, replica.connect_to, {"languages": "en"}, settings),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for sign in ("documents are in the archive", "shutting down gracefully"):
        for line in process.stderr:
            if sign in line:
                break
        process.send_signal(signal.SIGTERM)
    words, log = process.communicate(timeout=60)
    run = Run(process.returncode, words, log, root)
    assert (run.code, run.report["ended"]) == (2, "interrupted"), log
    assert "interrupted" in words
    replica.rules = ()
    assert crawl(root=root, **SMALL).code == 0
    assert not list(root.rglob("*.open"))


def test_reports_that_cannot_be_kept_are_wrong_use(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    root = tmp_path / "archive"
    root.mkdir()
    (root / "runs").write_text("in the way")
    run = crawl(root=root, **SMALL)
    assert (run.code, len(replica.exchanges)) == (1, 0)
    assert f"{root / 'runs'}: cannot be written: File exists" in run.log
    (root / "runs").unlink()
    (root / "runs").mkdir(0o555)
    run = crawl_without_rights(root, replica.connect_to, {})
    assert (run.code, len(replica.exchanges)) == (1, 0)
    assert f"{root / 'runs'}: cannot be written: Permission denied" in run.log
    assert "Traceback" not in run.log


def test_a_run_that_was_killed_while_it_said_that_it_begins_has_a_report_too(
    tmp_path: Path,
) -> None:
    (tmp_path / "1.json.open.new").write_text('{"run_id": "1", "argu')
    assert close_reports(tmp_path) == [tmp_path / "1.json"]
    told = json.loads((tmp_path / "1.json").read_text("utf-8"))
    assert (told["run_id"], told["ended"]) == ("1", "killed")
    assert [one.name for one in tmp_path.iterdir()] == ["1.json"]


def test_a_report_that_finds_no_room_leaves_word_that_the_run_began(small_disk: Path) -> None:
    path = small_disk / "runs" / "1.json"
    open_report(path, {"run_id": "1", "arguments": {"mode": "fill"}})
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "much").write_bytes(bytes(1 << 20))
    with pytest.raises(OSError, match="No space left"):
        write_report(path, {"run_id": "1", "misses": ["long"] * 99_999})
    assert [one.name for one in path.parent.iterdir()] == ["1.json.open"]
    (small_disk / "much").unlink()
    assert close_reports(path.parent) == [path]
    told = json.loads(path.read_text("utf-8"))
    assert (told["arguments"], told["ended"]) == ({"mode": "fill"}, "killed")
