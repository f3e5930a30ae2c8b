from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kremlin_archive.archive.captures import capture_of
from kremlin_archive.archive.http import split_response
from kremlin_archive.cli import main
from kremlin_archive.pages import parse_event
from kremlin_archive.replica import Replica, Rule
from kremlin_archive.replica.site import Site
from kremlin_archive.seeds import sections
from kremlin_archive.urls import event_address
from tests.crawl.running import NEWS, Crawl, Run


def test_both_editions_are_archived_whole(crawl: Crawl) -> None:
    run = crawl()
    assert run.code == 0, run.log
    site = Site()
    walked = {section.path for section in sections()}
    published = {
        f"{edition.language}:{edition.event_id}"
        for edition in site.editions
        if walked & set(edition.sections)
    }
    assert set(run.documents) == published
    assert run.pages == {"new": len(published)}


def test_an_event_in_several_sections_is_fetched_once(crawl: Crawl, replica: Replica) -> None:
    run = crawl()
    asked = Counter(
        address.doc_id for one in replica.exchanges if (address := event_address(one.url))
    )
    assert set(asked.values()) == {1}
    assert len(run.documents) == len(asked)


def _head(response: bytes) -> bytes:
    head, blank, _ = response.partition(b"\r\n\r\n")
    return head + blank


def test_every_exchange_is_in_the_warc_byte_for_byte(crawl: Crawl, replica: Replica) -> None:
    run = crawl()
    responses = Counter(record.block for record in run.records("response"))
    requests = Counter(record.block for record in run.records("request"))
    sent = Counter(one.response for one in replica.exchanges)
    assert responses <= sent
    # A listing page that is read again and says the same is a revisit: its head, and the body's hash.
    again = Counter(_head(response) for response in (sent - responses).elements())
    assert again == Counter(record.block for record in run.records("revisit"))
    assert requests == Counter(one.request for one in replica.exchanges)


ODD = [
    Rule("chunked", path=f"{NEWS}/6*"),
    Rule("no-gzip", path=f"{NEWS}/3*"),
    Rule("early-hints", path=f"{NEWS}/*1"),
    Rule("folded-header", path=f"{NEWS}/*2"),
    Rule("non-ascii-header", path=f"{NEWS}/*3"),
    Rule("no-colon", path=f"{NEWS}/*4"),
    Rule("no-reason", path=f"{NEWS}/*5"),
    Rule("bare-lf", path=f"{NEWS}/*6"),
    Rule("until-close", path=f"{NEWS}/*7"),
    Rule("status", status=204, text="", path=f"{NEWS}/*8", every=2),
    Rule("status", status=503, path=f"{NEWS}/*9", every=3),
    Rule("redirect", status=301, location=f"{NEWS}/66419", path=f"{NEWS}/*0", every=3),
    Rule("cut", path="/events/president/transcripts/*", size=900, every=3),
]


def test_odd_answers_are_kept_byte_for_byte_too(crawl: Crawl, replica: Replica) -> None:
    run = crawl(*ODD)
    kept = Counter(record.block for record in run.records("response"))
    referred = Counter(record.block for record in run.records("revisit"))
    for one in replica.exchanges:
        split = split_response(one.response)
        assert split is not None
        if kept[split.head + split.body]:
            kept[split.head + split.body] -= 1
        else:  # the payload of another answer, met again through a redirect
            referred[split.head] -= 1
    assert not kept.total()
    assert set(referred.values()) <= {0}
    hints = Counter(record.block for record in run.records("metadata"))
    assert sum(hints.values()) == sum(b" 103 " in one.response[:20] for one in replica.exchanges)
    assert {kind for one in replica.exchanges for kind in one.rules} == {rule.kind for rule in ODD}


def test_extract_gives_the_crawls_tables_byte_for_byte(crawl: Crawl, tmp_path: Path) -> None:
    run = crawl()
    made = (run.root / "latest").resolve()
    fresh = tmp_path / "again"
    fresh.mkdir()
    (fresh / "warc").symlink_to(run.root / "warc")
    assert main(["extract", "--root", str(fresh)]) == 0
    again = (fresh / "latest").resolve()
    assert again.name == made.name
    files = {
        path.relative_to(made): path.read_bytes() for path in made.rglob("*") if path.is_file()
    }
    assert files == {
        path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()
    }


def test_a_second_run_fetches_nothing_again(crawl: Crawl, replica: Replica) -> None:
    crawl()
    before = len(replica.exchanges)
    run = crawl(settings={"PAIR_BUDGET": "0"})  # missing editions are asked for, now and then
    assert run.code == 0, run.log
    assert run.pages == {}
    again = [one.url for one in replica.exchanges[before:]]
    assert not [url for url in again if event_address(url)]


def test_a_changed_page_is_fetched_and_counted_as_changed(crawl: Crawl) -> None:
    crawl(ids=66419, languages="en")
    edited = Rule("edit", path=f"{NEWS}/66419", old="Good afternoon", new="Good evening")
    assert crawl(edited, ids=66419, languages="en").pages == {"changed": 1}


