"""Rows of ``alignments``, omissions, and exports that others' readers can read."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from kremlin_archive.dataset.alignment import (
    ALIGNMENTS,
    OMISSIONS_SQL,
    align,
    alignment_rows,
    edition_columns,
    moses,
    omissions,
    tmx,
    xces,
)
from tests.unit.alignment.pairs import EN, RU, page

Spoken = tuple[tuple[str, str], ...]


def aligned(en: Spoken, ru: Spoken) -> list[dict[str, Any]]:
    pages = page("en", en), page("ru", ru)
    return list(alignment_rows(*pages, ("en:60000@a", "ru:60000@b"), align(*pages)))


LONG = ("В.Путин", "Этого абзаца в английском тексте нет. " * 8)


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    en = page("en", ((EN[0][0], f"{EN[0][1]} <&> \x0b"), *EN[1:]))
    ru = page("ru", (*RU[:2], LONG, *RU[2:]))
    return list(alignment_rows(en, ru, ("en:60000@a", "ru:60000@b"), align(en, ru)))


def test_rows_fit_the_table(rows: list[dict[str, Any]]) -> None:
    table = ALIGNMENTS.rows(rows)
    assert table["bead"].to_pylist() == ["1-1", "1-1", "0-1", "1-1", "1-1"]
    assert table["ru_paras"].to_pylist() == [[0], [1], [2], [3], [4]]
    assert table["score"].to_pylist()[2] is None


def test_editions_tell_method_and_score() -> None:
    columns = edition_columns(aligned(EN, RU))
    assert (columns["align_method"], columns["align_model"]) == ("anchors", None)
    assert columns["align_score"] > 0.75
    nothing = {"align_method": None, "align_model": None, "align_score": None}
    assert edition_columns(()) == nothing
    for en, ru in (((), ()), (EN, ()), ((), RU)):
        assert edition_columns(aligned(en, ru)) == nothing


def test_what_stands_alone_lowers_the_score(rows: list[dict[str, Any]]) -> None:
    paired = [row for row in rows if row["score"] is not None]
    whole, holed = (edition_columns(each)["align_score"] for each in (paired, rows))
    assert holed == pytest.approx(whole * len(paired) / len(rows), abs=1e-4)


def test_a_long_passage_in_one_edition_is_an_omission(rows: list[dict[str, Any]]) -> None:
    assert [row["seq"] for row in omissions(rows)] == [2]
    assert list(omissions(rows, least_chars=1000)) == []


def test_the_query_finds_the_same_omission(rows: list[dict[str, Any]]) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as database:
        database.register("alignments", ALIGNMENTS.rows(rows))
        database.execute(
            "CREATE TABLE editions AS SELECT 60000 AS event_id, false AS en_is_abridged"
        )
        found = database.execute(OMISSIONS_SQL).fetchall()
    assert [(row[1], row[2]) for row in found] == [(2, "en")]


def test_tmx_holds_the_pairs_that_have_both_texts(rows: list[dict[str, Any]]) -> None:
    units = ET.fromstring("".join(tmx(rows)).encode()).findall("body/tu")  # noqa: S314 - our own
    assert [unit.get("tuid") for unit in units] == ["60000-0", "60000-1", "60000-3", "60000-4"]
    segments = [segment.text for segment in units[0].findall("tuv/seg")]
    assert segments == [f"{EN[0][1]} <&> ", RU[0][1]]


def test_moses_has_one_line_a_pair(rows: list[dict[str, Any]]) -> None:
    lines = list(moses(rows))
    assert lines[1][:2] == (EN[1][1], RU[1][1])
    assert lines[2][2].startswith("en:60000#p2\tru:60000#p3\t")
    assert all("\n" not in part for line in lines for part in line)


def test_xces_links_ids_and_keeps_what_stands_alone(rows: list[dict[str, Any]]) -> None:
    text = "".join(xces(rows))
    group = ET.fromstring(text.encode()).find("linkGrp")  # noqa: S314 - our own
    assert group is not None
    assert (group.get("fromDoc"), group.get("toDoc")) == ("en/60000.xml", "ru/60000.xml")
    assert [link.get("xtargets") for link in group] == ["p0;p0", "p1;p1", ";p2", "p2;p3", "p3;p4"]
