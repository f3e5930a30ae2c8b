"""A site that says no, or says nothing: how many times it is asked, what the run says, and what stays due."""

from __future__ import annotations

import shutil
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from kremlin_archive.dataset.extract import extract
from kremlin_archive.ledger import ledger
from kremlin_archive.replica import Replica, Rule
from kremlin_archive.state import State
from tests.crawl.running import ENGLISH_NEWS, NEWS, Crawl, Run, crawl_at

# Without any delay Scrapy 2.19 sends all that waits for a host at once, whatever the concurrency.
ONE_BY_ONE = {
    "CONCURRENT_REQUESTS_PER_DOMAIN": "1",
    "DOWNLOAD_DELAY": "0.01",
    "DOWNLOAD_DELAY_JITTER": "0",
    "DOWNLOAD_TIMEOUT": "1",
}
EN_HOST, RU_HOST = "en.kremlin.ru", "kremlin.ru"
EN, RU = f"http://{EN_HOST}", f"http://{RU_HOST}"
EVENTS = f"{NEWS}/[0-9]*"
CHALLENGE = (
    "<html><head><title>DDoS-Guard</title>"
    '<script src="/.well-known/ddos-guard/js-challenge/index.js"></script></head><body></body></html>'
)


def asked(replica: Replica, status: int | None = None) -> list[str]:
    return [one.target for one in replica.exchanges if status is None or one.status == status]


def ids_of(run: Run) -> set[str]:
    return set(run.documents) if (run.root / "latest").exists() else set()


# ---- refusals ------------------------------------------------------------------------------------------


def test_refusals_in_a_row_end_the_run_and_what_was_had_is_published(
    crawl: Crawl, replica: Replica
) -> None:
    rule = Rule("status", path=EVENTS, status=403, after=4)
    run = crawl(rule, languages="en", sections="news", settings={**ONE_BY_ONE, "REFUSALS_MAX": "3"})
    assert run.code == 3
    assert run.report["ended"] == "refused"
    assert run.report["shut"] == {EN: "refused"}
    assert "en.kremlin.ru refuses (3 in a row" in run.report["problem"]
    assert "LEFT ALONE" in run.words
    assert len(asked(replica, 403)) == 3
    assert len(run.documents) == 4
    assert run.report["left"] > 0


@pytest.mark.parametrize("status", [401, 406, 407, 418, 451])
def test_who_throttles_may_send_any_4xx(crawl: Crawl, replica: Replica, status: int) -> None:
    rule = Rule("status", path=EVENTS, status=status, after=4)
    run = crawl(rule, languages="en", sections="news", settings={**ONE_BY_ONE, "REFUSALS_MAX": "3"})
    assert run.code == 3
    assert run.report["shut"] == {EN: "refused"}
    assert run.pages == {"new": 4, "refused": 3}
    assert len(asked(replica, status)) == 3
    with closing(State(run.root, read_only=True)) as state:
        fates = ledger(state)["en"].fates.values()
    assert (sum(fate == "refused" for fate in fates), "failed" in fates) == (3, False)


def test_a_providers_page_instead_of_every_answer_is_no_answer(
    crawl: Crawl, replica: Replica
) -> None:
    rule = Rule("redirect", path=EVENTS, location="http://blocked.example/", after=4)
    run = crawl(rule, languages="en", sections="news", settings={**ONE_BY_ONE, "FAILURES_MAX": "3"})
    assert run.code == 2
    assert run.report["shut"] == {EN: "broken"}
    assert run.pages == {"new": 4, "failed": 3}
    assert len(asked(replica, 302)) == 3


def test_what_was_refused_is_due_in_the_next_run(crawl: Crawl, replica: Replica) -> None:
    rule = Rule("status", path=EVENTS, status=403, after=4)
    assert crawl(rule, languages="en", sections="news", settings=ONE_BY_ONE).code == 3
    replica.rules = ()
    run = crawl(languages="en", sections="news")
    assert run.code == 0
    assert len(run.documents) == ENGLISH_NEWS


