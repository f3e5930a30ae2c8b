"""Pictures that were not had stay due: they have a budget and a rhythm, and are in no page's way."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site import Site
from kremlin_archive.replica.site.edition import Photo
from kremlin_archive.state import State
from kremlin_archive.urls import MEDIA_HOST
from tests.crawl.running import PROJECT, Crawl, Run
from tests.crawl.small_site import RU, event, later_with
from tests.crawl.test_taken_in_late import newest_first

PHOTOS = {"languages": "ru", "sections": "news", "media": "photos"}
ALONE = {"RECHECK_BUDGET": "0", "PAIR_BUDGET": "0", "FAILURES_MAX": "0", "REFUSALS_MAX": "0"}
SAME = "".join(map(str, range(9000)))
PAGE = "<!DOCTYPE html><html><body>maintenance"


@pytest.fixture
def site() -> Site:
    days = {number: f"2021-01-{number:02}" for number in range(1, 4)}
    editions = [event(number, RU, day=day) for number, day in days.items()]
    return Site([replace(one, photos=(Photo(1000 + one.event_id, "c"),)) for one in editions])


def pictures(**how: Any) -> Rule:  # noqa: ANN401 - a rule's fields
    kind = how.pop("kind", "status")
    return Rule(kind, host=MEDIA_HOST, path="/media*", **how)


def asks(
    root: Path, replica: Replica, hours: float, settings: dict[str, str] | None = None, **other: str
) -> tuple[Run, int]:
    """Run so many hours later; how often a picture was asked for."""
    before = len(replica.exchanges)
    run = later_with({**ALONE, **(settings or {})}, root, replica, hours, **{**PHOTOS, **other})
    late = replica.exchanges[before:]
    return run, sum(one.host == MEDIA_HOST and one.target != "/robots.txt" for one in late)


def status(root: Path, *options: str) -> str:
    words = [sys.executable, "-m", "kremlin_archive", "status", "--root", str(root), *options]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=True)
    return done.stdout


def missing(root: Path) -> list[str]:
    return [one["why"] for one in json.loads(status(root, "--json"))["editions"]["ru"]["pictures"]]


@pytest.mark.parametrize(("answer", "why"), [(503, "failed (503)"), (403, "refused")])
def test_pictures_that_were_not_given_are_asked_for_again(
    crawl: Crawl, replica: Replica, answer: int, why: str
) -> None:
    run = crawl(pictures(status=answer), settings=ALONE, **PHOTOS)
    assert (run.code, run.pages["new"]) == (2, 3)
    assert missing(run.root) == [why] * 3
    assert f"3 pictures of archived pages, {why}" in status(run.root)
    assert "-a media=photos" in status(run.root)
    replica.rules = ()
    (run.root / "state.sqlite").unlink()
    run, asked = asks(run.root, replica, 2)
    assert (run.code, run.report["photos"], asked) == (0, 3, 3)
    assert missing(run.root) == []
    assert asks(run.root, replica, 30)[1] == 0


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (pictures(kind="empty"), "is empty"),
        (pictures(kind="content", text=PAGE), "is a web page, no picture"),
        (pictures(kind="content", text=PAGE + SAME, content_type="image/jpeg"), "is a web page, no picture"),
    ],
    ids=["nothing", "a page", "a page that is stored once"],
)  # fmt: skip
def test_nothing_or_a_page_is_no_picture(
    crawl: Crawl, replica: Replica, tmp_path: Path, rule: Rule, said: str
) -> None:
    run = crawl(rule, settings=ALONE, **PHOTOS)
    assert (run.code, run.pages["new"], run.report["photos"]) == (2, 3, 0)
    assert len(run.problems) == 3
    assert run.problems == {url: f"{url} {said}" for url in run.problems}
    assert missing(run.root) == ["failed (200)"] * 3
    run, asked = asks(run.root, replica, 0.5)
    assert (run.code, asked) == (0, 0), "by the schedule"
    replica.rules = ()
    run, asked = asks(run.root, replica, 2)
    assert (run.code, run.report["photos"], asked) == (0, 3, 3)
    assert asks(run.root, replica, 30)[1] == 0
    for state in newest_first(run.root, tmp_path / "late"):
        lacking = [*state.pictures()]
    assert lacking == []


def test_a_page_that_events_gave_too_is_no_picture(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    """Its bytes are stored already, so what the pictures gave refers to the events' answers."""
    root = crawl(settings=ALONE, languages="ru", sections="news").root
    sorry = pictures(kind="content", text=PAGE + SAME)
    events = replace(sorry, host="*", path="/events/president/news/[0-9]*")
    crawl(events, mode="recheck", settings=ALONE)
    replica.rules = (sorry,)
    run, asked = asks(root, replica, 1)
    assert (run.code, run.report["photos"], asked) == (2, 0, 3)
    assert missing(root) == ["failed (200)"] * 3
    lacking = [len([*state.pictures()]) for state in newest_first(root, tmp_path / "late")]
    assert lacking[-1] == 3


