"""Plain texts: the site's own layout, and an index that leads to them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kremlin_archive.pages import parse_event, parse_text_version, render_text_version
from tests.golden.goldens import GOLDENS, Golden
from tests.unit.exporting.conftest import SEEDS, Archive

COPY = Path(__file__).parents[3] / "seeds" / "66419-ru-copy.txt"


@pytest.fixture(scope="module")
def folder(archive: Archive) -> Path:
    return archive.export("text", "text")


def test_the_index_names_every_file(folder: Path) -> None:
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [row["path"] for row in rows] == [
        "en/2003/70.txt",
        "en/2003/71.txt",
        "en/2004/73.txt",
        "en/2021/66419.txt",
        "ru/2004/70.txt",
        "ru/2021/66419.txt",
    ]
    assert {row["path"] for row in rows} == {
        str(path.relative_to(folder)) for path in folder.rglob("*.txt")
    }
    assert rows[0]["title"] == "Meeting with <journalists> & friends"
    assert rows[0]["published_local"] == "2003-05-08T13:10"
    assert (rows[0]["pair_doc_id"], rows[1]["pair_doc_id"]) == ("ru:70", "")


def test_the_russian_seed_is_written_as_the_site_wrote_it(folder: Path) -> None:
    written = (folder / "ru/2021/66419.txt").read_text("utf-8").rstrip("\n")
    site = [line.replace("\u00a0", " ").rstrip() for line in COPY.read_text("utf-8").split("\n")]
    assert written.split("\n") == site


@pytest.mark.parametrize("name", SEEDS)
def test_rows_give_the_same_text_as_the_page(folder: Path, name: str) -> None:
    golden = Golden(GOLDENS / name)
    page = parse_event(golden.page.read_bytes(), golden.meta["url"])
    written = (folder / f"{page.language}/2021/66419.txt").read_text("utf-8")
    assert written == render_text_version(page) + "\n"


def test_a_text_reads_back(folder: Path) -> None:
    written = (folder / "en/2003/70.txt").read_bytes()
    page = parse_text_version(written, "http://en.kremlin.ru/events/president/news/copy/70")
    assert page.title == "Meeting with <journalists> & friends"
    assert page.paragraphs[2].speaker == "President of Ruritania Rudolf Elphberg"
