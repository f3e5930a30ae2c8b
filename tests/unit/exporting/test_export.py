"""What all exports share: choosing, opening, writing aside, saying what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kremlin_archive.cli import main
from kremlin_archive.errors import UsageError
from kremlin_archive.exporting import NAMES
from kremlin_archive.exporting.aside import aside
from kremlin_archive.exporting.formats import FORMATS
from kremlin_archive.exporting.snapshot import open_snapshot
from tests.unit.dataset.conftest import rows_of
from tests.unit.exporting.conftest import Archive

Capsys = pytest.CaptureFixture[str]


def test_the_command_offers_every_format() -> None:
    assert tuple(FORMATS) == NAMES


@pytest.mark.parametrize("form", NAMES)
def test_every_format_replaces_files_and_spares_folders(
    archive: Archive, tmp_path: Path, form: str, capsys: Capsys
) -> None:
    out = tmp_path / "out"
    args = ["export", "--root", str(archive.root), "--format", form, str(out)]
    assert main(args) == 0
    written = sorted(path.name for path in tmp_path.iterdir())
    assert (
        capsys.readouterr().out.split() == [str(tmp_path / name) for name in written]
        or form == "moses"
    )
    again = main(args)
    assert again == (1 if out.is_dir() else 0)
    assert ("it is not overwritten" in capsys.readouterr().err) == out.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == written


@pytest.mark.parametrize("form", NAMES)
def test_a_place_that_cannot_be_written_is_named(
    archive: Archive, tmp_path: Path, form: str, capsys: Capsys
) -> None:
    out = str(tmp_path / "missing" / "out")
    assert main(["export", "--root", str(archive.root), "--format", form, out]) == 1
    assert f"{out}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--snapshot", "2020-01-01"],
            "there is no snapshot '2020-01-01'; there are 2026-11-23T120000Z",
        ),
        (["--ids", "5"], "no document is what was asked for"),
        (["--ids", "x"], "expected numbers and ranges"),
        (["--since", "soon"], "expected a day such as"),
        (["--languages", "fr"], "there are en, ru"),
    ],
)
def test_a_wrong_choice_is_named(
    archive: Archive, tmp_path: Path, options: list[str], said: str, capsys: Capsys
) -> None:
    args = ["export", "--root", str(archive.root), "--format", "jsonl", *options]
    assert main([*args, str(tmp_path / "out")]) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["tmx", "moses", "xces"])
def test_a_language_of_a_parallel_corpus_has_no_meaning(
    archive: Archive, tmp_path: Path, form: str, capsys: Capsys
) -> None:
    args = ["export", "--root", str(archive.root), "--format", form, "--languages", "ru"]
    assert main([*args, str(tmp_path / "out")]) == 1
    assert f"--languages has no meaning for {form}" in capsys.readouterr().err


def test_a_parallel_corpus_of_some_events(archive: Archive) -> None:
    chosen = archive.export("xces", "some.xces", "--ids", "70").read_text("utf-8")
    assert 'fromDoc="en/70.xml"' in chosen
    assert chosen.count("<linkGrp") == 1


def test_a_snapshot_by_its_id(archive: Archive) -> None:
    name = open_snapshot(archive.root).name
    by_id = archive.export("jsonl", "by_id.jsonl", "--snapshot", name).read_bytes()
    assert by_id == archive.export("jsonl", "latest.jsonl").read_bytes()


def test_a_damaged_file_is_named(archive: Archive, tmp_path: Path, capsys: Capsys) -> None:
    root = tmp_path / "copy"
    shutil.copytree(archive.root, root, symlinks=True)
    broken = next((root / "latest" / "paragraphs").glob("*.parquet")).resolve()
    broken.write_bytes(broken.read_bytes()[:100])
    for form in ("tei", "jsonl", "text", "duckdb"):
        assert main(["export", "--root", str(root), "--format", form, str(tmp_path / "out")]) == 1
        assert broken.name in capsys.readouterr().err
    broken.parent.rename(root / "elsewhere")
    assert main(["export", "--root", str(root), "--format", "duckdb", str(tmp_path / "out")]) == 1
    assert "it has no table paragraphs" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [root]


def test_nothing_is_left_of_what_failed(tmp_path: Path) -> None:
    def fail() -> None:
        with aside(tmp_path / "a", tmp_path / "b") as (first, second):
            first.mkdir()
            (first / "x").write_text("x")
            second.with_name(f"{second.name}.wal").write_text("x")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not overwritten"), aside(tmp_path):
        pytest.fail("it was given a place")
    with pytest.raises(UsageError, match="it has no name"), aside(Path()):
        pytest.fail("it was given a place")


def test_progress_goes_to_the_end(archive: Archive, tmp_path: Path, capsys: Capsys) -> None:
    total = len(rows_of(archive.root / "latest", "documents"))
    for form in ("tei", "jsonl", "text", "duckdb"):
        main(["export", "--root", str(archive.root), "--format", form, str(tmp_path / form)])
        assert f"export: {total} of {total} documents, 100 %" in capsys.readouterr().err