def test_a_few_refusals_among_answers_do_not_end_the_run(crawl: Crawl) -> None:
    rule = Rule("status", path=EVENTS, status=403, every=3)
    run = crawl(rule, languages="en", sections="news", settings=ONE_BY_ONE)
    assert run.code == 2
    assert run.report["shut"] == {}
    assert len(run.documents) + run.pages["refused"] == ENGLISH_NEWS


def test_a_site_that_refuses_every_other_page_is_left_alone(crawl: Crawl, replica: Replica) -> None:
    rule = Rule("status", path=EVENTS, status=403, every=2)
    run = crawl(rule, languages="en", sections="news", settings=ONE_BY_ONE)
    assert run.code == 3
    assert "en.kremlin.ru refuses (10 of the last 20" in run.report["problem"]
    assert len(asked(replica, 403)) == 10


def test_retry_after_is_waited_for(crawl: Crawl, replica: Replica) -> None:
    rule = Rule("status", path=f"{NEWS}/66419", status=429, retry_after="1", times=1)
    run = crawl(rule, ids=66419, languages="en")
    assert run.code == 0
    first, second = [one for one in replica.exchanges if one.target == f"{NEWS}/66419"]
    assert second.began - first.began >= 1.0


def gaps(replica: Replica, *, status: int | None) -> list[float]:
    """Seconds from each answer of a status to the next request."""
    every = replica.exchanges
    return [after.began - one.began for one, after in pairwise(every) if one.status == status]


@pytest.mark.parametrize("status", [429, 503])
def test_every_retry_after_is_waited_for(crawl: Crawl, replica: Replica, status: int) -> None:
    rule = Rule("status", path=EVENTS, status=status, retry_after="1")
    settings = {**ONE_BY_ONE, "REFUSALS_MAX": "3", "FAILURES_MAX": "3"}
    run = crawl(rule, languages="en", ids="66419,66420,66421,54279", settings=settings)
    assert run.report["shut"] == {EN: "refused" if status == 429 else "broken"}
    assert len(asked(replica, status)) == 3
    assert len(gaps(replica, status=status)) == 2
    assert min(gaps(replica, status=status)) >= 1.0


def test_a_site_that_answers_after_each_wait_is_had_whole(crawl: Crawl, replica: Replica) -> None:
    rule = Rule("status", path=EVENTS, status=429, retry_after="1", times=1, per="target")
    run = crawl(rule, languages="en", ids="66419,54279", settings=ONE_BY_ONE)
    assert run.report["shut"] == {}
    assert run.pages == {"new": 2}
    assert min(gaps(replica, status=429)) >= 1.0


