"""The ``index`` and ``pack`` commands as people call them."""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import is_zipfile

import pytest

from kremlin_archive.cli import main
from tests.unit.packing.conftest import EN, OLD

Capsys = pytest.CaptureFixture[str]


def test_index_says_what_it_read(archive: Path, capsys: Capsys) -> None:
    assert main(["index", "--root", str(archive)]) == 0
    said = capsys.readouterr().out
    assert "Captures: 7\n" in said
    assert "WARC files 2, 2 of them read now\n" in said
    assert main(["index", "--root", str(archive)]) == 0
    assert "WARC files 2, 0 of them read now\n" in capsys.readouterr().out
    assert main(["index", "--root", str(archive), "--fresh"]) == 0
    assert "WARC files 2, 2 of them read now\n" in capsys.readouterr().out


def test_index_in_part_is_2_and_names_the_fault(archive: Path, capsys: Capsys) -> None:
    warc = min((archive / "warc").rglob("*.gz"))
    warc.write_bytes(warc.read_bytes()[:-5])
    assert main(["index", "--root", str(archive)]) == 2
    said = capsys.readouterr().out
    assert "WARC records that could not be indexed: 1\n" in said
    assert f"{warc.name}: offset" in said


@pytest.mark.parametrize(
    ("options", "timestamps"),
    [
        ([], ["20261121120001", "20261122120000"]),
        (["--at", "2026-11-21"], ["20261121120001"]),
        (["--at", "2030"], ["20261122120000"]),
        (["--at", "2020", "--closest"], ["20261121120001"]),
        (["--at", "20261122000001", "--closest"], ["20261122120000"]),
    ],
)
def test_an_address_is_looked_up(
    archive: Path, capsys: Capsys, options: list[str], timestamps: list[str]
) -> None:
    assert main(["index", "--root", str(archive)]) == 0
    capsys.readouterr()
    assert main(["index", "--root", str(archive), EN.url, *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" ")[1] for line in lines] == timestamps
    stored = (archive / "index/kremlin.cdxj").read_text("utf-8").splitlines()
    assert set(lines) <= set(stored)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["http://kremlin.ru/none"], "the index has no capture of it"),
        ([EN.url, "--at", "2020"], "the index has no capture of it by then"),
        ([EN.url, "--at", "then"], "expected a time"),
        ([EN.url, "--closest"], "--closest goes with --at"),
        ([EN.url, "--fresh"], "--fresh goes without URL"),
        (["--at", "2020"], "--at and --closest go with URL"),
    ],
)
def test_wrong_use_of_index_is_1(
    archive: Path, capsys: Capsys, options: list[str], said: str
) -> None:
    assert main(["index", "--root", str(archive)]) == 0
    assert main(["index", "--root", str(archive), *options]) == 1
    assert said in capsys.readouterr().err


def test_a_look_up_without_an_index_says_so(tmp_path: Path, capsys: Capsys) -> None:
    assert main(["index", "--root", str(tmp_path), EN.url]) == 1
    assert "there is no index" in capsys.readouterr().err


def test_pack_says_what_it_packed(kept: Path, tmp_path: Path, capsys: Capsys) -> None:
    out = tmp_path / "out.wacz"
    arguments = ["--root", str(kept), "--since", "2004-01-01", "--until", "2004-12-31"]
    assert main(["pack", str(out), *arguments]) == 0
    said = capsys.readouterr().out
    assert f"Packed:   {out}, {out.stat().st_size:,} bytes\n" in said
    assert "pages 1, captures 2, snapshot 2026-11-22T120002Z" in said
    assert is_zipfile(out)


def test_pack_makes_a_bag(kept: Path, tmp_path: Path, capsys: Capsys) -> None:
    assert main(["pack", str(tmp_path / "bag"), "--root", str(kept), "--format", "bag"]) == 0
    assert "pages 3, captures 7" in capsys.readouterr().out
    assert (tmp_path / "bag/bagit.txt").is_file()


def test_pack_names_what_is_left_out(archive: Path, capsys: Capsys) -> None:
    warc = max((archive / "warc").rglob("*.gz"))
    shutil.copy(warc, warc.with_name("another.warc.gz"))
    assert main(["pack", str(archive / "out.wacz"), "--root", str(archive)]) == 0
    said = capsys.readouterr().out
    assert (
        "Left out, newer than the snapshot (run extract first): 1\n  2026/another.warc.gz" in said
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ids", "1"], "no document of the archive is in this selection"),
        (["--format", "bag", "--languages", "ru"], "a bag holds the whole archive"),
        (["--ids", str(OLD.event_id), "--since", "2021-01-01"], "do not go with it"),
        (["--languages", "de"], "there are en, ru"),
    ],
)
def test_wrong_use_of_pack_is_1(
    kept: Path, tmp_path: Path, capsys: Capsys, options: list[str], said: str
) -> None:
    assert main(["pack", str(tmp_path / "out"), "--root", str(kept), *options]) == 1
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
