"""The command that builds recipes: what it writes, and what it says of one that fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from docs.recipes import build


def test_builds_those_named_from_the_environments_archive(archive: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        build.main, ["--out", str(tmp_path), "parallel"], env={"ARCHIVE_ROOT": str(archive)}
    )
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "07-parallel-concordance-1.png",
        "07-parallel-concordance.csv",
        "07-parallel-concordance.ipynb",
    ]


def test_a_recipe_that_fails_is_named_with_its_reason(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "99-broken.md").write_text("# Broken\n\n```python\n1 / 0\n```\n", "utf-8")
    monkeypatch.setattr(build, "RECIPES", tmp_path)
    done = CliRunner().invoke(build.main, ["--root", str(archive), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "99-broken.md" in done.output
    assert "ZeroDivisionError" in done.output
    assert not (tmp_path / "out" / "99-broken.ipynb").exists()


def test_a_notebook_keeps_prose_and_code_in_order() -> None:
    cells = build.notebook_of("# A\n\n```python\none\n```\n\nB\n\n```python\ntwo\n```\n").cells
    assert [(cell.cell_type, cell.source) for cell in cells] == [
        ("markdown", "# A"),
        ("code", "one"),
        ("markdown", "B"),
        ("code", "two"),
    ]
