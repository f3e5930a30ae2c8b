"""The guide's code runs as it stands, on the planted archive; its drawing and its links are true."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kremlin_archive import dataset
from kremlin_archive.dataset.build import TABLES

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "guide.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
HUB = "from datasets import"
PLACE = "output/demo"


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


@pytest.fixture
def _here(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the archive where the guide takes it to be."""
    (tmp_path / "output").mkdir()
    (tmp_path / "output/demo").symlink_to(archive)
    monkeypatch.chdir(tmp_path)


def run_python(but: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for text in blocks("python"):
        if but not in text:
            exec(compile(text, "docs/guide.md", "exec"), names)  # noqa: S102 - our own guide
    return names


def test_every_block_has_a_language_that_is_run_here() -> None:
    assert {name for name, _ in BLOCKS} == {"python", "sql", "bash", "r", "mermaid", "console"}
    assert GUIDE.count("\n```") == 2 * len(BLOCKS)


@pytest.mark.usefixtures("_here")
def test_python(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = run_python(but=HUB)
    rows = pq.read_table(archive / "latest" / "documents").to_pylist()
    assert list(names["documents"]["doc_id"]) == [row["doc_id"] for row in rows]
    assert set(names["same"]["doc_id"]) == {row["doc_id"] for row in rows}
    assert names["by_speaker"]["n_words"].sum() == sum(
        s["n_words"] for row in rows for s in row["speakers"]
    )
    assert sum(row[-1] for row in names["years"].fetchall()) == len(rows)
    assert names["meeting"].title == "Встреча с Президентом Казахстана Касым-Жомартом Токаевым"
    assert names["page"].rstrip().endswith(b"</html>")
    assert {bead.bead for bead in names["pair"].aligned} == {"1-1"}
    assert (names["now"].num_rows, names["then"].num_rows) == (len(rows), 0)
    assert f'version: "{names["snapshot"].id}"' in capsys.readouterr().out
    said = [s for row in rows if row["lang"] == "en" for s in row["speakers"]]
    words = sum(s["n_words"] for s in said if s["person_id"] == "label/vladimir-putin")
    assert sum(names["putin"]["n_words"].to_pylist()) == words


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("query", blocks("sql"))
def test_sql(query: str) -> None:
    assert dataset.open(PLACE).duckdb().sql(query).fetchall()


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("command", blocks("bash"))
def test_shell(command: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", command],
        env={**os.environ, "PATH": path},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("text", blocks("r"))
def test_r(text: str) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    done = subprocess.run(["Rscript", "-e", text], capture_output=True, text=True, check=False)
    if "there is no package called" in done.stderr:
        pytest.skip(done.stderr.splitlines()[0])
    assert done.returncode == 0, done.stderr
    assert "В.Путин" in done.stdout


@pytest.mark.usefixtures("_here")
def test_hugging_face(archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    text = next(text for text in blocks("python") if HUB in text)
    opening = f"from kremlin_archive import dataset\nsnapshot = dataset.open({PLACE!r})\n"
    script = f"{opening}{text}\nprint(sorted(hub_documents['doc_id']))"
    offline = {**os.environ, "HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=offline, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    known = pq.read_table(archive / "latest" / "documents").to_pylist()
    assert done.stdout.strip() == str(sorted(row["doc_id"] for row in known))


def test_the_drawing_joins_columns_that_exist() -> None:
    columns = {table.name: {column.name for column in table.columns} for table in TABLES}
    joins = re.findall(r"^ +(\w+) \S+--\S+ (\w+) : (\w+)$", blocks("mermaid")[0], re.MULTILINE)
    assert len(joins) == blocks("mermaid")[0].count("\n") - 1
    for left, right, key in joins:
        assert key in columns[left], (left, key)
        assert key in columns[right], (right, key)


def test_every_table_is_explained() -> None:
    named = set(re.findall(r"`(\w+)`", GUIDE[GUIDE.index("| table | one row is") :]))
    assert {table.name for table in TABLES} <= named


@pytest.mark.parametrize("page", ["guide.md", "recipes/README.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+)", text)
    assert links
    assert [link for link in links if not (DOCS / page).parent.joinpath(link).exists()] == []
