"""What stands beside the tables: the same bytes from the same archive, and the numbers are right."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kremlin_archive.dataset.beside.memory import CACHE
from kremlin_archive.dataset.beside.sample import chosen
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.checksums import read_checksums
from kremlin_archive.dataset.dictionary import dictionary
from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.snapshot import publish
from kremlin_archive.dataset.tables.documents import DOCUMENTS
from kremlin_archive.verify.archive import verify_archive
from tests.unit.dataset.conftest import Event, Site, rows_of
from tests.unit.dataset.varied import EVENTS, YEARS, archive

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The varied archive's snapshot; nobody changes it."""
    return archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def stats(snapshot: Path) -> dict[str, Any]:
    """What its stats.json says."""
    said: dict[str, Any] = json.loads((snapshot / "stats.json").read_text("utf-8"))
    return said


def beside(snapshot: Path) -> dict[str, str]:
    """Checksums of all that is no table."""
    tables = {table.name for table in TABLES}
    sums = read_checksums(snapshot)
    return {path: sums[path] for path in sums if path.partition("/")[0] not in tables}


def test_everything_is_there_and_listed(snapshot: Path) -> None:
    assert beside(snapshot).keys() == {
        "CHANGES.md",
        "CITATION.cff",
        "LICENSE",
        "README.md",
        "croissant.json",
        "manifest.json",
        "schema.json",
        "stats.json",
        "sample/documents.jsonl",
        "sample/documents.parquet",
        "sample/turns.csv",
        "sample/turns.parquet",
        *(f"pandera/{table.name}.json" for table in TABLES),
    }


def test_verify_finds_nothing_wrong_with_it(snapshot: Path) -> None:
    findings = verify_archive(snapshot.parents[1]).findings
    assert [each for each in findings if "snapshots/" in each.file] == []


def test_what_was_published_before_makes_no_difference(tmp_path: Path, snapshot: Path) -> None:
    """One publication of all, two one after the other, and one with every cache deleted: the same."""
    warcs = snapshot.parents[1] / "warc"
    (tmp_path / "warc" / "2026").mkdir(parents=True)
    for name in ("a", "b"):
        shutil.copy(warcs / "2026" / f"{name}.warc.gz", tmp_path / "warc" / "2026")
        twice = extract(tmp_path).published.path
    assert twice.name == snapshot.name
    assert beside(twice) == beside(snapshot)
    assert (tmp_path / CACHE).is_file()
    again = extract(tmp_path, fresh=True).published
    assert (again.is_new, again.path) == (False, twice)


@pytest.mark.parametrize("left", ["", "[]", "{}", '{"code": "other", "counted": {}}'])
def test_a_damaged_memory_costs_nothing_but_time(
    tmp_path: Path, site: Site, event: Event, left: str
) -> None:
    part = site.part(tmp_path, [site.event(event)])
    first = publish(tmp_path, [part])
    (tmp_path / CACHE).write_text(left, "utf-8")
    again = publish(tmp_path, [part])
    assert (again.path, again.is_new) == (first.path, False)
    assert json.loads((tmp_path / CACHE).read_text("utf-8"))["counted"]


def test_a_damaged_sample_is_not_passed_on(tmp_path: Path, site: Site, event: Event) -> None:
    part = site.part(tmp_path, [site.event(event)])
    first = publish(tmp_path, [part])
    kept = (first.path / "sample" / "documents.jsonl").read_bytes()
    (first.path / "sample" / "documents.jsonl").write_bytes(b"{}")
    more = site.part(tmp_path, [site.capture("http://kremlin.ru/x", status=404)], "2026/b.warc.gz")
    second = publish(tmp_path, [part, more])
    assert second.path != first.path
    assert (second.path / "sample" / "documents.jsonl").read_bytes() == kept


