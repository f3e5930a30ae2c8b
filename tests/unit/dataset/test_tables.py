from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.columns import SCHEMA_VERSION, Table
from kremlin_archive.dataset.language import detect
from kremlin_archive.dataset.publication import publication
from kremlin_archive.dataset.snapshot import publish
from kremlin_archive.records import EventPage
from tests.unit.dataset.conftest import PHOTO, Event

if TYPE_CHECKING:
    from pathlib import Path

    from kremlin_archive.records import Capture
    from tests.unit.dataset.conftest import Site

TABLE_IDS = [table.name for table in TABLES]
ALLOWED_TYPES = {
    "string",
    "bool",
    "int16",
    "int32",
    "int64",
    "float",
    "date32[day]",
    "timestamp[us, tz=UTC]",
}


def rows(root: Path, site: Site, captures: list[Capture], table: str) -> list[dict[str, Any]]:
    """Rows of one table of the snapshot made from these captures."""
    published = publish(root, [site.part(root, captures)])
    return [
        row
        for path in sorted((published.path / table).glob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


def only_document(root: Path, site: Site, captures: list[Capture]) -> dict[str, Any]:
    (row,) = rows(root, site, captures, "documents")
    return row


@pytest.mark.parametrize("table", TABLES, ids=TABLE_IDS)
def test_every_column_is_described(table: Table) -> None:
    for column in table.columns:
        assert column.description, column.name
        assert column.example, column.name
        assert (column.since or table.since) <= SCHEMA_VERSION
    assert len({column.name for column in table.columns}) == len(table.columns)
    assert set(table.sort) | set(table.key) <= {column.name for column in table.columns}


@pytest.mark.parametrize("table", TABLES, ids=TABLE_IDS)
def test_types_are_those_every_reader_knows(table: Table) -> None:
    def leaves(type_: pa.DataType) -> list[pa.DataType]:
        if isinstance(type_, pa.ListType):
            return leaves(type_.value_type)
        if isinstance(type_, pa.StructType):
            return [leaf for field in type_ for leaf in leaves(field.type)]
        return [type_]

    for field in table.schema():
        assert {str(leaf) for leaf in leaves(field.type)} <= ALLOWED_TYPES, field.name


def test_a_document_says_what_the_page_says(tmp_path: Path, site: Site, event: Event) -> None:
    capture = site.event(event)
    row = only_document(tmp_path, site, [capture])
    said = {
        "doc_id": "en:66419",
        "event_id": 66419,
        "lang": "en",
        "section": "president/news",
        "published_in": ["News"],
        "url": event.url,
        "url_print": "http://en.kremlin.ru/events/president/news/copy/66419",
        "title": event.title,
        "lead": event.lead,
        "place": event.place,
        "published_at": datetime(2021, 8, 21, 10, 10, tzinfo=UTC),
        "published_local": "2021-08-21T13:10",
        "published_date": date(2021, 8, 21),
        "published_precision": "minute",
        "n_paragraphs": 4,
        "n_turns": 2,
        "is_abridged": False,
        "has_transcript": True,
        "tags": [{"tag_id": "countries/KZ", "facet": "geography", "label": "Kazakhstan"}],
        "pair_doc_id": None,
        "status": "live",
        "revision_no": 1,
        "capture_id": capture.capture_id,
        "warc_filename": "2026/a.warc.gz",
        "warc_record_offset": capture.pointer.offset,
        "warc_record_length": capture.pointer.length,
        "warc_record_id": capture.pointer.record_id,
        "payload_digest": capture.payload_digest,
        "fetched_at": capture.fetched_at,
        "lang_detected": "en",
        "quality_warnings": ["no_pair", "short"],
    }
    assert {name: row[name] for name in said} == said


def test_speakers_have_their_turns_and_words(tmp_path: Path, site: Site) -> None:
    row = only_document(tmp_path, site, [site.event()])
    assert row["speakers"] == [
        {
            "person_id": "label/vladimir-putin",
            "label": "Vladimir Putin",
            "n_turns": 1,
            "n_words": 9,
        },
        {"person_id": None, "label": "Guest", "n_turns": 1, "n_words": 2},
    ]


def test_paragraphs_give_the_text_back(tmp_path: Path, site: Site) -> None:
    captures = [site.event()]
    document = only_document(tmp_path, site, captures)
    paragraphs = rows(tmp_path, site, captures, "paragraphs")
    assert [p["kind"] for p in paragraphs] == ["narration", "speech", "speech", "speech"]
    assert [p["turn_seq"] for p in paragraphs] == [None, 0, 0, 1]
    assert [p["paragraph_id"] for p in paragraphs] == [f"en:66419#p{n}" for n in range(4)]
    assert [p["has_insertion"] for p in paragraphs] == [False, True, False, False]
    assert [p["delivery_note"] for p in paragraphs] == [None, None, None, "retranslated"]
    for paragraph in paragraphs:
        start, end = paragraph["char_start"], paragraph["char_end"]
        assert document["text"][start:end] == paragraph["text"]
    assert sum(p["n_words"] for p in paragraphs) == document["n_words"]


def test_the_row_follows_the_newest_page_with_the_content(
    tmp_path: Path, site: Site, event: Event
) -> None:
    first = site.event(event)
    second = site.event(event.but(frame="2027", updated="19:00"))
    row = only_document(tmp_path, site, [first, second])
    assert (row["revision_no"], row["capture_id"]) == (1, second.capture_id)
    assert row["updated_local"] == "2021-08-21T19:00"
    assert (row["first_seen_at"], row["last_seen_at"]) == (first.fetched_at, second.fetched_at)
    assert row["last_changed_at"] == first.fetched_at


def test_an_edited_page_is_a_new_revision(tmp_path: Path, site: Site, event: Event) -> None:
    captures = [site.event(event), site.event(event.but(title="Talks"))]
    row = only_document(tmp_path, site, captures)
    assert (row["revision_no"], row["title"]) == (2, "Talks")
    shown = rows(tmp_path, site, captures, "captures")
    assert shown[1]["revision_id"] == row["revision_id"] != shown[0]["revision_id"]


def test_editions_are_paired_when_both_are_there(tmp_path: Path, site: Site, event: Event) -> None:
    russian = replace(
        event,
        language="ru",
        title="Встреча с соседом",
        body="<p>Переговоры начались в полдень.</p>",
        tags="",
    )
    english, other = rows(tmp_path, site, [site.event(event), site.event(russian)], "documents")
    assert (english["pair_doc_id"], other["pair_doc_id"]) == ("ru:66419", "en:66419")
    assert other["lang_detected"] == "ru"
    assert "no_pair" not in english["quality_warnings"]


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"body": ""}, "no_body"),
        ({"body": "<p>Thirty characters are enough.</p>"}, "short"),
        ({"body": f"<p>{'Это русский текст. ' * 9}</p>"}, "wrong_language"),
        ({"body": "<p>Text.</p><table><tr><td>cells</td></tr></table>"}, "unknown_block"),
    ],
    ids=["no body", "short", "wrong language", "not understood"],
)
def test_quality_is_told(
    tmp_path: Path, site: Site, event: Event, changes: dict[str, str], warning: str
) -> None:
    row = only_document(tmp_path, site, [site.event(event.but(**changes))])
    assert warning in row["quality_warnings"]


