"""The verbs that look at an archive, on one that the real spider made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kremlin_archive.archive.lock import lock_archive
from kremlin_archive.cli import main
from kremlin_archive.replica import Rule
from tests.crawl.running import NEWS, Crawl


def test_diff_shows_the_words_that_changed(
    crawl: Crawl, capsys: pytest.CaptureFixture[str]
) -> None:
    crawl(ids=66419, languages="en")
    rule = Rule("edit", path=f"{NEWS}/66419", old="Good afternoon", new="Good evening")
    root = str(crawl(rule, ids=66419, languages="en").root)
    assert main(["diff", "en:66419", "--root", root]) == 0
    assert "Good [-afternoon-]{+evening+}, Mr Tokayev" in capsys.readouterr().out
    assert main(["diff", "en:66419", "--root", root, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["revisions"] == 2
    (change,) = told["changes"]
    (paragraph,) = change["paragraphs"]
    assert [piece for piece in paragraph if piece["op"] != "equal"] == [
        {"op": "delete", "text": "afternoon"},
        {"op": "insert", "text": "evening"},
    ]


@pytest.mark.parametrize("doc_id", ["en:1", "66419"])
def test_diff_of_an_unknown_document_says_so(
    crawl: Crawl, capsys: pytest.CaptureFixture[str], doc_id: str
) -> None:
    root = str(crawl(ids=66419, languages="en").root)
    assert main(["diff", doc_id, "--root", root]) == 1
    assert "no such document" in capsys.readouterr().err


def test_status_names_what_is_missing_and_why(
    crawl: Crawl, capsys: pytest.CaptureFixture[str]
) -> None:
    run = crawl(
        Rule("status", path="*/66419", status=403),
        Rule("status", path="*/4", status=404),
        languages="en",
        sections="news",
    )
    assert main(["status", "--root", str(run.root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    english = told["editions"]["en"]
    assert english["archived"] == len(run.documents)
    assert {gap["doc_id"]: gap["why"] for gap in english["gaps"]} == {
        "en:66419": "refused",
        "en:4": "absent",
    }
    assert told["runs"][-1]["exit_code"] == 2
    assert main(["status", "--root", str(run.root)]) == 0
    assert "1 named by the site, refused" in capsys.readouterr().out


def test_status_answers_while_a_run_holds_the_archive(
    crawl: Crawl, capsys: pytest.CaptureFixture[str]
) -> None:
    root = crawl(ids=66419, languages="en").root
    with lock_archive(root):
        assert main(["status", "--root", str(root)]) == 0
    assert "A run is in progress" in capsys.readouterr().out


@pytest.mark.parametrize("state", [None, b"", b"no database" * 1000])
def test_status_says_when_a_run_is_still_making_the_state(
    crawl: Crawl, capsys: pytest.CaptureFixture[str], state: bytes | None
) -> None:
    root = crawl(ids=66419, languages="en").root
    (root / "state.sqlite").unlink()
    if state is not None:
        (root / "state.sqlite").write_bytes(state)
    with lock_archive(root):
        assert main(["status", "--root", str(root), "--json"]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "ask again when the run has ended" in captured.err


def test_status_passes_over_a_damaged_report(
    crawl: Crawl, capsys: pytest.CaptureFixture[str]
) -> None:
    root = crawl(ids=66419, languages="en").root
    for name, report in (("9", ""), ("8", "[]"), ("7", "{}")):
        (root / f"runs/{name}.json").write_text(report, "utf-8")
    assert main(["status", "--root", str(root)]) == 0
    assert "1 new" in capsys.readouterr().out


def test_status_names_a_run_that_did_not_begin_until_another_begins(
    crawl: Crawl, capsys: pytest.CaptureFixture[str]
) -> None:
    root = crawl(ids=66419, languages="en").root
    with lock_archive(root):
        assert crawl(ids=66419).code == 4
    assert crawl(ids="none").code == 1
    assert main(["status", "--root", str(root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [run["exit_code"] for run in told["runs"]] == [0]
    assert (told["not_begun"]["exit_code"], told["not_begun"]["ended"]) == (1, "wrong use")
    assert "ids" in told["not_begun"]["problem"]
    assert main(["status", "--root", str(root)]) == 0
    last = capsys.readouterr().out.splitlines()[-2:]
    assert last[0] == "Since then a run did not begin:"
    assert f"exit code 1  {told['not_begun']['problem']}" in last[1]
    crawl(ids=66419, languages="en")
    assert main(["status", "--root", str(root)]) == 0
    assert "did not begin" not in capsys.readouterr().out


def test_status_of_no_archive_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--root", str(tmp_path)]) == 1
    assert "no archive here" in capsys.readouterr().err


def test_import_of_an_archive_into_another_brings_its_documents(
    crawl: Crawl, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = crawl(ids=66419)
    wacz = tmp_path / "whole.wacz"
    assert main(["pack", str(wacz), "--root", str(run.root)]) == 0
    other = tmp_path / "other"
    assert main(["import", str(wacz), "--root", str(other)]) == 0
    assert "taken in" in capsys.readouterr().out
    assert main(["verify", "--root", str(other)]) == 0
    assert main(["import", str(tmp_path / "nothing.warc.gz"), "--root", str(other)]) == 1


def test_import_while_a_file_is_lost_publishes_nothing_and_says_so(
    crawl: Crawl, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = crawl(ids=66419, languages="en")
    given = crawl(ids=66419, languages="ru", root=tmp_path / "given")
    (lost,) = run.warcs
    kept = lost.rename(tmp_path / "kept")
    assert main(["import", str(given.warcs[0]), "--root", str(run.root)]) == 2
    assert f"{lost.name} is gone" in capsys.readouterr().out
    assert list(run.documents) == ["en:66419"]
    kept.rename(lost)
    assert main(["extract", "--root", str(run.root)]) == 0
    assert list(run.documents) == ["en:66419", "ru:66419"]
