"""Tables of what changed: revisions, changes, removals, editions."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kremlin_archive.dataset.snapshot import publish
from kremlin_archive.errors import SnapshotError
from tests.unit.dataset.conftest import PHOTO, Event, Site, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from kremlin_archive.records import Capture

ONE, TWO = "<p>The talks began at noon.</p>", "<p>They ended at five.</p>"


def table(root: Path, site: Site, captures: list[Capture], name: str) -> list[dict[str, Any]]:
    return rows_of(publish(root, [site.part(root, captures)]).path, name)


def test_every_content_is_a_row_with_its_time(tmp_path: Path, site: Site, event: Event) -> None:
    captures = [
        site.event(event.but(body=ONE), hours=0),
        site.event(event.but(body=ONE, frame="2027"), hours=1),
        site.event(event.but(body=ONE + TWO), hours=2),
    ]
    first, second = table(tmp_path, site, captures, "revisions")
    assert [(r["revision_no"], r["change_kind"]) for r in (first, second)] == [
        (1, "created"),
        (2, "text"),
    ]
    assert (first["valid_from"], first["last_seen_at"], first["valid_to"]) == (
        captures[0].fetched_at,
        captures[1].fetched_at,
        captures[2].fetched_at,
    )
    assert (first["n_captures"], first["capture_id"]) == (2, captures[1].capture_id)
    assert first["text"] == "The talks began at noon."
    assert (first["prev_revision_id"], first["similarity_prev"], first["diff"]) == (None, None, [])
    assert (second["valid_to"], second["prev_revision_id"]) == (None, first["revision_id"])
    assert (second["n_chars_inserted"], second["n_chars_deleted"]) == (19, 0)
    assert second["similarity_prev"] == pytest.approx(1 - 19 / (24 + 43))
    assert second["changed_fields"] == ["paragraphs"]
    assert second["diff"] == [
        {"op": "equal", "a0": 0, "a1": 1, "b0": 0, "b1": 1},
        {"op": "insert", "a0": 1, "a1": 1, "b0": 1, "b1": 2},
    ]


@pytest.mark.parametrize(
    ("changes", "kind", "fields"),
    [
        ({"body": TWO}, "text", ["paragraphs"]),
        ({"tags": ""}, "tags", ["countries"]),
        ({"body": ONE + PHOTO}, "media", ["photos"]),
        ({"title": "Talks"}, "metadata", ["title"]),
        ({"title": "Talks", "tags": ""}, "metadata", ["title", "countries"]),
        ({"body": TWO, "title": "Talks"}, "text", ["title", "paragraphs"]),
        ({"lead": ""}, "metadata", ["lead"]),
    ],
    ids=["text", "tags", "media", "title", "title and tags", "text and title", "lead"],
)
def test_a_change_has_a_kind(
    tmp_path: Path, site: Site, changes: dict[str, str], kind: str, fields: list[str]
) -> None:
    event = Event(body=ONE)
    captures = [site.event(event), site.event(event.but(**changes))]
    row = table(tmp_path, site, captures, "revisions")[1]
    assert (row["change_kind"], row["changed_fields"]) == (kind, fields)


def test_content_that_returns_has_its_id_again(tmp_path: Path, site: Site, event: Event) -> None:
    captures = [site.event(event.but(body=body)) for body in (ONE, TWO, ONE)]
    found = table(tmp_path, site, captures, "revisions")
    assert [row["revision_no"] for row in found] == [1, 2, 3]
    assert found[0]["revision_id"] == found[2]["revision_id"] != found[1]["revision_id"]
    document = rows_of(tmp_path / "latest", "documents")[0]
    assert (document["revision_no"], document["revision_id"]) == (3, found[2]["revision_id"])


def test_being_gone_and_coming_back_are_rows(tmp_path: Path, site: Site, event: Event) -> None:
    captures = [
        site.event(event, hours=0),
        site.capture(event.url, status=404, hours=24),
        site.capture(event.url, status=404, hours=48),
        site.event(event, hours=72),
    ]
    _, gone, back = table(tmp_path, site, captures, "revisions")
    assert (gone["change_kind"], gone["capture_id"]) == ("gone", captures[1].capture_id)
    assert gone["warc_record_id"] == captures[1].pointer.record_id
    assert (gone["valid_from"], gone["valid_to"], gone["n_captures"]) == (
        captures[1].fetched_at,
        captures[3].fetched_at,
        2,
    )
    assert "noon" in gone["text"]
    assert (back["change_kind"], back["revision_no"]) == ("restored", 3)
    assert (back["similarity_prev"], back["changed_fields"]) == (1.0, [])
    document = rows_of(tmp_path / "latest", "documents")[0]
    assert (document["status"], document["revision_no"]) == ("live", 3)
    assert document["last_changed_at"] == captures[0].fetched_at


def test_changes_are_the_log_in_order(tmp_path: Path, site: Site, event: Event) -> None:
    later = replace(event, event_id=5)
    second_run = "2026-12-01T000000Z"
    captures = [
        site.event(event, hours=0),
        site.event(later, hours=1),
        replace(site.event(event.but(body=TWO), hours=240), run_id=second_run),
        replace(site.event(later.but(tags=""), hours=241), run_id=second_run),
    ]
    published = publish(tmp_path, [site.part(tmp_path, captures)])
    log = rows_of(published.path, "changes")
    assert [(row["doc_id"], row["change"], row["since_snapshot"]) for row in log] == [
        ("en:66419", "added", None),
        ("en:5", "added", None),
        ("en:66419", "text", "2026-11-21T130000Z"),
        ("en:5", "tags", "2026-11-21T130000Z"),
    ]
    assert (log[2]["changed_at"], log[2]["run_id"]) == (captures[2].fetched_at, second_run)
    assert log[2]["old_revision_id"] == log[0]["new_revision_id"]
    assert {path.name for path in (published.path / "changes").iterdir()} == {
        "changes-2026-11.parquet",
        "changes-2026-12.parquet",
    }


def test_a_consumer_follows_by_the_newest_capture_it_knows(
    tmp_path: Path, site: Site, event: Event
) -> None:
    before = site.part(tmp_path, [site.event(event, hours=0)])
    known = publish(tmp_path, [before])
    edited = replace(site.event(event.but(body=TWO), hours=30), run_id="2026-11-22T180000Z")
    now = publish(tmp_path, [before, site.part(tmp_path, [edited], "b.warc.gz")])
    manifest = json.loads((known.path / "manifest.json").read_text("utf-8"))
    seen = datetime.fromisoformat(manifest["newest_capture"])
    (row,) = [row for row in rows_of(now.path, "changes") if row["changed_at"] > seen]
    assert (row["change"], row["since_snapshot"]) == ("text", known.snapshot)


REMOVAL = """[[removal]]
doc_id = "en:66419"
removed_at = 2026-11-25
reason = "Request of the person concerned"
basis = "GDPR art. 17"
"""


def test_a_removed_document_is_emptied_in_every_table(
    tmp_path: Path, site: Site, event: Event
) -> None:
    stays = replace(event, event_id=5, title="Other", body="<p>Stays.</p>", lead="", place="There")
    secret = event.but(body=PHOTO + event.body)
    captures = [site.event(secret), site.event(secret.but(title="Talks")), site.event(stays)]
    part = site.part(tmp_path, captures)
    before = publish(tmp_path, [part])
    (tmp_path / "removals.toml").write_text(REMOVAL, "utf-8")
    after = publish(tmp_path, [part])
    assert after.snapshot == f"{before.snapshot}-r2"
    other, row = rows_of(after.path, "documents")
    assert (other["title"], other["status"]) == ("Other", "live")
    assert (row["doc_id"], row["status"]) == ("en:66419", "removed_by_us")
    assert (row["title"], row["lead"], row["place"], row["text"]) == ("", None, None, "")
    assert (row["url"], row["published_date"].isoformat()) == (event.url, "2021-08-21")
    for table_ in ("turns", "paragraphs", "media", "links", "document_tags"):
        assert "en:66419" not in {each["doc_id"] for each in rows_of(after.path, table_)}, table_
    told = [r for r in rows_of(after.path, "revisions") if r["doc_id"] == "en:66419"]
    assert [(r["title"], r["lead"], r["text"], r["diff"]) for r in told] == [("", None, "", [])] * 2
    for words in ("noon", "They met", "neighbour", "Talks", "With the guest"):
        assert any(words in str(rows_of(before.path, t)) for t in before.rows), words
        assert not any(words in str(rows_of(after.path, t)) for t in after.rows), words


def test_a_removal_is_told(tmp_path: Path, site: Site, event: Event) -> None:
    (tmp_path / "removals.toml").write_text(REMOVAL, "utf-8")
    published = publish(tmp_path, [site.part(tmp_path, [site.event(event)])])
    (row,) = rows_of(published.path, "removals")
    assert (row["doc_id"], row["removed_at"]) == ("en:66419", datetime(2026, 11, 25, tzinfo=UTC))
    assert (row["reason"], row["basis"]) == ("Request of the person concerned", "GDPR art. 17")
    assert rows_of(published.path, "changes")[-1]["change"] == "removed"
    manifest = json.loads((published.path / "manifest.json").read_text("utf-8"))
    assert manifest["removals"] == 1
    assert published.gate.warnings == ()


def test_a_removal_of_what_is_not_here_is_warned_of(
    tmp_path: Path, site: Site, event: Event
) -> None:
    (tmp_path / "removals.toml").write_text(REMOVAL.replace("66419", "66491"), "utf-8")
    published = publish(tmp_path, [site.part(tmp_path, [site.event(event)])])
    (warning,) = published.gate.warnings
    assert warning == "removals.toml names en:66491, which is no document of this archive"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("not toml", "it is not TOML"),
        ('title = "x"', r"it must hold \[\[removal\]\] tables and nothing else"),
        (REMOVAL.replace("basis", "bases"), "removal 1: it must have exactly basis, doc_id"),
        (REMOVAL.replace("en:66419", "66419"), "doc_id must be like"),
        (REMOVAL.replace("2026-11-25", '"soon"'), "removed_at must be a day"),
        (REMOVAL.replace("2026-11-25", "2026-11-25T10:00:00"), "removed_at must be a day"),
        (REMOVAL.replace("GDPR art. 17", " "), "basis must say something"),
        (REMOVAL + REMOVAL, "it names a document twice"),
    ],
    ids=["no toml", "other", "field", "doc_id", "no time", "no zone", "empty", "twice"],
)
def test_removals_that_cannot_be_read_stop_the_snapshot(
    tmp_path: Path, site: Site, text: str, problem: str
) -> None:
    part = site.part(tmp_path, [site.event()])
    (tmp_path / "removals.toml").write_text(text, "utf-8")
    with pytest.raises(SnapshotError, match=problem):
        publish(tmp_path, [part])
    assert not (tmp_path / "snapshots").exists()


def test_editions_compare_the_pair(tmp_path: Path, site: Site, event: Event) -> None:
    russian = replace(
        event,
        language="ru",
        clock="12:40",
        body="<p><b>В.Путин:</b> Добрый день.</p><p><b>Гость:</b> Спасибо.</p><p>&lt;…&gt;</p>",
        tags="",
    )
    captures = [
        site.event(event),
        site.event(russian),
        site.event(replace(event, event_id=5)),
        site.event(replace(russian, event_id=6, day="2019-01-01")),
    ]
    found = {row["event_id"]: row for row in table(tmp_path, site, captures, "editions")}
    assert {number: row["pair_status"] for number, row in found.items()} == {
        5: "en_only",
        6: "ru_only",
        66419: "both",
    }
    pair = found[66419]
    assert (pair["en_doc_id"], pair["ru_doc_id"]) == ("en:66419", "ru:66419")
    assert (pair["publish_lag_s"], pair["n_para_en"], pair["n_para_ru"]) == (1800, 4, 3)
    assert (pair["speaker_sequence_equal"], pair["en_is_abridged"], pair["ru_is_abridged"]) == (
        True,
        False,
        True,
    )
    assert (found[5]["ru_doc_id"], found[5]["speaker_sequence_equal"]) == (None, None)
    assert {path.name for path in (tmp_path / "latest/editions").iterdir()} == {
        "editions-2019.parquet",
        "editions-2021.parquet",
    }