def test_a_page_without_any_date_is_filed_under_its_first_capture(
    tmp_path: Path, site: Site, event: Event
) -> None:
    row = only_document(tmp_path, site, [site.event(event.but(day="", clock=""))])
    assert (row["published_date"], row["published_precision"]) == (date(2026, 11, 21), "unknown")
    assert "no_date" in row["quality_warnings"]
    assert (tmp_path / "latest/documents/documents-en-2026.parquet").exists()


def test_one_number_under_two_sections_is_one_row_and_may_be_a_clash(
    tmp_path: Path, site: Site, event: Event
) -> None:
    elsewhere = event.but(section="security-council", title="Another matter", day="2011-01-01")
    row = only_document(tmp_path, site, [site.event(event), site.event(elsewhere)])
    assert "id_clash" in row["quality_warnings"]


def test_a_page_that_vanished_keeps_its_text(tmp_path: Path, site: Site, event: Event) -> None:
    captures = [
        site.event(event, hours=0),
        site.capture(event.url, status=404, hours=24),
        site.capture(event.url, status=404, hours=48),
    ]
    row = only_document(tmp_path, site, captures)
    assert (row["status"], row["gone_at"]) == ("gone", captures[1].fetched_at)
    assert "noon" in row["text"]


def test_captures_tell_of_refusals_redirects_and_other_pages(tmp_path: Path, site: Site) -> None:
    location = (("Location", "/events"), ("ETag", '"x"'))
    headers = (
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Last-Modified", "Sat, 21 Nov 2026 11:00:00 GMT"),
    )
    captures = [
        site.capture("http://kremlin.ru/robots.txt", b"User-agent: *", headers=headers),
        site.capture("http://www.kremlin.ru/", status=301, headers=location),
        site.capture("http://en.kremlin.ru/events/president/news/1", status=403),
    ]
    found = rows(tmp_path, site, captures, "captures")
    assert [row["url_surtkey"] for row in found] == [
        "ru,kremlin)/",
        "ru,kremlin)/robots.txt",
        "ru,kremlin,en)/events/president/news/1",
    ]
    moved, robots, refused = found
    assert (moved["fetch_redirect"], moved["etag"]) == ("http://www.kremlin.ru/events", '"x"')
    assert robots["last_modified"] == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert (robots["content_charset"], robots["content_length"]) == ("utf-8", 13)
    assert (refused["fetch_status"], refused["doc_id"]) == (403, "en:1")
    assert refused["revision_id"] is None