def test_an_unchanged_sample_is_shared(tmp_path: Path, site: Site, event: Event) -> None:
    part = site.part(tmp_path, [site.event(event)])
    first = publish(tmp_path, [part])
    more = site.part(tmp_path, [site.capture("http://kremlin.ru/x", status=404)], "2026/b.warc.gz")
    second = publish(tmp_path, [part, more])
    for name in ("documents.parquet", "documents.jsonl", "turns.parquet", "turns.csv"):
        assert (second.path / "sample" / name).samefile(first.path / "sample" / name)


def test_only_the_first_of_the_sample_come_as_text(
    tmp_path: Path, site: Site, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kremlin_archive.dataset.beside.sample.PLAIN", 1)
    other = Event(event_id=7, day=event.day, body="<p><b>Question:</b> Why?</p>")
    part = site.part(tmp_path, [site.event(event), site.event(other)])
    folder = publish(tmp_path, [part]).path / "sample"
    assert pq.read_metadata(folder / "documents.parquet").num_rows == 2
    lines = (folder / "documents.jsonl").read_text("utf-8").splitlines()
    shown = [json.loads(line)["doc_id"] for line in lines]
    assert len(shown) == 1
    with (folder / "turns.csv").open(encoding="utf-8", newline="") as file:
        assert {row["doc_id"] for row in csv.DictReader(file)} <= set(shown)


def test_what_a_new_document_does_not_touch_is_shared(
    tmp_path: Path, site: Site, event: Event
) -> None:
    """A second document without turns: the sample's turns are the files they were."""
    part = site.part(tmp_path, [site.event(event)])
    first = publish(tmp_path, [part])
    silent = Event(event_id=7, day="2001-01-01", body="<p>Nobody speaks here.</p>")
    more = site.part(tmp_path, [site.event(silent)], "2026/b.warc.gz")
    second = publish(tmp_path, [part, more])
    ids = pq.read_table(second.path / "sample" / "documents.parquet")["doc_id"].to_pylist()
    assert ids == ["en:7", "en:66419"]
    for name, is_shared in (
        ("turns.parquet", True),
        ("turns.csv", True),
        ("documents.jsonl", False),
    ):
        there = (second.path / "sample" / name).samefile(first.path / "sample" / name)
        assert there == is_shared, name
    again = publish(tmp_path, [part, more], fresh=True)
    assert (again.path, again.is_new) == (second.path, False)


class TestStats:
    def test_rows_and_nulls_are_those_of_the_tables(
        self, snapshot: Path, stats: dict[str, Any]
    ) -> None:
        for table in TABLES:
            rows = rows_of(snapshot, table.name)
            said = stats["tables"][table.name]
            assert said["rows"] == len(rows), table.name
            for column in table.columns:
                nulls = sum(row[column.name] is None for row in rows)
                assert said["columns"][column.name].get("nulls", 0) == nulls, column.name
                assert column.nullable == ("nulls" in said["columns"][column.name])

    def test_bounds_and_values_are_those_of_the_rows(
        self, snapshot: Path, stats: dict[str, Any]
    ) -> None:
        documents = rows_of(snapshot, "documents")
        said = stats["tables"]["documents"]["columns"]
        words = [row["n_words"] for row in documents]
        days = [row["published_date"].isoformat() for row in documents]
        assert (said["n_words"]["min"], said["n_words"]["max"]) == (min(words), max(words))
        assert (said["published_date"]["min"], said["published_date"]["max"]) == (
            min(days),
            max(days),
        )
        assert said["lang"] == {"distinct": 2, "values": {"en": EVENTS, "ru": EVENTS}}
        assert said["place"]["most_frequent"] == {"The Kremlin, Moscow": 2 * EVENTS}
        assert stats["tables"]["turns"]["columns"]["speaker_kind"]["values"] == {
            "person": 2 * EVENTS,
            "question": 2 * EVENTS,
        }

    def test_coverage_counts_each_year_of_each_language(
        self, snapshot: Path, stats: dict[str, Any]
    ) -> None:
        documents = rows_of(snapshot, "documents")
        assert [(each["lang"], each["year"]) for each in stats["coverage"]] == [
            (language, year) for language in ("en", "ru") for year in YEARS
        ]
        for each in stats["coverage"]:
            of_year = [
                row
                for row in documents
                if (row["lang"], row["published_date"].year) == (each["lang"], each["year"])
            ]
            assert each["documents"] == each["paired"] == len(of_year)
            assert each["words"] == sum(row["n_words"] for row in of_year)
            assert each["with_transcript"] == sum(row["has_transcript"] for row in of_year)

    def test_unlinked_labels_have_their_reasons(self, stats: dict[str, Any]) -> None:
        speakers = stats["speakers"]
        assert (speakers["turns"], speakers["unlinked"]) == (4 * EVENTS, 2 * EVENTS)
        assert speakers["unlinked_by_reason"] == {"voice": 2 * EVENTS}
        assert speakers["unlinked_most"] == [
            {"speaker_label": label, "lang": lang, "reason": "voice", "turns": EVENTS}
            for label, lang in (("Question", "en"), ("Вопрос", "ru"))
        ]

    def test_editions_and_warnings_are_counted(self, snapshot: Path, stats: dict[str, Any]) -> None:
        warned = [
            kind for row in rows_of(snapshot, "documents") for kind in row["quality_warnings"]
        ]
        assert stats["editions"] == {"both": EVENTS}
        assert stats["quality_warnings"] == {kind: warned.count(kind) for kind in set(warned)}


class TestSample:
    def test_it_is_the_rows_of_the_tables(self, snapshot: Path) -> None:
        for name in ("documents", "turns"):
            sample = pq.read_table(snapshot / "sample" / f"{name}.parquet")
            assert sample.schema.equals(pq.read_schema(next((snapshot / name).iterdir())))
            order = [(row["event_id"], row["lang"]) for row in sample.to_pylist()]
            assert order == sorted(order)
            key = next(table.key[0] for table in TABLES if table.name == name)
            rows = {row[key]: row for row in rows_of(snapshot, name)}
            assert {row[key]: row for row in sample.to_pylist()} == rows  # fewer than 1,000: all

    def test_the_readable_forms_say_the_same(self, snapshot: Path) -> None:
        folder = snapshot / "sample"
        lines = (folder / "documents.jsonl").read_text("utf-8").splitlines()
        rows = pq.read_table(folder / "documents.parquet").to_pylist()
        assert [json.loads(line)["text"] for line in lines] == [row["text"] for row in rows]
        with (folder / "turns.csv").open(encoding="utf-8", newline="") as file:
            spoken = list(csv.DictReader(file))
        turns = pq.read_table(folder / "turns.parquet").to_pylist()
        assert [each["text"] for each in spoken] == [row["text"] for row in turns]

    def test_each_year_is_there_and_the_choice_hardly_moves(self) -> None:
        ids = {
            "en-2001": ["en:1"],
            "en-2020": [f"en:{n}" for n in range(100, 400)],
            "ru-2021": [f"ru:{n}" for n in range(1000, 1600)],
        }
        first = chosen(ids, 90)
        assert sum(map(len, first.values())) == 90
        assert len(first["en-2001"]) == 1
        assert 1.2 < len(first["ru-2021"]) / len(first["en-2020"]) < 3.3
        more = {**ids, "ru-2021": [*ids["ru-2021"], "ru:1600", "ru:1601"]}
        kept = {one for each in first.values() for one in each}
        now = {one for each in chosen(more, 90).values() for one in each}
        assert len(now - kept) <= 2

    def test_there_are_never_more_than_asked_for_but_one_a_year(self) -> None:
        ids = {str(year): [f"{year}-{n}" for n in range(5)] for year in range(10)}
        assert sum(map(len, chosen(ids, 4).values())) == 10
        assert sum(map(len, chosen(ids, 11).values())) == 11


class TestChanges:
    def test_it_tells_what_the_newest_crawl_brought(self, snapshot: Path) -> None:
        text = (snapshot / "CHANGES.md").read_text("utf-8")
        assert "## The newest crawl (" in text
        assert f"| 2026-11 | added | {2 * EVENTS} |" in text
        assert "| 2026-11 | text | 1 |" in text

    def test_a_crawl_that_brought_nothing_says_so(
        self, tmp_path: Path, site: Site, event: Event
    ) -> None:
        first = replace(site.event(event), run_id="first")
        again = replace(site.event(event), run_id="second")
        snapshot = publish(tmp_path, [site.part(tmp_path, [first, again])])
        text = (snapshot.path / "CHANGES.md").read_text("utf-8")
        assert "## The newest crawl (second), since snapshot 2026-11-21T120100Z" in text
        assert "Captures: 1 (1 with status 200)." in text
        assert "No document was added, changed or gone." in text

    def test_a_crawl_over_the_turn_of_a_month_is_counted_whole(
        self, tmp_path: Path, site: Site, event: Event
    ) -> None:
        captures = [
            site.event(event, hours=9 * 24),
            site.event(event.but(title="Other", event_id=7), hours=10 * 24),  # type: ignore[arg-type]
            site.event(event.but(title="New"), hours=10 * 24 + 1),
        ]
        snapshot = publish(tmp_path, [site.part(tmp_path, captures)])
        text = (snapshot.path / "CHANGES.md").read_text("utf-8")
        assert "Captures: 3 (3 with status 200)." in text
        assert "*added*: en:66419, en:7" in text
        assert "*metadata*: en:66419" in text
        assert text.index("| 2026-12 |") < text.index("| 2026-11 |")


class TestCard:
    def test_every_column_of_every_table_is_described(self, snapshot: Path) -> None:
        text = (snapshot / "README.md").read_text("utf-8")
        for table in TABLES:
            section = text.partition(f"\n## {table.name}\n")[2].partition("\n## ")[0]
            for column in table.columns:
                assert f"| `{column.name}` | " in section

    def test_rows_and_years_are_told(self, snapshot: Path) -> None:
        text = (snapshot / "README.md").read_text("utf-8")
        assert f"| `documents` | {2 * EVENTS} |" in text
        assert re.search(r"\| ru \| 2012 \| 7 \|", text)

    def test_the_citation_names_snapshot_and_source(self, snapshot: Path) -> None:
        text = (snapshot / "README.md").read_text("utf-8")
        assert f"Snapshot {snapshot.name}. Texts: Presidential Executive Office" in text


def test_an_archive_without_documents_has_all_of_it(tmp_path: Path, site: Site) -> None:
    refused = site.part(tmp_path, [site.capture("http://kremlin.ru/x", status=403)])
    snapshot = publish(tmp_path, [refused]).path
    stats = json.loads((snapshot / "stats.json").read_text("utf-8"))
    assert (stats["coverage"], stats["speakers"]["turns"]) == ([], 0)
    assert pq.read_schema(snapshot / "sample" / "documents.parquet").equals(DOCUMENTS.schema())
    assert "config_name: captures" in (snapshot / "README.md").read_text("utf-8")
    assert "config_name: documents" not in (snapshot / "README.md").read_text("utf-8")


def test_the_data_dictionary_of_the_documentation_is_not_stale() -> None:
    page = (PROJECT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert page == dictionary(), (
        "python -m kremlin_archive.dataset.dictionary > docs/data-dictionary.md"
    )


def test_a_column_with_a_closed_list_has_no_other_value(snapshot: Path) -> None:
    for table in TABLES:
        listed = [column for column in table.columns if column.values]
        for row in rows_of(snapshot, table.name):
            for column in listed:
                assert row[column.name] in {*column.values, *([None] * column.nullable)}


def test_an_example_is_one_of_a_closed_list() -> None:
    for table in TABLES:
        for column in table.columns:
            assert not column.values or column.example in column.values, column.name
