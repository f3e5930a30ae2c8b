"""The examples of docs/export.md run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import duckdb
import pytest

from kremlin_archive.cli import main
from kremlin_archive.exporting import NAMES
from tests.unit.exporting.conftest import Archive

GUIDE = (Path(__file__).parents[3] / "docs" / "export.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands of the guide write."""
    folder = tmp_path_factory.mktemp("guide")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ARCHIVE_ROOT", str(archive.root))
        for line in blocks("console")[0].splitlines():
            assert main(shlex.split(line.removeprefix("$ kremlin-archive "))) == 0, line
    return folder


def test_commands_show_every_format(folder: Path) -> None:
    assert set(re.findall(r"--format (\w+)", blocks("console")[0])) == set(NAMES)
    assert sorted(path.name for path in folder.iterdir()) == [
        "corpus",
        "en.jsonl.gz",
        "en.jsonl.gz.features.json",
        "events.jsonl.gz",
        "events.jsonl.gz.features.json",
        "kremlin.duckdb",
        "links.xml",
        "memory.tmx",
        "parallel.en",
        "parallel.ids",
        "parallel.ru",
        "ru.jsonl.gz",
        "ru.jsonl.gz.features.json",
        "texts",
    ]


@pytest.mark.parametrize("code", blocks("python"))
def test_python(folder: Path, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "datasets" in code:
        pytest.importorskip("datasets").config.HF_DATASETS_CACHE = str(tmp_path)
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    exec(compile(code, "docs/export.md", "exec"), names)  # noqa: S102 - our own examples
    assert len(names["events"]) == 7  # type: ignore[arg-type] # a frame or a dataset


@pytest.mark.parametrize("query", "".join(blocks("sql")).splitlines())
def test_sql(folder: Path, query: str) -> None:
    with duckdb.connect(folder / "kremlin.duckdb", read_only=True) as db:
        found = db.execute(query).fetchall()
    assert found or "pension" in query or "Putin" in query or "2020" in query
