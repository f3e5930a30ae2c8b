"""What once went wrong: each case was a fault of ours, found by somebody who tried to break a crawl."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kremlin_archive.replica import Replica, Rule
from tests.crawl.running import ENGLISH_NEWS, NEWS, Crawl

EVENT = f"{NEWS}/66419"


def test_only_codings_that_we_can_undo_are_asked_for(crawl: Crawl, replica: Replica) -> None:
    crawl(ids=66419)
    for one in replica.exchanges:
        assert b"\r\nAccept-Encoding: gzip, deflate\r\n" in one.request


def test_a_page_answered_first_as_an_error_with_the_same_body_is_in_the_tables(
    crawl: Crawl,
) -> None:
    """The good answer once became a revisit of the error, of which nothing is read."""
    rule = Rule("status", path=EVENT, status=500, text="x" * 500, times=1)
    second = Rule("status", path=EVENT, status=200, text="x" * 500, content_type="text/html")
    run = crawl(second, rule, ids=66419, languages="en")
    assert not run.records("revisit")


@pytest.mark.parametrize(
    "line",
    [
        "Last-Modified: Mon, 01 Jan 2024 00:00:00 +99999999999999",
        "Content-Length: ²",
        "ETag: \\xff",
    ],
    ids=["a zone beyond time", "a digit that is none", "raw bytes"],
)
def test_a_poisonous_header_costs_nothing(crawl: Crawl, line: str) -> None:
    run = crawl(Rule("head-lines", path=EVENT, lines=(line,)), ids=66419, languages="en")
    assert run.code in (0, 2)
    assert run.records("response", EVENT)
    assert "Traceback" not in run.log
    assert crawl(ids=66419, languages="en", mode="recheck").report["problem"] is None


@pytest.mark.parametrize("location", ["http://[", "http://kremlin.ru:99999/x"])
def test_a_redirect_to_an_address_that_cannot_be_read_is_named(crawl: Crawl, location: str) -> None:
    rule = Rule("redirect", path=EVENT, status=302, location=location)
    run = crawl(rule, ids=66419, languages="en")
    assert run.report["crashes"] == 0
    assert "cannot be read" in next(iter(run.problems.values()))


def test_a_redirect_to_another_event_is_not_that_event(crawl: Crawl) -> None:
    rule = Rule("redirect", path=EVENT, status=301, location=f"{NEWS}/37351")
    run = crawl(rule, ids="66419,37351", languages="en", sections="news")
    assert run.pages == {"new": 1, "absent": 1}
    assert "redirected to another page" in next(iter(run.problems.values()))


def test_a_host_that_asks_to_wait_is_left_alone(crawl: Crawl, replica: Replica) -> None:
    """Requests that were in its slot already were once sent during the wait."""
    rule = Rule("status", path=f"{NEWS}/feed", host="en.*", status=429, retry_after="3", times=1)
    one_by_one = {"DOWNLOAD_DELAY": "0.2", "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
    run = crawl(rule, languages="en", settings=one_by_one)
    assert run.code == 0
    refused = next(one for one in replica.exchanges if one.status == 429)
    after = [one.began - refused.began for one in replica.exchanges if one.number > refused.number]
    assert after
    assert min(after) >= 2.5


def test_refusals_are_counted_for_each_host_by_itself(crawl: Crawl, replica: Replica) -> None:
    run = crawl(
        Rule("status", host="en.kremlin.ru", path=f"{NEWS}/*", status=403),
        settings={"REFUSALS_MAX": "4", "DOWNLOAD_DELAY": "0.05"},
    )
    assert run.code == 3
    assert sum(one.status == 403 for one in replica.exchanges) < 20


def test_one_refused_feed_is_not_a_refusal_of_the_site(crawl: Crawl) -> None:
    crawl(languages="en", sections="news")
    run = crawl(Rule("status", path=f"{NEWS}/feed", status=403), languages="en", sections="news")
    assert run.code == 2


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_robots_that_are_refused_permit_nothing(
    crawl: Crawl, replica: Replica, status: int
) -> None:
    run = crawl(Rule("status", path="/robots.txt", status=status), settings={"REFUSALS_MAX": "9"})
    assert {one.target for one in replica.exchanges} == {"/robots.txt"}
    assert run.code == 3


def test_a_missing_robots_page_is_not_read_as_rules(crawl: Crawl) -> None:
    rule = Rule("status", path="/robots.txt", status=404, text="User-agent: *\nDisallow: /\n")
    assert crawl(rule, ids=66419).code == 0


def test_a_deleted_file_is_not_referred_to(crawl: Crawl) -> None:
    """Its rows were once still believed, and the page stored again as a revisit of nothing."""
    for warc in crawl(ids=66419).warcs:
        warc.unlink()
    run = crawl(ids=66419, mode="recheck")
    assert run.pages == {"new": 2}
    assert not run.records("revisit")


@pytest.mark.parametrize("lost", ["cache", "state.sqlite", "latest.json", "snapshots", "index"])
def test_what_can_be_made_again_may_be_deleted(crawl: Crawl, tmp_path: Path, lost: str) -> None:
    crawl(languages="en", sections="news")
    path = tmp_path / "archive" / lost
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    run = crawl(settings={"PUBLISH": "always"}, languages="en", sections="news")
    assert run.code == 0, run.log
    assert run.pages == {}
    assert len(run.documents) == ENGLISH_NEWS


@pytest.mark.parametrize("damaged", ["cache/parts", "state.sqlite", "latest.json", "cache"])
def test_what_is_damaged_is_made_again(crawl: Crawl, tmp_path: Path, damaged: str) -> None:
    crawl(languages="en", sections="news")
    place = tmp_path / "archive" / damaged
    for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
        if path.is_file():
            data = bytearray(path.read_bytes())
            middle = len(data) // 2
            data[middle - 20 : middle + 20] = b"\xff" * 40
            path.write_bytes(bytes(data))
    run = crawl(settings={"PUBLISH": "always"}, languages="en", sections="news")
    assert run.code == 0, run.log + run.words
    assert len(run.documents) == ENGLISH_NEWS


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"ARCHIVE_ROOT": ""}, "ARCHIVE_ROOT is empty"),
        ({"WARC_MAX_BYTES": "1GB"}, "expected a number above 0"),
        ({"WARC_MAX_BYTES": "-1"}, "expected a number above 0"),
        ({"CONCURRENT_REQUESTS": "0"}, "expected a number above 0"),
        ({"CONCURRENT_REQUESTS_PER_DOMAIN": "0"}, "expected a number above 0"),
        ({"DOWNLOAD_DELAY": "-5"}, "expected seconds"),
        ({"DOWNLOAD_TIMEOUT": "soon"}, "expected seconds"),
        ({"JOBDIR": "job"}, "told by the archive"),
        ({"HTTPCACHE_ENABLED": "1"}, "answers from a cache"),
        ({"CONCURRENT_ITEMS": "0"}, "expected a number above 0"),
        ({"DEPTH_LIMIT": "2"}, "left out without a word"),
        ({"URLLENGTH_LIMIT": "45"}, "expected 2083 or more"),
        ({"CONNECT_TO": "127.0.0.1:²"}, "expected HOST:PORT"),
    ],
)
def test_settings_that_could_archive_nothing_are_refused(
    crawl: Crawl, replica: Replica, setting: dict[str, str], words: str
) -> None:
    run = crawl(settings=setting)
    assert run.code == 1
    assert words in run.log
    assert not replica.exchanges


FAULTY = json.dumps({"tests.crawl.faulty_signal.FaultyWhenIdle": 1})


@pytest.mark.parametrize(("fault", "ended"), [("ours", "finished"), ("state", "state")])
def test_an_error_that_scrapy_only_logs_is_not_done(crawl: Crawl, fault: str, ended: str) -> None:
    """What comes when all else is had is asked for on a signal, and Scrapy goes on from its errors."""
    run = crawl(ids=66419, languages="en", settings={"EXTENSIONS": FAULTY, "FAULT": fault})
    assert (run.code, run.report["crashes"], run.report["ended"]) == (2, 1, ended), run.log
    assert run.records("response", EVENT)
    again = crawl(ids=66419, languages="en", mode="recheck")
    assert (again.code, again.pages) == (0, {"unchanged": 1})
