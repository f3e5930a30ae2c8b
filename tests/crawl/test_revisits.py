from __future__ import annotations

from kremlin_archive.archive.reader import read_records
from kremlin_archive.replica import Replica, Rule
from tests.crawl.running import NEWS, Crawl, Run


def size(run: Run) -> int:
    return sum(path.stat().st_size for path in run.warcs)


def test_a_page_fetched_again_unchanged_is_a_revisit(crawl: Crawl) -> None:
    first = crawl(ids=66419)
    again = crawl(ids=66419, mode="recheck")
    assert again.pages == {"unchanged": 2}
    revisits = again.records("revisit", "/66419")
    responses = {record.get("WARC-Record-ID"): record for record in first.records("response")}
    assert len(revisits) == 2
    for revisit in revisits:
        original = responses[revisit.get("WARC-Refers-To")]
        assert revisit.get("WARC-Refers-To-Target-URI") == original.get("WARC-Target-URI")
        assert revisit.get("WARC-Refers-To-Date") == original.get("WARC-Date")
        assert revisit.get("WARC-Payload-Digest") == original.get("WARC-Payload-Digest")


def test_a_revisit_of_a_revisit_refers_to_the_response(crawl: Crawl) -> None:
    for _ in range(3):
        run = crawl(ids=66419, languages="en", mode="recheck")
    (response,) = run.records("response", f"{NEWS}/66419")
    revisits = run.records("revisit", f"{NEWS}/66419")
    assert len(revisits) == 2
    assert {one.get("WARC-Refers-To") for one in revisits} == {response.get("WARC-Record-ID")}


def test_a_changed_frame_is_a_new_capture_but_no_new_revision(crawl: Crawl) -> None:
    crawl(ids=66419, languages="en")
    always = {"PUBLISH": "always"}  # of itself it publishes nothing: the page says what it said
    rule = Rule("frame", path=f"{NEWS}/66419")
    run = crawl(rule, settings=always, ids=66419, languages="en")
    assert run.pages == {"unchanged": 1}
    assert len(run.records("response", f"{NEWS}/66419")) == 2
    row = run.documents["en:66419"]
    assert row["revision_no"] == 1
    assert row["first_seen_at"] < row["last_seen_at"]


def test_an_edited_page_is_a_new_revision(crawl: Crawl) -> None:
    first = crawl(ids=66419, languages="en").documents["en:66419"]
    rule = Rule("edit", path=f"{NEWS}/66419", old="Good afternoon", new="Good evening")
    row = crawl(rule, ids=66419, languages="en").documents["en:66419"]
    assert (first["revision_no"], row["revision_no"]) == (1, 2)
    assert "Good evening" in row["text"]


def test_listings_that_come_as_revisits_are_walked_all_the_same(
    crawl: Crawl, replica: Replica
) -> None:
    first = crawl(languages="en", sections="news")
    again = crawl(languages="en", sections="news", mode="backfill")
    assert again.code == 0
    assert again.report["listings"] == first.report["listings"]
    # Each run reads it once more after page 3, for what may have moved; the first reading alone is stored.
    assert len(again.records("revisit", "/page/2")) == 3
    assert replica.exchanges


def test_a_pass_without_changes_costs_little(crawl: Crawl) -> None:
    once = size(crawl(languages="en", sections="news"))
    for _ in range(3):
        run = crawl(languages="en", sections="news", mode="recheck")
    pages = run.pages["unchanged"]
    per_page = (size(run) - once) / 3 / pages
    assert per_page < 1600, "a request and a revisit, compressed"
    for warc in run.warcs:
        assert next(read_records(warc)).type == "warcinfo"
