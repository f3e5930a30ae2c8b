"""The numbers of the recipes, counted again by other means or planted beforehand."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.recipes import planted
from tests.recipes.conftest import Asked
from tests.recipes.notebooks import printed, shown

Row = dict[str, Any]


def rows(archive: Path, table: str) -> list[Row]:
    return pq.read_table(archive / "latest" / table).to_pylist()


def answer(ask: Asked, number: str) -> list[Row]:
    return pl.read_csv(ask(number).answer, try_parse_dates=True).to_dicts()


def test_words_per_year_are_those_of_the_paragraphs(ask: Asked, archive: Path) -> None:
    years = {row["doc_id"]: row["published_date"].year for row in rows(archive, "documents")}
    spoken: Counter[int] = Counter()
    for paragraph in rows(archive, "paragraphs"):
        if paragraph["lang"] == "en" and paragraph["kind"] == "speech":
            spoken[years[paragraph["doc_id"]]] += paragraph["n_words"]
    counted: Counter[int] = Counter()
    for row in answer(ask, "01"):
        counted[row["year"]] += row["words"]
    assert counted == spoken
    assert len(counted) > 8


def test_words_of_a_speaker_are_those_of_the_documents(ask: Asked, archive: Path) -> None:
    spoken: Counter[int] = Counter()
    for document in rows(archive, "documents"):
        for speaker in document["speakers"]:
            if document["lang"] == "en" and speaker["person_id"] == "label/vladimir-putin":
                spoken[document["published_date"].year] += speaker["n_words"]
    found = {
        row["year"]: row["words"] for row in answer(ask, "01") if row["speaker"] == "Vladimir Putin"
    }
    assert found == spoken


def test_shares_of_a_year_make_one(ask: Asked) -> None:
    shares: Counter[int] = Counter()
    for row in answer(ask, "01"):
        shares[row["year"]] += row["share"]
    assert list(shares.values()) == pytest.approx([1] * len(shares))


@pytest.mark.parametrize("country", ["Kazakhstan", "India", "Pakistan", "Finland", "Mongolia"])
def test_countries_are_named_where_the_text_has_them(
    ask: Asked, archive: Path, country: str
) -> None:
    named, tagged = Counter[int](), Counter[int]()
    for document in rows(archive, "documents"):
        if document["lang"] == "en":
            year = document["published_date"].year
            text = f"{document['title']} {document['lead'] or ''} {document['text']}"
            named[year] += country in text
            tagged[year] += country in [tag["label"] for tag in document["tags"]]
    found = [row for row in answer(ask, "02") if row["country"] == country]
    assert {row["year"]: row["named"] for row in found} == named
    assert {row["year"]: row["tagged"] for row in found} == tagged
    assert named.total() > 0


def test_edits_are_those_made_between_the_crawls(ask: Asked) -> None:
    assert {row["doc_id"]: row["change_kind"] for row in answer(ask, "03")} == planted.EDITS


def test_the_largest_edit_is_shown_by_its_words(ask: Asked) -> None:
    marked = shown(ask("03").notebook)
    inserted = re.findall(r"<ins[^>]*><b>(.*?)</b></ins>", marked, re.DOTALL)
    assert len(inserted) == 1
    assert inserted[0].endswith("Порт назван именем адмирала Ушакова.")


def test_omissions_are_those_planted(ask: Asked) -> None:
    found = {(row["event_id"], row["missing_in"], row["passage"]) for row in answer(ask, "04")}
    assert found == planted.OMISSIONS


def test_offices_are_those_printed(ask: Asked) -> None:
    held = [row for row in answer(ask, "05") if row["person_id"] == "persons/401"]
    years = {row["office"]: (row["first"].year, row["last"].year) for row in held}
    assert years == planted.OFFICES
    assert [row["office"] for row in held] == list(planted.OFFICES)


@pytest.mark.parametrize(("lang", "word"), [("en", r"\bsecurity\b"), ("ru", r"\bбезопасност\w*")])
def test_concordance_has_every_occurrence(ask: Asked, archive: Path, lang: str, word: str) -> None:
    said = [turn["text"] for turn in rows(archive, "turns") if turn["lang"] == lang]
    occurrences = [hit for text in said for hit in re.findall(word, text, re.IGNORECASE)]
    lines = [row for row in answer(ask, "06") if row["lang"] == lang]
    assert sorted(row["word"] for row in lines) == sorted(occurrences)
    assert len(lines) >= 4


def test_concordance_prints_the_word_in_the_middle(ask: Asked) -> None:
    lines = re.findall(r"^\d{4}-\d\d-\d\d  (.*)$", printed(ask("06").notebook), re.MULTILINE)
    assert len(lines) >= 8
    assert {re.match(r"SECURITY|БЕЗОПАСНОСТ", line[49:]) is not None for line in lines} == {True}


def test_concordance_lines_stand_in_their_paragraph(ask: Asked, archive: Path) -> None:
    texts = {row["paragraph_id"]: row["text"] for row in rows(archive, "paragraphs")}
    for row in answer(ask, "06"):
        line = f"{row['left'] or ''}{row['word']}{row['right'] or ''}"
        assert line in texts[row["paragraph_id"]].replace("\n", " ")


def test_translation_comes_first(ask: Asked) -> None:
    first = answer(ask, "07")[0]
    assert (first["stem"], first["dice"]) == ("безопас", 1)
