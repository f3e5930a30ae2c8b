"""What the site, the disk and the user can do wrong: each is named, counted, kept, and survived."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from kremlin_archive.archive.reader import read_records
from kremlin_archive.replica import Replica, Rule
from tests.crawl.running import NEWS, PROJECT, Crawl, crawl_at

EVENT = f"{NEWS}/66419"
URL = f"http://en.kremlin.ru{EVENT}"

BAD_PAGES = {
    "forbidden": (Rule("status", path=EVENT, status=403), "answered 403", "refused"),
    "too many": (Rule("status", path=EVENT, status=429), "answered 429", "refused"),
    "server error": (Rule("status", path=EVENT, status=500), "answered 500", "failed"),
    "not HTML": (Rule("png", path=EVENT), "", "failed"),
    "JSON": (Rule("json", path=EVENT), "", "failed"),
    "empty": (Rule("empty", path=EVENT), "", "failed"),
    "challenge": (Rule("challenge", path=EVENT), "", "failed"),
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
    run = crawl(rule, ids="66419,66420,66421", languages="en,ru", settings={"RETRY_TIMES": "0"})
    bad = {url: problem for url, problem in run.problems.items() if url.endswith("/66419")}
    assert bad, run.log
    for url, problem in bad.items():
        assert url in problem
        assert words in problem
    assert run.pages[outcome] >= len(bad)
    assert run.code == 3 if run.pages == {outcome: 2} and outcome == "refused" else 2
    answered = [one for one in replica.exchanges if one.target == EVENT and one.response]
    stored = b"".join(record.block for record in run.records("response", EVENT))
    assert answered
    for one in answered:
        head = one.response.partition(b"\r\n\r\n")[0]
        assert head in stored


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


def test_refusals_in_a_row_stop_the_run(crawl: Crawl, replica: Replica) -> None:
    run = crawl(
        Rule("status", path=f"{NEWS}/*", status=403),
        languages="en",
        settings={
            "REFUSALS_MAX": "3",
            "CONCURRENT_REQUESTS_PER_DOMAIN": "1",
            "DOWNLOAD_DELAY": "0.1",
        },
    )
    assert run.code == 3
    assert run.report["ended"] == "refused"
    assert sum(one.status == 403 for one in replica.exchanges) in (3, 4)  # one may be on its way
    assert "refused" in run.words


def test_retry_after_is_waited_for(crawl: Crawl, replica: Replica) -> None:
    run = crawl(
        Rule("status", path=EVENT, status=429, retry_after="1", times=1), ids=66419, languages="en"
    )
    assert run.code == 0
    first, second = [one for one in replica.exchanges if one.target == EVENT]
    assert second.began - first.began >= 1.0


def test_a_retry_after_beyond_patience_is_a_refusal(crawl: Crawl) -> None:
    rule = Rule("status", path=EVENT, status=429, retry_after="86400")
    assert crawl(rule, ids=66419, languages="en").code == 3


def test_robots_that_forbid_everything_stop_the_run(crawl: Crawl, replica: Replica) -> None:
    run = crawl(Rule("disallow-all", path="/robots.txt"))
    assert run.code == 3
    assert {one.target for one in replica.exchanges} == {"/robots.txt"}


def test_robots_that_cannot_be_fetched_stop_the_run(crawl: Crawl, replica: Replica) -> None:
    run = crawl(Rule("status", path="/robots.txt", status=500))
    assert run.code == 2
    assert all("robots.txt was answered 500" in problem for problem in run.problems.values())
    assert {one.target for one in replica.exchanges} == {"/robots.txt"}


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


def test_a_site_that_is_down_is_a_failure_not_an_empty_day(tmp_path: Path) -> None:
    run = crawl_at(tmp_path, "127.0.0.1:9", {"languages": "en"}, {"RETRY_TIMES": "0"})
    assert run.code in (2, 3)
    assert run.problems


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


def test_a_wrong_setting_is_said_too(crawl: Crawl, replica: Replica) -> None:
    run = crawl(settings={"CONNECT_TO": "nowhere"})
    assert (run.code, len(replica.exchanges)) == (1, 0)
    assert "HOST:PORT" in run.log


@pytest.mark.parametrize(
    "command", [["crawl"], ["crawl", "evnets"], ["crawl", "events", "-a", "x"]]
)
def test_a_wrong_command_line_exits_1(command: list[str], tmp_path: Path) -> None:
    options = ["-s", f"ARCHIVE_ROOT={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *command, *options],
        cwd=PROJECT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1


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


def test_another_run_keeps_this_one_out(crawl: Crawl, replica: Replica, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with FileLock(tmp_path / "archive/.lock"):
        run = crawl()
    assert (run.code, len(replica.exchanges)) == (4, 0)
    assert "another run" in run.log


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 KB."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not allow mounting")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_ends_the_run_with_whole_files(crawl: Crawl, small_disk: Path) -> None:
    run = crawl(root=small_disk / "archive")
    assert run.code == 2
    assert "No space left" in run.log
    for warc in (small_disk / "archive/warc").rglob("*.warc.gz*"):
        for record in read_records(warc):
            assert record.type
    assert stat.S_ISDIR((small_disk / "archive").stat().st_mode)