def test_a_changed_frame_alone_is_no_change(crawl: Crawl) -> None:
    crawl(ids=66419, languages="en")
    run = crawl(Rule("frame", path=f"{NEWS}/66419"), ids=66419, languages="en")
    assert run.pages == {"unchanged": 1}


def test_the_other_edition_is_followed(crawl: Crawl) -> None:
    run = crawl(sections="news", since="2021-08-21", until="2021-08-21")
    assert {"en:66419", "ru:66419"} <= set(run.documents)
    assert run.documents["en:66419"]["pair_doc_id"] == "ru:66419"


def test_one_edition_alone_can_be_crawled(crawl: Crawl, replica: Replica) -> None:
    run = crawl(languages="ru")
    assert {row["lang"] for row in run.rows("documents")} == {"ru"}
    assert {one.host for one in replica.exchanges} == {"kremlin.ru"}


def test_ids_are_looked_for_in_the_sections_until_found(crawl: Crawl) -> None:
    run = crawl(ids="66419,99999", languages="en")
    assert run.code == 0
    assert run.pages == {"new": 1, "absent": 1}
    assert "99999" in next(iter(run.problems))


def test_a_limit_bounds_the_pages(crawl: Crawl) -> None:
    assert crawl(limit=3).pages == {"new": 3}


def test_days_bound_the_walk(crawl: Crawl) -> None:
    run = crawl(since="2010-01-01", until="2019-12-31", languages="en")
    days = [row["published_date"].isoformat() for row in run.rows("documents")]
    assert days
    assert all("2010-01-01" <= day <= "2019-12-31" for day in days)


def test_robots_txt_is_obeyed(crawl: Crawl, replica: Replica) -> None:
    crawl()
    assert replica.exchanges[0].target == "/robots.txt"
    assert not [one.url for one in replica.exchanges if "/copy/" in one.url or "/search" in one.url]


def test_urls_hosts_and_records_stay_those_of_the_site(crawl: Crawl, replica: Replica) -> None:
    run = crawl(ids=66419)
    assert {one.host for one in replica.exchanges} == {"en.kremlin.ru", "kremlin.ru"}
    assert all(
        re.match(
            rb"GET /[^ ]* HTTP/1\.1\r\nHost: (?:en\.)?kremlin\.ru\r\n", one.request, re.IGNORECASE
        )
        or b"\r\nHost: " in one.request
        for one in replica.exchanges
    )
    targets = {record.get("WARC-Target-URI") for record in run.records("response")}
    assert "http://en.kremlin.ru/events/president/news/66419" in targets
    assert not [url for url in targets if url and "127.0.0.1" in url]


def test_small_files_rotate_and_every_row_still_points_to_its_bytes(crawl: Crawl) -> None:
    run = crawl(settings={"WARC_MAX_BYTES": "50000"})
    assert len(run.warcs) > 1
    for row in run.rows("captures"):
        path = run.root / "warc" / row["warc_filename"]
        with path.open("rb") as file:
            file.seek(row["warc_record_offset"])
            member = file.read(row["warc_record_length"])
        alone = run.root / "one.warc.gz"
        alone.write_bytes(member)
        from kremlin_archive.archive.reader import read_records  # noqa: PLC0415

        (record,) = read_records(alone)
        assert record.get("WARC-Record-ID") == row["warc_record_id"]
        assert record.get("WARC-Target-URI") == row["url"]


def test_the_summary_says_what_a_person_wants_to_know(crawl: Crawl) -> None:
    run = crawl(ids=66419)
    assert "2 new, 0 changed, 0 unchanged" in run.words
    assert str(run.warcs[0]) in run.words
    assert "snapshots" in run.words
    assert "exit code 0" in run.words


@pytest.mark.parametrize("table", ["documents", "paragraphs", "captures"])
def test_tables_are_published(crawl: Crawl, table: str) -> None:
    run = crawl(ids=66419)
    assert pq.read_table(run.root / "latest" / table).num_rows > 0


def test_photos_are_stored_if_asked(crawl: Crawl, replica: Replica) -> None:
    crawl(ids=66419, languages="en")
    assert {one.host for one in replica.exchanges} == {"en.kremlin.ru"}
    run = crawl(ids=66419, languages="en", mode="recheck", media="photos")
    stored = {one.get("WARC-Target-URI") for one in run.records("response", ".jpg")}
    assert stored == photo_urls(run) != set()
    assert run.report["photos"] == len(stored)
    again = crawl(ids=66419, languages="en", mode="recheck", media="photos")
    assert not again.report["photos"], "a picture that is here is not asked for again"


def photo_urls(run: Run) -> set[str]:
    page = run.records("response", f"{NEWS}/66419")[0]
    capture = capture_of(page, name="", run_id="")
    assert capture is not None
    return {photo.url for photo in parse_event(capture.content, capture.url).photos}
