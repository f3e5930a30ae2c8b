"""What an origin has asked a run to wait holds for the runs after it: derived from what is archived."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from kremlin_archive.replica import Replica, Rule
from kremlin_archive.state import State
from tests.crawl.running import NEWS, Crawl
from tests.crawl.small_site import later
from tests.crawl.test_taken_in_late import newest_first

ENGLISH = {"languages": "en", "sections": "news"}
EVENTS = f"{NEWS}/[0-9]*"
EN = "http://en.kremlin.ru"


def waiting(seconds: str, status: int = 429, path: str = EVENTS) -> Rule:
    return Rule("status", path=path, host="en.*", status=status, retry_after=seconds)


def requests(replica: Replica, since: int) -> list[str]:
    return [one.url for one in replica.exchanges[since:]]


@pytest.mark.parametrize("status", [429, 503])
def test_an_origin_is_left_alone_until_its_time_has_come(
    crawl: Crawl, replica: Replica, status: int
) -> None:
    hours = 5
    root = crawl(waiting(str(hours * 3600), status, f"{NEWS}*"), **ENGLISH).root
    replica.rules = ()
    before = len(replica.exchanges)
    (root / "state.sqlite").unlink()
    for hour in (1, 2, hours - 1):
        run = later(root, replica, hour, **ENGLISH)
        assert (run.code, run.report["ended"]) == (3, "refused")
        assert run.report["shut"] == {EN: "refused"}
        assert f"{EN} has asked to be left alone until 20" in run.words
    assert requests(replica, before) == []
    run = later(root, replica, hours + 0.1, **ENGLISH)
    assert (run.code, run.report["shut"]) == (0, {})


def test_what_one_page_asks_when_it_fails_holds_no_later_run(
    crawl: Crawl, replica: Replica
) -> None:
    root = crawl(waiting("86400", 503, f"{NEWS}/66419"), **ENGLISH).root
    before = len(replica.exchanges)
    run = later(root, replica, 1, **ENGLISH)
    assert run.code == 2
    assert f"{EN}{NEWS}" in requests(replica, before), (
        "the listing comes before the page that fails"
    )
    assert f"{EN}{NEWS}/66419" in requests(replica, before)


def test_robots_txt_counts_and_a_date_is_read(crawl: Crawl, replica: Replica) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True)
    root = crawl(waiting(then, path="/robots.txt"), **ENGLISH).root
    replica.rules = ()
    before = len(replica.exchanges)
    assert later(root, replica, 2, **ENGLISH).code == 3
    assert requests(replica, before) == []
    assert later(root, replica, 4, **ENGLISH).code == 0


def test_no_more_than_a_day_is_believed(crawl: Crawl, replica: Replica, tmp_path: Path) -> None:
    root = crawl(waiting("99999999999999999999"), **ENGLISH).root
    replica.rules = ()
    assert later(root, replica, 23, **ENGLISH).code == 3
    *_, told_late = (one.left_alone_until(EN) for one in newest_first(root, tmp_path / "late"))
    with closing(State(root, read_only=True)) as state:
        assert state.left_alone_until(EN) == told_late
    assert later(root, replica, 25, **ENGLISH).code == 0


def test_the_other_edition_is_not_held(crawl: Crawl, replica: Replica) -> None:
    root = crawl(waiting("7200"), **ENGLISH).root
    replica.rules = ()
    russian = later(root, replica, 1, languages="ru", sections="news")
    assert (russian.code, russian.report["shut"]) == (0, {})
    before = len(replica.exchanges)
    both = later(root, replica, 1, languages="en,ru", sections="news")
    assert (both.code, both.report["shut"]) == (3, {EN: "refused"})
    assert {url.partition("/events")[0] for url in requests(replica, before)} == {
        "http://kremlin.ru",
        "http://kremlin.ru/robots.txt",
    }


def test_a_short_wait_is_waited_for(crawl: Crawl, replica: Replica) -> None:
    """As it would be by the run that was asked to."""
    one = {"ids": "66419", "languages": "en"}
    refused = crawl(waiting("8"), settings={"RETRY_AFTER_MAX": "1"}, **one)
    assert refused.code == 3
    replica.rules = ()
    last = replica.exchanges[-1]
    run = crawl(**one)
    assert (run.code, run.report["shut"]) == (0, {})
    after = replica.exchanges[replica.exchanges.index(last) + 1]
    assert after.began - last.began > 7, "counted from when the refused request was sent"


def test_a_clock_that_was_ahead_holds_nobody(replica: Replica, tmp_path: Path) -> None:
    one = {"ids": "66419", "languages": "en"}
    replica.rules = (waiting("86400", path="/robots.txt"),)
    assert later(tmp_path, replica, 72, **one).code == 3
    assert later(tmp_path, replica, 73, **one).code == 3
    replica.rules = ()
    assert later(tmp_path, replica, 0, **one).code == 0
