"""The DuckDB file: every table, view and macro, and that it needs nothing but DuckDB."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kremlin_archive.cli import main
from tests.unit.dataset.conftest import rows_of
from tests.unit.exporting.conftest import Archive


@pytest.fixture(scope="module")
def file(archive: Archive) -> Path:
    return archive.export("duckdb", "archive.duckdb")


@pytest.fixture
def db(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(file, read_only=True, config={"autoinstall_known_extensions": False}) as db:
        db.execute("SET TimeZone = 'UTC'")
        yield db


def ask(db: duckdb.DuckDBPyConnection, query: str, *columns: str) -> list[Any]:
    found = db.execute(f"SELECT {', '.join(columns)} FROM {query}").fetchall()  # noqa: S608 - ours
    return [row[0] for row in found] if len(columns) == 1 else found


def test_every_table_is_there_with_types_and_prose(
    archive: Archive, db: duckdb.DuckDBPyConnection
) -> None:
    schema = json.loads((archive.root / "latest" / "schema.json").read_text("utf-8"))["tables"]
    for name, table in schema.items():
        rows = rows_of(archive.root / "latest", name)
        assert ask(db, name, "count(*)") == [len(rows)], name
        told = ask(
            db,
            f"duckdb_columns() WHERE table_name = '{name}'",
            "column_name",
            "comment",
            "is_nullable",
        )
        assert [(c["name"], c["nullable"]) for c in table["columns"]] == [
            (column, is_nullable) for column, _, is_nullable in told
        ]
        for column, (_, comment, _) in zip(table["columns"], told, strict=True):
            assert str(comment).startswith(column["description"])
    types = dict(ask(db, "(DESCRIBE documents)", "column_name", "column_type"))
    assert types["published_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["published_date"] == "DATE"
    assert types["tags"] == 'STRUCT(tag_id VARCHAR, facet VARCHAR, "label" VARCHAR)[]'


def test_rows_are_the_snapshot_s(archive: Archive, db: duckdb.DuckDBPyConnection) -> None:
    rows = rows_of(archive.root / "latest", "documents")
    columns = ("doc_id", "text", "tags", "published_date")
    expected = sorted(tuple(row[name] for name in columns) for row in rows)
    assert sorted(ask(db, "documents", *columns)) == expected


def test_nothing_is_without_a_comment(db: duckdb.DuckDBPyConnection) -> None:
    for of, name in (("duckdb_tables()", "table_name"), ("duckdb_views()", "view_name")):
        assert ask(db, f"{of} WHERE NOT internal AND comment IS NULL", name) == []
    macros = "duckdb_functions() WHERE NOT internal"
    assert ask(db, f"{macros} AND comment IS NULL", "function_name") == []
    assert sorted(ask(db, macros, "function_name")) == [
        "as_of", "folded", "kwic", "revisions_between", "search", "words", "words_per_year",
    ]  # fmt: skip


def test_views(db: duckdb.DuckDBPyConnection) -> None:
    assert sorted(ask(db, "duckdb_views() WHERE NOT internal", "view_name")) == [
        "documents_en", "documents_ru", "latest_changes", "omissions", "parallel_paragraphs", "speeches",
    ]  # fmt: skip
    assert sorted(ask(db, "documents_en", "event_id")) == [70, 71, 72, 73, 66419]
    assert sorted(ask(db, "documents_ru", "event_id")) == [70, 66419]
    assert set(ask(db, "parallel_paragraphs", "event_id")) == {70, 66419}
    seed = ask(db, "parallel_paragraphs WHERE event_id = 66419", "en_text", "ru_text")
    assert seed[0][0].startswith("Good afternoon")
    assert ask(db, "omissions", "event_id", "missing_in") == [(70, "ru")]
    changes = [("en:72", "removed"), ("en:73", "text")]
    assert ask(db, "latest_changes", "doc_id", "change") == changes
    spoken = ask(db, "speeches WHERE doc_id = 'en:70'", "name_en", "speaker_kind", "delivery_note")
    assert spoken == [
        ("Rudolf Elphberg", "person", None),
        (None, "question", "retranslated"),
        (None, "crowd", None),
    ]


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("search('journalist')", ["en:70"]),
        ("search('STORIES')", ["en:73"]),
        ("search('word', language := 'en')", ["en:73"]),
        ("search('word', language := 'ru')", []),
        ("search('журналист')", ["ru:70"]),
        ("search('переговоры')", ["ru:70"]),
        ("search('unheard-ofword')", []),
        ("search('')", []),
    ],
)
def test_search_knows_word_forms(
    db: duckdb.DuckDBPyConnection, call: str, found: list[str]
) -> None:
    assert ask(db, call, "doc_id") == found


def test_search_puts_what_is_rarer_and_more_first(db: duckdb.DuckDBPyConnection) -> None:
    found = ask(db, "search('journalists friends story')", "doc_id", "n_found", "score")
    assert found[0][0] == "en:70"
    assert [score for *_, score in found] == sorted((score for *_, score in found), reverse=True)
    assert all(score > 0 for *_, score in found)


def test_kwic_shows_every_place_in_its_context(db: duckdb.DuckDBPyConnection) -> None:
    columns = ("doc_id", "left_context", "keyword", "right_context", "paragraph_id")
    assert ask(db, "kwic('words', width := 10)", *columns) == [
        ("en:73", "he second ", "words", " of the st", "en:73#p0")
    ]
    assert ask(db, "kwic('paragr*', language := 'en')", "keyword") == ["paragraph"] * 12
    assert ask(db, "kwic('paragr')", "keyword") == []
    assert ("перь ", "ещё", ".") in ask(db, "kwic('ЕЩЕ', width := 5)", *columns[1:4])
    assert ask(db, "kwic('the', language := 'ru')", "keyword") == []
    for left, keyword, right, paragraph in ask(db, "kwic('и', 'ru', 20)", *columns[1:]):
        (text,) = ask(db, f"paragraphs WHERE paragraph_id = '{paragraph}'", "text")
        assert f"{left}{keyword}{right}" in text


def test_words_per_year(db: duckdb.DuckDBPyConnection) -> None:
    columns = ("year", "lang", "n_words", "n_turns", "n_documents")
    by_id = ask(db, "words_per_year('label/rudolf-elphberg')", *columns)
    (expected,) = ask(db, "turns WHERE doc_id = 'en:70' AND seq = 0", "n_words")
    assert by_id[0] == (2003, "en", expected, 1, 1)
    assert ask(db, "words_per_year('Rudolf Elphberg')", *columns) == by_id
    assert ask(db, "words_per_year('nobody')", *columns) == []


def test_time_travel(db: duckdb.DuckDBPyConnection) -> None:
    story = "WHERE doc_id = 'en:73'"
    first, second = "The first words of a story.", "The second words of the story."
    assert ask(db, f"as_of('2026-11-22') {story}", "text") == [first]
    assert ask(db, f"as_of('2026-12-01') {story}", "text") == [second]
    assert ask(db, "as_of('2026-11-01')", "doc_id") == []
    edits = ask(db, "revisions_between('2026-11-22', '2026-12-01')", "doc_id", "change_kind")
    assert edits == [("en:73", "text")]
    assert ask(db, "revisions_between('2026-12-01', '2027-12-01')", "doc_id") == []


def test_some_documents_only(archive: Archive) -> None:
    some = archive.export("duckdb", "some.duckdb", "--languages", "ru", "--ids", "70,71")
    with duckdb.connect(some, read_only=True) as db:
        for table in ("documents", "paragraphs", "turns", "revisions", "changes", "captures"):
            assert set(ask(db, table, "doc_id")) == {"ru:70"}, table
        assert ask(db, "alignments", "DISTINCT event_id") == [70]
        assert ask(db, "search('Спасибо')", "doc_id") == ["ru:70"]
        assert ask(db, "about WHERE name = 'snapshot'", "value") == ["2026-11-23T120000Z"]


def test_older_versions_can_open_it(db: duckdb.DuckDBPyConnection) -> None:
    tags = ask(db, "duckdb_databases() WHERE database_name = 'archive'", "tags")
    assert tags == [{"storage_version": "v1.4.0+"}]


def test_the_same_content_again(archive: Archive, file: Path) -> None:
    again = archive.export("duckdb", "again.duckdb")
    with duckdb.connect(file, read_only=True) as db:
        db.execute(f"ATTACH '{again}' AS again (READ_ONLY)")
        for name in ask(db, "duckdb_tables() WHERE database_name <> 'again'", "table_name"):
            assert ask(db, name, "*") == ask(db, f'again."{name}"', "*"), name


@pytest.mark.parametrize("missing", ["duckdb", "snowballstemmer"])
def test_without_the_extra_it_says_what_to_install(
    archive: Archive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    missing: str,
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    out = str(tmp_path / "out")
    assert main(["export", "--root", str(archive.root), "--format", "duckdb", out]) == 1
    said = capsys.readouterr().err
    assert f"needs {missing}: pip install 'kremlin-archive[duckdb]'" in said
    assert list(tmp_path.iterdir()) == []