@pytest.mark.parametrize("served_as", ["text/html", "odd"])
def test_a_picture_is_one_by_its_bytes(crawl: Crawl, replica: Replica, served_as: str) -> None:
    run = crawl(
        pictures(kind="content", text=SAME, content_type=served_as), settings=ALONE, **PHOTOS
    )
    assert (run.code, run.report["photos"], missing(run.root)) == (0, 3, [])
    assert asks(run.root, replica, 30)[1] == 0


def test_absent_pictures_are_asked_for_ever_more_rarely(crawl: Crawl, replica: Replica) -> None:
    absent = pictures(status=404)
    root = crawl(absent, settings=ALONE, **PHOTOS).root
    replica.rules = (absent,)
    hours = (0.5, 2, 2.5, 24 * 30, 24 * 30 + 6, 24 * 60)
    assert [asks(root, replica, hour)[1] for hour in hours] == [0, 3, 0, 3, 0, 3]
    look = {"mode": "recheck", "ids": "2"}
    assert asks(root, replica, 24 * 60 + 1, None, **look)[1] == 0, "nor by a look at their page"


def test_a_run_asks_for_so_many_only(crawl: Crawl, replica: Replica) -> None:
    root = crawl(settings=ALONE, languages="ru", sections="news").root
    assert "pictures" not in status(root), "nobody has asked for them"
    run, asked = asks(root, replica, 1, {"PHOTO_BUDGET": "2"})
    assert (run.code, asked, missing(root)) == (0, 2, ["never asked for"])
    assert asks(root, replica, 1, mode="fill", ids="1,2,3")[1] == 1
    assert asks(root, replica, 2)[1] == 0


def test_the_same_bytes_at_several_addresses_are_all_here(
    crawl: Crawl, replica: Replica, tmp_path: Path
) -> None:
    same = pictures(kind="content", text=SAME, content_type="image/jpeg")
    root = crawl(same, settings=ALONE, **PHOTOS).root
    replica.rules = (same,)
    assert asks(root, replica, 24, mode="recheck")[1] == 0
    assert missing(root) == []
    with closing(State(root, read_only=True)) as state:
        query = "SELECT * FROM picture ORDER BY url"
        expected = [*state._database.execute(query)]
    states = newest_first(root, tmp_path / "late")
    *_, late = ([*state._database.execute(query)] for state in states)
    assert (late, len(late)) == (expected, 3)


def test_pictures_are_in_no_pages_way(crawl: Crawl, replica: Replica) -> None:
    """Each waits for its host one by one, and behind all pages, those that a run's budget is for."""
    run = crawl(settings={**ALONE, "REQUESTS_MAX": "7"}, **PHOTOS)
    assert (run.pages, run.report["photos"]) == ({"new": 3}, 0)
    assert run.code == 2
    assert missing(run.root) == ["never asked for"] * 3
    run, asked = asks(run.root, replica, 1)
    assert (run.code, run.report["photos"], asked) == (0, 3, 3)


def test_a_host_of_pictures_that_asks_to_wait_holds_up_no_page(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    """The pictures of one page would fill all places of requests in flight while their host is held."""
    for number in range(4, 31):
        site.publish(event(number, RU, day=f"2021-01-{number:02}"))
    shown = tuple(Photo(2000 + number, "c") for number in range(5))
    site.publish(replace(site.edition(RU, 30), photos=shown))
    few = {"CONCURRENT_REQUESTS": "2", "CLOSESPIDER_TIMEOUT": "20"}
    run = crawl(pictures(status=429, retry_after="600"), settings={**ALONE, **few}, **PHOTOS)
    assert run.pages["new"] == 30, "also those of the second listing page"
    assert sum(one.host == MEDIA_HOST for one in replica.exchanges) == 2, "robots.txt and one"


@pytest.mark.parametrize(
    "address", ["http://static.kremlin.ru/media/фото/", "//static.kremlin.ru/media/",
                "http://static.kremlin.ru/media/a b/", "http://STATIC.kremlin.ru/media/"],
)  # fmt: skip
def test_a_picture_is_had_once_however_its_address_is_written(
    crawl: Crawl, replica: Replica, address: str
) -> None:
    old = "http://static.kremlin.ru/media/"
    written = Rule("edit", path="/events/president/news/[0-9]*", old=old, new=address)
    run = crawl(written, pictures(kind="content", text=SAME), settings=ALONE, **PHOTOS)
    assert (run.code, run.report["photos"]) == (0, 3)
    assert asks(run.root, replica, 1)[1] == 0


def test_pages_have_the_budget_of_a_run_before_pictures(
    crawl: Crawl, replica: Replica, site: Site
) -> None:
    root = crawl(settings=ALONE, **{**PHOTOS, "media": "none"}).root
    for number in range(4, 10):
        site.publish(event(number, RU, day=f"2021-01-{number:02}"))
    run, asked = asks(root, replica, 48, {"REQUESTS_MAX": "9"})
    assert (run.pages["new"], asked) == (6, 0)


@pytest.mark.parametrize("status", [429, 503])
def test_no_run_waits_for_a_host_of_pictures(crawl: Crawl, replica: Replica, status: int) -> None:
    run = crawl(pictures(status=status, retry_after="800"), settings=ALONE, **PHOTOS)
    assert run.pages["new"] == 3
    assert sum(one.host == MEDIA_HOST for one in replica.exchanges) == 2, "robots.txt and one"
