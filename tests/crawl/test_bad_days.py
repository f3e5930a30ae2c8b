"""What the site, the disk and the user can do wrong: each is named, counted, kept, and survived."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from kremlin_archive.archive.reader import read_records
from kremlin_archive.cli import main
from kremlin_archive.dataset import extraction
from kremlin_archive.dataset.extract import extract
from kremlin_archive.pages import parse_event
from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.records import EventPage
from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site import Site
from kremlin_archive.report.runs import read_reports
from tests.crawl.running import (
    ENGLISH_NEWS,
    NEWS,
    PROJECT,
    Crawl,
    Run,
    command,
    crawl_without_rights,
)

EVENT = f"{NEWS}/66419"
URL = f"http://en.kremlin.ru{EVENT}"

BAD_PAGES = {
    "forbidden": (Rule("status", path=EVENT, status=403), "answered 403", "refused"),
    "too many": (Rule("status", path=EVENT, status=429), "answered 429", "refused"),
    "server error": (Rule("status", path=EVENT, status=500), "answered 500", "failed"),
    "not HTML": (Rule("png", path=EVENT), "", "failed"),
    "JSON": (Rule("json", path=EVENT), "", "failed"),
    "empty": (Rule("empty", path=EVENT), "", "failed"),
    "challenge": (Rule("challenge", path=EVENT), "a challenge instead of the page", "refused"),
    "broken gzip": (Rule("corrupt-gzip", path=EVENT), "", "failed"),
    "cut gzip": (Rule("truncated-gzip", path=EVENT), "", "failed"),
    "cut short": (Rule("short", path=EVENT, size=2000), "", "failed"),
    "reset": (Rule("reset", path=EVENT, at="body", size=900), "", "failed"),
    "stalled": (Rule("stall", path=EVENT, at="body", size=900), "longer than", "failed"),
    "wrong charset": (Rule("windows-1251", path=EVENT), "", "failed"),
    "another host": (
        Rule("redirect", path=EVENT, status=302, location="http://example.com/x"),
        "another host",
        "failed",
    ),
    "loop": (Rule("redirect", path=EVENT, status=302, location=EVENT), "more than 5", "failed"),
}


@pytest.mark.parametrize("case", BAD_PAGES)
def test_a_bad_page_is_named_counted_and_kept_and_the_run_goes_on(
    crawl: Crawl, replica: Replica, case: str
) -> None:
    rule, words, outcome = BAD_PAGES[case]
    run = crawl(rule, ids="66419,54279,4", languages="en,ru", settings={"RETRY_TIMES": "0"})
    bad = {url: problem for url, problem in run.problems.items() if url.endswith("/66419")}
    assert bad, run.log
    for url, problem in bad.items():
        assert url in problem
        assert words in problem
    assert run.pages[outcome] >= len(bad)
    assert run.code == 2
    assert run.documents  # the run went on to the other pages, and had them
    answered = [one for one in replica.exchanges if one.target == EVENT and one.response]
    stored = b"".join(record.block for record in run.records("response", EVENT))
    assert answered
    for one in answered:
        head = one.response.partition(b"\r\n\r\n")[0]
        assert head in stored


@pytest.mark.parametrize("case", BAD_PAGES)
def test_a_run_that_asks_for_nothing_but_a_bad_page_says_which_kind_of_bad(
    crawl: Crawl, case: str
) -> None:
    rule, _, outcome = BAD_PAGES[case]
    one = {"ids": "66419", "languages": "en", "sections": "news"}
    run = crawl(rule, settings={"RETRY_TIMES": "0"}, **one)
    assert run.pages == {outcome: 1}
    assert run.code == (3 if outcome == "refused" else 2)


def test_a_page_that_is_not_there_is_a_gap_when_a_listing_names_it(crawl: Crawl) -> None:
    run = crawl(Rule("status", path=EVENT, status=404), languages="en", sections="news")
    assert run.code == 2
    assert run.problems == {URL: f"{URL}: answered 404"}


def test_a_page_that_comes_back_is_fetched_by_the_next_run(crawl: Crawl, replica: Replica) -> None:
    assert crawl(Rule("status", path="*/66419", status=500), languages="en").code == 2
    replica.rules = ()
    run = crawl(languages="en", mode="backfill")
    assert run.code == 0
    assert run.pages == {"new": 1}


def test_missing_robots_allow_everything(crawl: Crawl) -> None:
    assert crawl(Rule("status", path="/robots.txt", status=404), ids=66419).code == 0


def test_a_feed_that_is_not_xml_is_named_and_the_listing_still_walked(crawl: Crawl) -> None:
    run = crawl(Rule("not-xml", path=f"{NEWS}/feed"), languages="en", sections="news")
    assert run.code == 2
    assert list(run.problems) == [f"http://en.kremlin.ru{NEWS}/feed"]
    assert "en:66419" in run.documents


def test_a_listing_page_that_fails_leaves_no_hole_behind_it(crawl: Crawl) -> None:
    run = crawl(Rule("status", path=f"{NEWS}/page/2", status=500), languages="en", sections="news")
    assert f"http://en.kremlin.ru{NEWS}/page/2" in run.problems
    third = run.records("response", "/page/3")
    assert third


WRONG = {
    "language": ({"languages": "fr"}, "languages='fr'"),
    "section": ({"sections": "nws"}, "sections='nws'"),
    "since": ({"since": "yesterday"}, "since='yesterday'"),
    "order": ({"since": "2021-02-01", "until": "2021-01-01"}, "is after"),
    "ids": ({"ids": "12,x"}, "ids='12,x'"),
    "limit": ({"limit": "0"}, "limit='0'"),
    "mode": ({"mode": "fast"}, "mode='fast'"),
    "unknown": ({"speed": "9"}, "unknown argument speed"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_is_said_before_any_request(
    crawl: Crawl, replica: Replica, tmp_path: Path, case: str
) -> None:
    arguments, words = WRONG[case]
    run = crawl(**arguments)
    assert run.code == 1
    assert words in run.log
    assert "Traceback" not in run.log
    assert not replica.exchanges
    assert not (tmp_path / "archive").exists()
    (tmp_path / "archive").mkdir()
    report = crawl(**arguments).report
    assert (report["exit_code"], report["ended"]) == (1, "wrong use")
    assert report["arguments"] == arguments
    assert words in report["problem"]


def test_a_wrong_setting_is_said_too(crawl: Crawl, replica: Replica) -> None:
    run = crawl(settings={"CONNECT_TO": "nowhere"})
    assert (run.code, len(replica.exchanges)) == (1, 0)
    assert "HOST:PORT" in run.log


@pytest.mark.parametrize(
    "command",
    [
        *(
            ["crawl"],
            ["crawl", "evnets"],
            ["crawl", "events", "-a", "x"],
            ["crawl", "events", "-s"],
        ),
        *(["crawl", "events", "-L"], ["crawl", "events", "-s", "x"], ["crawl", "events", "--fast"]),
        *(["crawl", "events", "events"], ["crawl", "events", "-a"]),
    ],
)
def test_a_wrong_command_line_exits_1(command: list[str], tmp_path: Path) -> None:
    head, tail = command[:1], command[1:]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *head, "-s", f"ARCHIVE_ROOT={tmp_path}", *tail],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("kremlin-archive: ")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("unshare"), reason="root writes anywhere"
)
def test_an_output_that_cannot_be_written_is_said_before_any_request(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    run = crawl(root=in_the_way / "archive")
    assert (run.code, len(replica.exchanges)) == (1, 0)
    assert "cannot be written" in run.log


def test_an_archive_that_is_read_only_is_said_before_any_request(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    root = tmp_path / "archive"
    assert crawl(root=root, ids=66419).code == 0
    before, asked = sorted(root.rglob("*")), len(replica.exchanges)
    root.chmod(0o555)
    run = crawl_without_rights(root, replica.connect_to, {})
    root.chmod(0o755)
    assert (run.code, len(replica.exchanges)) == (1, asked)
    assert f"{root}: cannot be written: Permission denied" in run.log
    assert "Traceback" not in run.log
    told = json.loads(max((root / "runs").glob("*-not-begun-*")).read_text("utf-8"))
    assert (told["exit_code"], told["ended"]) == (1, "wrong use")
    assert len(sorted(root.rglob("*"))) == len(before) + 1


def test_another_run_keeps_this_one_out(crawl: Crawl, replica: Replica, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with FileLock(tmp_path / "archive/.lock"):
        run = crawl()
    assert (run.code, len(replica.exchanges)) == (4, 0)
    assert "another run" in run.log
    assert (run.report["exit_code"], run.report["ended"]) == (4, "locked")


def test_of_many_runs_at_once_one_does_the_work_and_each_has_its_report(
    replica: Replica, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replica.rules = (Rule("delay", path="/robots.txt", seconds=3, times=1),)
    root = tmp_path / "archive"
    runs = [started(replica, root, METRICS_FILE=str(root / "metrics.prom")) for _ in range(4)]
    logs = [run.communicate(timeout=120)[1] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 4, 4, 4], logs
    reports = [json.loads(path.read_text("utf-8")) for path in (root / "runs").iterdir()]
    told = sorted((report["exit_code"], report["ended"]) for report in reports)
    assert told == [(0, "finished"), *[(4, "locked")] * 3]
    assert "kremlin_archive_last_run_exit_code 0\n" in (root / "metrics.prom").read_text()
    [done] = read_reports(root / "runs", most=9)
    assert done["exit_code"] == 0
    assert main(["status", "--root", str(root), "--json"]) == 0
    assert [run["exit_code"] for run in json.loads(capsys.readouterr().out)["runs"]] == [0]


def started(replica: Replica, root: Path, **settings: str) -> subprocess.Popen[str]:
    arguments = {"languages": "en", "sections": "news"}
    return subprocess.Popen(
        command(root, replica.connect_to, arguments, settings),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_of_two_runs_at_once_the_second_leaves_at_once(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    replica.rules = (Rule("delay", path=f"{NEWS}/feed", seconds=2, times=1),)
    root = tmp_path / "archive"
    with started(replica, root, DOWNLOAD_TIMEOUT="60") as first:
        while not any(one.target.endswith("/feed") for one in replica.exchanges):
            assert first.poll() is None
        first.send_signal(signal.SIGSTOP)  # however long the second takes to begin
        before = len(replica.exchanges)
        try:
            second = crawl(root=root)
        finally:
            first.send_signal(signal.SIGCONT)
        assert (second.code, len(replica.exchanges)) == (4, before)
        words, log = first.communicate(timeout=120)
    assert first.returncode == 0, log
    assert f"{ENGLISH_NEWS} new" in words


def test_the_lock_of_a_killed_run_is_free_and_its_report_says_so(
    crawl: Crawl, replica: Replica, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replica.rules = (Rule("stall", path=f"{NEWS}/feed", at="start"),)
    root = tmp_path / "archive"
    with started(replica, root, DOWNLOAD_TIMEOUT="60") as killed:
        while not any(one.target.endswith("/feed") for one in replica.exchanges):
            assert killed.poll() is None
        killed.kill()
    assert (root / ".lock").exists()
    replica.rules = ()
    run = crawl(root=root, ids=66419)
    assert run.code == 0
    assert run.pages == {"new": 2}
    killed_run, second = sorted((root / "runs").iterdir())
    told = json.loads(killed_run.read_text("utf-8"))
    assert (told["run_id"], told["ended"], told["exit_code"]) == (killed_run.stem, "killed", None)
    assert str(killed_run) in run.log
    assert json.loads(second.read_text("utf-8"))["exit_code"] == 0
    assert main(["status", "--root", str(root)]) == 0
    assert f"{killed_run.stem}  killed" in capsys.readouterr().out


@pytest.mark.parametrize("half", ["documents", "manifest.json", "SHA256SUMS", "captures"])
def test_a_snapshot_half_deleted_is_published_whole_again(
    crawl: Crawl, replica: Replica, half: str
) -> None:
    run = crawl(languages="en", sections="news")
    lost = (run.root / "latest").resolve() / half
    assert lost.exists()
    if lost.is_dir():
        shutil.rmtree(lost)
    else:
        lost.unlink()
    site = replica.source
    assert isinstance(site, Site)
    site.publish(replace(site.edition("en", 66419), event_id=90001, published="2026-12-30 12:00"))
    run = crawl(languages="en", sections="news")
    assert run.code == 0, run.log + run.words
    assert len(run.documents) == ENGLISH_NEWS + 1
    assert len(run.rows("captures")) == len(run.records("response")) + len(run.records("revisit"))


def test_an_event_of_next_week_is_an_event(crawl: Crawl, replica: Replica) -> None:
    site = replica.source
    assert isinstance(site, Site)
    then = datetime.now(MOSCOW) + timedelta(days=7)
    future = replace(site.edition("en", 66419), event_id=90001, published=f"{then:%Y-%m-%d %H:%M}")
    site.publish(future)
    run = crawl(languages="en", sections="news")
    assert run.code == 0
    assert run.documents["en:90001"]["published_date"] == then.date()
    today = f"{datetime.now(MOSCOW):%Y-%m-%d %H:%M}"
    site.publish(replace(site.edition("en", 66419), event_id=90002, published=today))
    run = crawl(languages="en", sections="news")
    assert (run.code, run.pages.get("new")) == (0, 1)  # what came after it is not taken for old


def test_an_id_that_another_event_takes_keeps_the_text_of_the_first(
    crawl: Crawl, replica: Replica
) -> None:
    crawl(languages="en", sections="news")
    site = replica.source
    assert isinstance(site, Site)
    old, other = site.edition("en", 66419), site.edition("en", 54279)
    site.publish(replace(other, event_id=66419, updated="2026-12-30 12:00:00"))
    run = crawl(languages="en", sections="news", mode="recheck")
    assert run.code == 0
    assert run.pages["changed"] == 1
    kept = [row for row in run.rows("revisions") if row["doc_id"] == "en:66419"]
    assert [row["revision_no"] for row in kept] == [1, 2]
    assert kept[0]["title"].split() == old.title.split()
    assert run.documents["en:66419"]["title"].split() == other.title.split()


def test_a_layout_that_changed_overnight_costs_no_bytes_and_is_mended_by_extract(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """«Mended»: by code that knows the new layout."""
    old, new = "read__internal_content", "body__of_2027"
    rule = Rule("edit", path=f"{NEWS}/[0-9]*", old=old, new=new)
    run = crawl(rule, languages="en", sections="news")
    assert run.code == 2
    assert run.pages == {"failed": ENGLISH_NEWS}
    assert all("selector" in problem for problem in run.problems.values())
    assert not extract(run.root).is_complete

    def parse(content: bytes, url: str, *, charset: str | None = None) -> EventPage:
        return parse_event(content.replace(new.encode(), old.encode()), url, charset=charset)

    monkeypatch.setattr(extraction, "parse_event", parse)
    assert extract(run.root, fresh=True).is_complete
    assert len(run.documents) == ENGLISH_NEWS


# ---- clocks --------------------------------------------------------------------------------------------


def crawl_when(
    replica: Replica,
    root: Path,
    ahead: timedelta,
    settings: dict[str, str],
    after: int | None = None,
) -> Run:
    """Crawl with a machine's clock that is so far ahead of the site's, or is set so after some exchanges."""
    arguments = {"languages": "en", "sections": "news"}
    if after is not None:
        arguments["mode"] = "recheck"
    [python, _, _, *rest] = command(root, replica.connect_to, arguments, settings)
    when = "" if after is None else f"@{after}"
    shifted = ["-m", "tests.crawl.shifted_clock", f"{ahead.total_seconds()}{when}"]
    done = subprocess.run(
        [python, *shifted, *rest],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr, root)


@pytest.mark.parametrize(("days", "words"), [(400, "ahead of"), (-400, "behind")])
def test_a_clock_that_is_wrong_ends_the_run_before_anything_is_dated_by_it(
    crawl: Crawl, replica: Replica, tmp_path: Path, days: int, words: str
) -> None:
    root = tmp_path / "archive"
    run = crawl_when(replica, root, timedelta(days=days), {})
    assert run.code == 2
    assert run.report["ended"] == "clock"
    assert f"{words} the site's" in run.report["problem"]
    assert run.pages == {}
    assert len(replica.exchanges) <= 3
    assert crawl(root=root, languages="en", sections="news").pages == {"new": ENGLISH_NEWS}
    assert crawl_when(replica, root, timedelta(days=days), {}).code == 2
    again = crawl(root=root, languages="en", sections="news")
    assert again.code == 0
    assert not {"new", "changed"} & again.pages.keys()


@pytest.mark.parametrize("days", [2, -2, -400])
def test_a_clock_that_is_set_during_a_run_dates_nothing(
    crawl: Crawl, replica: Replica, tmp_path: Path, days: int
) -> None:
    """The history of a page that was edited would be out of order."""
    root = tmp_path / "archive"
    crawl(root=root, languages="en", sections="news")
    site = replica.source
    assert isinstance(site, Site)
    for one in site.editions:
        if one.language == "en":
            site.publish(replace(one, title=f"{one.title}, edited"))
    before = len(replica.exchanges)
    settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": "1", "DOWNLOAD_DELAY": "0.01"}
    run = crawl_when(replica, root, timedelta(days=days), settings, after=4)
    assert run.code == 2
    assert run.report["ended"] == "clock"
    assert ("set forward" if days > 0 else "behind the site's") in run.report["problem"]
    assert len(replica.exchanges) - before == 4
    assert run.pages == {"changed": 3}
    run = crawl(root=root, languages="en", sections="news", mode="recheck")
    assert run.code == 0
    newest: dict[str, dict[str, object]] = {}
    for row in sorted(run.rows("revisions"), key=lambda row: row["revision_no"]):
        newest[row["doc_id"]] = row
    assert {row["revision_no"] for row in newest.values()} == {2}
    assert all(str(row["title"]).endswith(", edited") for row in newest.values())


def test_a_full_disk_ends_the_run_with_whole_files(crawl: Crawl, small_disk: Path) -> None:
    run = crawl(root=small_disk / "archive")
    assert run.code == 2
    assert "No space left" in run.log
    [report] = (small_disk / "archive/runs").iterdir()
    assert json.loads(report.read_text("utf-8"))["run_id"] == report.name.partition(".")[0]
    for warc in (small_disk / "archive/warc").rglob("*.warc.gz*"):
        for record in read_records(warc):
            assert record.type
    assert stat.S_ISDIR((small_disk / "archive").stat().st_mode)
