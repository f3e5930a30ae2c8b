from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kremlin_archive.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.dataset.conftest import Event, Site

Capsys = pytest.CaptureFixture[str]


def test_page_prints_the_record(tmp_path: Path, site: Site, event: Event, capsys: Capsys) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(site.html(event.but(title="Встреча")))
    assert main(["page", str(file), "--url", event.url]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["event_id"], record["title"]) == (66419, "Встреча")
    assert record["paragraphs"][1] == {
        "kind": "speech",
        "text": "Good afternoon [to all].",
        "speaker": "Vladimir Putin",
        "note": None,
    }


def test_page_is_utf_8_whatever_the_terminal_is(tmp_path: Path, site: Site, event: Event) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(site.html(event.but(title="Встреча")))
    done = subprocess.run(
        [sys.executable, "-m", "kremlin_archive", "page", str(file), "--url", event.url],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert '"title": "Встреча"' in done.stdout.decode("utf-8")


def test_page_that_is_none_is_an_error_that_names_it(
    tmp_path: Path, event: Event, capsys: Capsys
) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(b"")
    assert main(["page", str(file), "--url", event.url]) == 1
    captured = capsys.readouterr()
    assert event.url in captured.err
    assert captured.out == ""
    assert main(["page", str(file), "--url", "http://example.org/"]) == 1
    assert "http://example.org/: not the address of" in capsys.readouterr().err


@pytest.mark.parametrize(
    "args",
    [
        ["page", "missing.html", "--url", "http://en.kremlin.ru/events/president/news/1"],
        ["page"],
        ["nonsense"],
        ["extract", "--jobs", "0"],
        ["extract", "--jobs", "many"],
        ["extract", "--root", "nowhere"],
        ["extract", "missing.warc.gz"],
        [],
    ],
    ids=" ".join,
)
def test_wrong_use_is_1_and_says_why(
    args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(args) == 1
    assert capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("args", [["--help"], ["extract", "--help"], ["page", "-h"], ["--version"]])
def test_help_and_version_are_0(args: list[str], capsys: Capsys) -> None:
    assert main(args) == 0
    assert "kremlin-archive" in capsys.readouterr().out


def test_help_does_not_load_what_it_does_not_need() -> None:
    code = (
        "import sys; from kremlin_archive.cli import main; main(['--help']);"
        "sys.exit(bool({'pyarrow', 'scrapy', 'twisted', 'selectolax'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_extract_says_what_it_made(
    tmp_path: Path, site: Site, event: Event, capsys: Capsys
) -> None:
    site.warc(tmp_path / "warc/a.warc.gz", [site.event(event, hours=0)])
    assert main(["extract", "--root", str(tmp_path), "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    assert "documents 1, turns 2, persons 1, paragraphs 4, revisions 1, captures 1" in said
    assert "Gate:     passed: files checked 14\n" in said
    assert str(tmp_path / "snapshots/2026-11-21T120000Z") in said
    assert main(["extract", "--root", str(tmp_path), "--jobs", "1"]) == 0
    assert "nothing has changed" in capsys.readouterr().out


def test_extract_in_part_is_2_and_names_each_page(
    tmp_path: Path, site: Site, event: Event, capsys: Capsys
) -> None:
    warc = site.warc(tmp_path / "x.warc.gz", [site.event(event), site.capture(event.url, b"")])
    args = ["extract", "--root", str(tmp_path / "out"), str(warc)]
    assert main(args) == 2
    said = capsys.readouterr().out
    assert "Pages that could not be read: 1\n" in said
    assert f"{event.url}: the body is empty" in said
    assert main([*args, "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert (report["complete"], report["rows"]["documents"]) == (False, 1)
    assert report["gate"]["checked"]["losses"] == 1
    assert report["gate"]["warnings"] == []
    assert report["problems"][0]["url"] == event.url


def test_long_lists_are_cut(tmp_path: Path, site: Site, event: Event, capsys: Capsys) -> None:
    broken = [site.capture(event.url.replace("66419", str(n)), b"") for n in range(1, 25)]
    warc = site.warc(tmp_path / "x.warc.gz", broken)
    assert main(["extract", "--root", str(tmp_path), str(warc)]) == 2
    assert "… and 4 more; --json lists them all" in capsys.readouterr().out