TROUBLES = {
    "refused": (Rule("status", path=EVENTS, status=403), 403),
    "unavailable": (Rule("status", path=EVENTS, status=503), 503),
    "reset": (Rule("reset", path=EVENTS, at="start"), None),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_without_a_word_is_backed_off_from(
    crawl: Crawl, replica: Replica, trouble: str
) -> None:
    rule, status = TROUBLES[trouble]
    settings = {**ONE_BY_ONE, "RETRY_TIMES": "0", "BACKOFF_BASE": "0.5"}
    settings |= {"REFUSALS_MAX": "4", "FAILURES_MAX": "4"}
    run = crawl(rule, languages="en", ids="66419,66420,66421,54279", settings=settings)
    assert set(run.report["shut"]) == {EN}
    last = gaps(replica, status=status)[
        -3:
    ]  # a reset on a kept-alive connection is repeated at once
    longer = zip(last, (0.5, 1.0, 2.0), strict=True)
    assert all(gap >= least for gap, least in longer)


def test_a_run_that_waits_for_its_site_can_be_stopped(crawl: Crawl, replica: Replica) -> None:
    """Else it would take as long as the site has asked it to wait, which is longer than the test has."""
    rule = Rule("status", path=EVENTS, status=429, retry_after="600", after=2)
    settings = {**ONE_BY_ONE, "CLOSESPIDER_TIMEOUT": "8"}
    run = crawl(rule, languages="en", sections="news", settings=settings)
    assert run.code == 2
    assert run.report["ended"] == "closespider_timeout"
    assert len(asked(replica, 429)) == 1


def test_a_retry_after_beyond_patience_is_obeyed_at_once(crawl: Crawl, replica: Replica) -> None:
    rule = Rule("status", path=EVENTS, status=429, retry_after="86400")
    run = crawl(rule, languages="en", sections="news", settings=ONE_BY_ONE)
    assert run.code == 3
    assert len(asked(replica, 429)) == 1
    assert "asks to wait 86400 s" in run.report["problem"]


# ---- challenges ----------------------------------------------------------------------------------------


def test_challenges_are_refusals_and_never_content(crawl: Crawl, replica: Replica) -> None:
    rule = Rule("challenge", path=EVENTS, after=4)
    run = crawl(rule, languages="en", sections="news", settings=ONE_BY_ONE)
    assert run.code == 3
    assert run.pages == {"new": 4, "refused": 5}
    assert len(run.documents) == 4
    assert len(run.records("response", "")) == len(asked(replica))  # the bytes are kept
    replica.rules = ()
    assert len(crawl(languages="en", sections="news").documents) == ENGLISH_NEWS


def test_challenges_are_told_from_the_warc_files_alone(crawl: Crawl, tmp_path: Path) -> None:
    rule = Rule("challenge", path=EVENTS, every=3)
    run = crawl(rule, languages="en", sections="news", settings=ONE_BY_ONE)
    again = tmp_path / "again"
    shutil.copytree(run.root / "warc", again / "warc")
    report = extract(again)
    assert {problem.kind for problem in report.problems} == {"challenge"}
    assert len(report.problems) == run.pages["refused"] == ENGLISH_NEWS // 3
    assert report.is_complete
    assert report.published.snapshot == (run.root / "latest").resolve().name


def test_a_challenge_that_comes_again_makes_nothing_seen(crawl: Crawl, replica: Replica) -> None:
    """The same bytes a second time are no sign that the page is as it was."""
    rule = Rule("challenge", path=f"{NEWS}/66419")
    for _ in range(2):
        run = crawl(rule, ids=66419, languages="en")
        assert run.code == 3
        assert run.pages == {"refused": 1}
    assert not run.records("revisit", "/66419")
    replica.rules = ()
    assert crawl(ids=66419, languages="en").pages == {"new": 1}


@pytest.mark.parametrize("status", [503, 404])
def test_a_challenge_is_one_with_any_status(crawl: Crawl, replica: Replica, status: int) -> None:
    rule = Rule("content", path=f"{NEWS}/66419", status=status, text=CHALLENGE)
    run = crawl(rule, ids="66419,54279", languages="en", settings=ONE_BY_ONE)
    assert run.pages == {"new": 1, "refused": 1}
    assert asked(replica).count(f"{NEWS}/66419") == 1  # not repeated, as a 503 would be


@pytest.mark.parametrize("path", [f"{NEWS}/feed", NEWS])
def test_a_challenge_is_no_feed_and_no_listing(crawl: Crawl, path: str) -> None:
    run = crawl(Rule("challenge", path=path), languages="en", sections="news", limit=3)
    assert run.report["listings"].get("en news", 0) < 3
    assert "a challenge instead" in run.problems[f"{EN}{path}"]
    assert run.code in (2, 3)


# ---- connections ---------------------------------------------------------------------------------------


def test_resets_after_success_are_throttling(crawl: Crawl, replica: Replica) -> None:
    rule = Rule("reset", path=EVENTS, at="start", after=4)
    run = crawl(rule, languages="en", sections="news", settings={**ONE_BY_ONE, "REFUSALS_MAX": "3"})
    assert run.code == 3
    assert "closes the connections after it had answered: it throttles" in run.report["problem"]
    assert len(run.documents) == 4
    assert sum(one.end == "reset" for one in replica.exchanges) <= 6


def test_resets_since_the_first_request_are_not_explained_away(
    crawl: Crawl, replica: Replica
) -> None:
    run = crawl(Rule("reset", at="start"), languages="en,ru", settings={"RETRY_TIMES": "2"})
    assert run.code == 3
    assert "cannot be told from here" in run.report["problem"]
    assert run.report["shut"] == {EN: "refused", RU: "refused"}
    assert asked(replica) == ["/robots.txt"] * 6


def test_a_site_that_is_down_costs_a_handful_of_requests(crawl: Crawl, replica: Replica) -> None:
    crawl(languages="en,ru", limit=30)
    before = len(replica.exchanges)
    replica.rules = (Rule("stall", at="start"),)
    run = crawl(languages="en,ru", settings={**ONE_BY_ONE, "RETRY_TIMES": "2"})
    assert run.code == 2
    assert run.report["ended"] == "unreachable"
    assert "is the network up? is the site down?" in run.report["problem"]
    assert "what was due stays due" in run.words
    assert len(replica.exchanges) - before == 6
    assert run.report["left"] > 0
    assert run.pages == {}


def test_a_closed_port_is_said_to_be_unreachable(tmp_path: Path) -> None:
    run = crawl_at(tmp_path, "127.0.0.1:9", {"languages": "en,ru"}, {})
    assert run.code == 2
    assert run.report["shut"] == {EN: "unreachable", RU: "unreachable"}
    assert run.report["problem"].count("cannot be reached") == 2
    assert run.report["exchanges"] == 0


def test_a_site_that_falls_silent_in_the_middle_is_not_explained(
    crawl: Crawl, replica: Replica
) -> None:
    rule = Rule("stall", path=EVENTS, at="start", after=4)
    settings = {**ONE_BY_ONE, "FAILURES_MAX": "3", "RETRY_TIMES": "0"}
    run = crawl(rule, languages="en", sections="news", settings=settings)
    assert run.code == 2
    assert "does not answer any more" in run.report["problem"]
    assert "cannot be told from here" in run.report["problem"]
    assert len(run.documents) == 4
    assert sum(one.status is None for one in replica.exchanges) in (3, 4)  # one was on its way


def test_errors_in_a_row_are_a_broken_site(crawl: Crawl, replica: Replica) -> None:
    rule = Rule("status", path=EVENTS, status=500, after=4)
    settings = {**ONE_BY_ONE, "FAILURES_MAX": "3", "RETRY_TIMES": "0"}
    run = crawl(rule, languages="en", sections="news", settings=settings)
    assert run.code == 2
    assert run.report["shut"] == {EN: "broken"}
    assert len(asked(replica, 500)) == 3


def test_a_page_that_fails_at_every_repetition_does_not_condemn_its_host(crawl: Crawl) -> None:
    rule = Rule("status", path=f"{NEWS}/66419", status=500)
    settings = {**ONE_BY_ONE, "FAILURES_MAX": "2", "RETRY_TIMES": "5"}
    one = {"ids": "66419,54279", "languages": "en", "sections": "news"}
    run = crawl(rule, settings=settings, **one)
    assert run.report["shut"] == {}
    assert run.pages == {"new": 1, "failed": 1}


# ---- one host and another ------------------------------------------------------------------------------


def test_one_edition_is_crawled_while_the_other_is_down(crawl: Crawl) -> None:
    run = crawl(Rule("stall", host=EN_HOST, at="start"), sections="news", settings=ONE_BY_ONE)
    assert run.code == 2
    assert run.report["shut"] == {EN: "unreachable"}
    assert EN in run.words
    assert {doc_id[:2] for doc_id in run.documents} == {"ru"}
    assert len(run.documents) > 30


def test_one_edition_is_crawled_while_the_other_refuses(crawl: Crawl) -> None:
    run = crawl(
        Rule("status", host=EN_HOST, path=EVENTS, status=403), sections="news", settings=ONE_BY_ONE
    )
    assert run.code == 3
    assert run.report["shut"] == {EN: "refused"}
    assert len(run.documents) > 30


def test_a_refusal_outweighs_a_failure(crawl: Crawl) -> None:
    rules = (
        Rule("stall", host=EN_HOST, at="start"),
        Rule("status", host=RU_HOST, path=EVENTS, status=429),
    )
    run = crawl(*rules, sections="news", settings=ONE_BY_ONE)
    assert run.code == 3
    assert run.report["shut"] == {EN: "unreachable", RU: "refused"}
    assert run.report["ended"] == "refused"


def test_a_page_that_leads_to_https_costs_only_itself_when_that_is_silent(
    crawl: Crawl, replica: Replica
) -> None:
    """The replica speaks no TLS."""
    leads = Rule(
        "redirect", path=f"{NEWS}/66419", status=301, location=f"https://{EN_HOST}{NEWS}/66419"
    )
    run = crawl(leads, languages="en", sections="news", settings=ONE_BY_ONE)
    assert run.code == 2
    assert run.report["shut"] == {f"https://{EN_HOST}": "unreachable"}
    assert run.pages == {"new": ENGLISH_NEWS - 1, "failed": 1}
    [(url, problem)] = run.problems.items()
    assert url == f"https://{EN_HOST}{NEWS}/66419"
    assert f"https://{EN_HOST}/robots.txt" in problem
    assert run.report["left"] == 0
    replica.rules = ()
    assert crawl(languages="en", sections="news").pages == {"new": 1}


# ---- robots.txt ----------------------------------------------------------------------------------------


def test_robots_that_suddenly_forbid_everything_stop_the_run(
    crawl: Crawl, replica: Replica
) -> None:
    had = ids_of(crawl(languages="en", sections="news", limit=20))
    before = len(replica.exchanges)
    run = crawl(Rule("disallow-all", path="/robots.txt"), languages="en", sections="news")
    assert run.code == 3
    assert "robots.txt forbids everything" in run.report["problem"]
    assert asked(replica)[before:] == ["/robots.txt"]
    assert run.pages == {}
    assert run.report["left"] > 0
    assert ids_of(run) == had


ROBOTS = {
    "error": (Rule("status", path="/robots.txt", status=500), 2, "was answered 500"),
    "refused": (Rule("status", path="/robots.txt", status=403), 3, "was answered 403"),
    "challenge": (Rule("challenge", path="/robots.txt"), 3, "was answered 200"),
    "silent": (Rule("stall", path="/robots.txt", at="start"), 2, "cannot be fetched"),
}


@pytest.mark.parametrize("case", ROBOTS)
def test_robots_that_cannot_be_had_stop_the_run(crawl: Crawl, replica: Replica, case: str) -> None:
    rule, code, words = ROBOTS[case]
    run = crawl(rule, settings=ONE_BY_ONE)
    assert run.code == code
    assert words in run.report["problem"]
    assert set(run.report["shut"]) == {EN, RU}
    assert set(asked(replica)) == {"/robots.txt"}


REDIRECTED = {
    "to itself": (None, 6, "was answered 302"),
    "off the site": ("http://blocked.example/", 1, "leads off the site"),
    "to https, which is silent": (f"https://{EN_HOST}/robots.txt", 1, "cannot be fetched"),
}


@pytest.mark.parametrize("where", REDIRECTED)
def test_robots_that_lead_nowhere_stop_the_run(crawl: Crawl, replica: Replica, where: str) -> None:
    leads_to, requests, words = REDIRECTED[where]
    rule = Rule("redirect", path="/robots.txt", location=leads_to)
    settings = {**ONE_BY_ONE, "RETRY_TIMES": "0"}
    run = crawl(rule, languages="en", sections="news", settings=settings)
    assert run.code == 2
    assert words in run.report["problem"]
    assert EN in run.report["shut"]
    assert asked(replica) == ["/robots.txt"] * requests


def test_robots_are_followed_within_the_site(crawl: Crawl) -> None:
    rules = (
        Rule("redirect", path="/robots.txt", host=EN_HOST, location="http://kremlin.ru/robots.txt"),
        Rule(
            "content", path="/robots.txt", host=RU_HOST, text=f"User-agent: *\nDisallow: {NEWS}/6"
        ),
    )
    run = crawl(*rules, languages="en", ids="66419,54279", settings=ONE_BY_ONE)
    assert run.pages == {"new": 1, "refused": 1}


def test_a_web_page_is_no_robots(crawl: Crawl, replica: Replica) -> None:
    rule = Rule("content", path="/robots.txt", text="\n<!DOCTYPE html><p>Access denied</p>")
    run = crawl(rule, languages="en", sections="news")
    assert run.code == 2
    assert "is a web page" in run.report["problem"]
    assert asked(replica) == ["/robots.txt"]


@pytest.mark.parametrize("kind", ["corrupt-gzip", "truncated-gzip", "claimed-gzip", "short"])
def test_robots_that_cannot_be_read_stop_the_run(crawl: Crawl, replica: Replica, kind: str) -> None:
    run = crawl(Rule(kind, path="/robots.txt"), languages="en", sections="news")
    assert run.code in (2, 3)
    assert "nothing may be fetched" in run.report["problem"]
    assert set(asked(replica)) == {"/robots.txt"}


def test_pages_that_robots_forbid_are_refused_and_said_once(crawl: Crawl, replica: Replica) -> None:
    """However many they are, they are no refusals of the site."""
    crawl(languages="en", sections="news")
    before = len(replica.exchanges)
    forbidden = f"User-agent: *\nDisallow: {NEWS}/6\n"
    rule = Rule("content", path="/robots.txt", content_type="text/plain", text=forbidden)
    settings = {**ONE_BY_ONE, "REFUSALS_MAX": "2", "BACKOFF_BASE": "600"}
    run = crawl(rule, languages="en", sections="news", mode="recheck", settings=settings)
    assert run.code == 2
    assert run.report["shut"] == {}
    assert run.pages["refused"] > 5
    assert run.pages["refused"] + run.pages["unchanged"] == ENGLISH_NEWS
    assert all("Forbidden by robots.txt" in problem for problem in run.problems.values())
    assert not any(target.startswith(f"{NEWS}/6") for target in asked(replica)[before:])
    assert run.log.count("robots.txt forbids") == 1


def test_robots_that_change_during_a_run_are_read_by_the_next(
    crawl: Crawl, replica: Replica
) -> None:
    rule = Rule("disallow-all", path="/robots.txt", after=1)
    run = crawl(rule, languages="en", sections="news")
    assert (run.code, asked(replica).count("/robots.txt")) == (0, 1)
    assert crawl(languages="en", sections="news").code == 3


CHANGED_ROBOTS = {
    "forbid all": (Rule("disallow-all", path="/robots.txt", after=1), 3, "forbids everything"),
    "refused": (Rule("status", path="/robots.txt", status=403, after=1), 3, "was answered 403"),
    "silent": (
        Rule("stall", path="/robots.txt", at="start", after=1),
        2,
        "does not answer any more",
    ),
}


@pytest.mark.parametrize("case", CHANGED_ROBOTS)
def test_robots_that_are_too_old_are_read_anew_and_obeyed(
    crawl: Crawl, replica: Replica, case: str
) -> None:
    rule, code, words = CHANGED_ROBOTS[case]
    settings = {**ONE_BY_ONE, "ROBOTSTXT_MAX_AGE": "0", "RETRY_TIMES": "0"}
    run = crawl(rule, languages="en", sections="news", pages="1-3", settings=settings)
    assert run.code == code
    assert words in run.report["problem"]
    assert set(run.report["shut"]) == {EN}
    assert run.report["left"] > 0
    assert asked(replica) == ["/robots.txt", NEWS, "/robots.txt"]


# ---- budgets and stops ---------------------------------------------------------------------------------


def test_a_budget_of_requests_is_kept_and_the_rest_is_due(crawl: Crawl, replica: Replica) -> None:
    run = crawl(languages="en", sections="news", settings={**ONE_BY_ONE, "REQUESTS_MAX": "12"})
    assert run.code == 2
    assert run.report["ended"] == "budget"
    assert len(replica.exchanges) == 12
    assert "budget of 12 requests" in run.words
    assert len(crawl(languages="en", sections="news").documents) == ENGLISH_NEWS


def test_a_run_closed_by_scrapy_is_in_part_and_gone_on_with(crawl: Crawl) -> None:
    settings = {**ONE_BY_ONE, "CLOSESPIDER_ITEMCOUNT": "5"}
    run = crawl(languages="en", sections="news", settings=settings)
    assert run.code == 2
    assert run.report["ended"] == "closespider_itemcount"
    run = crawl(languages="en", sections="news")
    assert run.code == 0
    assert len(run.documents) == ENGLISH_NEWS
