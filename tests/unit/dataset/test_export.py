"""The export of both editions' paragraphs, from the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kremlin_archive.cli import main
from kremlin_archive.dataset.snapshot import publish
from tests.unit.dataset.conftest import Event, Site

if TYPE_CHECKING:
    from pathlib import Path

BODY = (
    "<p>В полдень начались переговоры.</p><p><b>В.Путин:</b> Добрый день.</p>"
    "<p>Нам есть что обсудить.</p><p><b>Гость:</b> Спасибо.</p>"
)


@pytest.fixture
def root(tmp_path: Path, site: Site) -> Path:
    """An archive of two pairs in two years."""
    events = [Event(), Event(event_id=5, day="2001-01-01")]
    events += [replace(event, language="ru", body=BODY, tags="") for event in events]
    publish(tmp_path, [site.part(tmp_path, [site.event(event) for event in events])])
    return tmp_path


def export(root: Path, form: str) -> int:
    return main(["export", "--root", str(root), "--format", form, str(root / "out")])


@pytest.mark.parametrize(("form", "unit"), [("tmx", "<tu "), ("xces", "<linkGrp ")])
def test_xml_is_one_file(root: Path, form: str, unit: str) -> None:
    assert export(root, form) == 0
    written = (root / "out").read_bytes()
    assert written.startswith(b"<?xml")
    assert written.count(unit.encode()) == {"tmx": 8, "xces": 2}[form]
    assert export(root, form) == 0
    assert (root / "out").read_bytes() == written
    assert not (root / "out.new").exists()


def test_moses_is_three_files_line_by_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export(root, "moses") == 0
    en, ru, ids = (
        (root / f"out.{suffix}").read_text("utf-8").splitlines() for suffix in ("en", "ru", "ids")
    )
    assert len(en) == len(ru) == len(ids) == 8
    assert (en[0], ru[0]) == ("The talks began at noon.", "В полдень начались переговоры.")
    assert [line.partition("#")[0] for line in ids] == ["en:5"] * 4 + ["en:66419"] * 4
    assert capsys.readouterr().out.split() == [str(root / f"out.{s}") for s in ("en", "ru", "ids")]


def test_without_a_snapshot_it_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(tmp_path, "tmx") == 1
    assert "run kremlin-archive extract" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(root / "missing" / "out")
    assert main(["export", "--root", str(root), "--format", "tmx", missing]) == 1
    assert f"{missing}: it cannot be written" in capsys.readouterr().err