def test_a_revisit_names_what_it_repeats(tmp_path: Path, site: Site, event: Event) -> None:
    first = site.event(event)
    again = site.capture(
        event.url, record_type="revisit", refers_to=first.pointer.record_id, digest="sha256:0"
    )
    found = rows(tmp_path, site, [first, again], "captures")
    assert found[1]["refers_to_capture_id"] == first.capture_id
    assert found[1]["revision_id"] == found[0]["revision_id"]


FIRST_SEEN = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"date": "2010-07-01", "published_at": "2010-07-01T12:00:00+04:00"},
            (date(2010, 7, 1), "minute", "2010-07-01T12:00"),
        ),
        ({"date": "2001-06-16"}, (date(2001, 6, 16), "day", "2001-06-16")),
        ({"announced_for": "2020-03-26"}, (date(2020, 3, 26), "day", None)),
        (
            {"announced_for": "2020-03-26", "published_at": "2020-03-20T13:00:00+03:00"},
            (date(2020, 3, 20), "minute", "2020-03-20T13:00"),
        ),
        ({}, (date(2026, 11, 22), "unknown", None)),
    ],
    ids=["minute", "day", "announced", "announcement with status", "nothing: Moscow's day"],
)
def test_publication(facts: dict[str, str], expected: tuple[date, str, str | None]) -> None:
    record = EventPage(1, "en", "http://en.kremlin.ru/events/x/1", "T", **facts)  # type: ignore[arg-type]
    found = publication(record, FIRST_SEEN)
    assert (found.day, found.precision, found.local) == expected
    assert (found.instant is None) is (found.precision != "minute")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Good afternoon to everyone here", "en"),
        ("Добрый день всем собравшимся", "ru"),
        ("Встреча с Joe Biden в Женеве прошла", "ru"),
        ("* * *", None),
        ("", None),
    ],
)
def test_language_by_script(text: str, language: str | None) -> None:
    found = detect(text)
    assert (found.language if found else None) == language


def full(root: Path, site: Site) -> list[Capture]:
    """Captures that give every table rows."""
    removal = 'doc_id = "en:5"\nremoved_at = 2026-11-21\nreason = "asked for"\nbasis = "law"\n'
    (root / "removals.toml").write_text(f"[[removal]]\n{removal}", "utf-8")
    event = Event(body=f"{PHOTO}<p>Text.</p><p><b>Vladimir Putin:</b> Yes.</p>")
    return [site.event(event), site.event(replace(event, language="ru", tags=""))]


@pytest.mark.parametrize("table", TABLES, ids=TABLE_IDS)
def test_files_are_written_as_promised(tmp_path: Path, site: Site, table: Table) -> None:
    published = publish(tmp_path, [site.part(tmp_path, full(tmp_path, site))])
    path = min((published.path / table.name).glob("*.parquet"))
    with pq.ParquetFile(path) as file:
        assert file.schema_arrow.equals(table.schema())
        stored = file.metadata.metadata or {}
        group = file.metadata.row_group(0)
        assert group.column(0).compression == "ZSTD"
        assert group.column(0).has_column_index
        assert [c.column_index for c in group.sorting_columns] != []
        described = {f.name: (f.metadata or {})[b"description"] for f in file.schema_arrow}
    assert all(described.values())
    assert stored[b"table"].decode() == table.name
    assert stored[b"license"] == b"CC-BY-4.0"
    assert published.snapshot.encode() not in b"".join(stored.values())


def test_schema_json_lists_every_column(tmp_path: Path, site: Site) -> None:
    published = publish(tmp_path, [site.part(tmp_path, [site.event()])])
    schema = json.loads((published.path / "schema.json").read_text("utf-8"))
    for table in TABLES:
        listed = [column["name"] for column in schema["tables"][table.name]["columns"]]
        assert listed == [column.name for column in table.columns]
