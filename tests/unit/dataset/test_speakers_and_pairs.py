"""What is known of speakers across pages, and of the two editions of an event, in the tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kremlin_archive.dataset.snapshot import publish
from tests.unit.dataset.conftest import Event, Site, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from kremlin_archive.dataset.snapshot import Published

TAG = """<div class="read__tagscol"><h3>Persons</h3><ul class="read__taglist">
<li><a href="/catalog/persons/900/events" rel="tag">Elphberg Rudolf</a></li></ul></div>"""
SPEAKS = Event(
    event_id=7,
    day="2001-05-08",
    body="<p><b>President of Ruritania Rudolf Elphberg:</b> Thank you.</p>",
    tags="",
)
SILENT = Event(event_id=8, day="2003-05-08", body="<p>Nobody said a word.</p>", tags="")
TAGGED = Event(event_id=9, day="2021-05-08", body="<p>They met.</p>", tags=TAG)
ENGLISH = Event()
RUSSIAN = replace(
    ENGLISH,
    language="ru",
    day="2022-01-01",
    tags="",
    body="<p>В полдень начались переговоры.</p><p><b>В.Путин:</b> Добрый день.</p>"
    "<p>Нам есть что обсудить.</p><p><b>Гость:</b> Спасибо.</p>",
)
REMOVAL = '[[removal]]\ndoc_id = "{}"\nremoved_at = 2026-11-25\nreason = "r"\nbasis = "b"\n'


def person_of(published: Published) -> str | None:
    (person,) = {row["person_id"] for row in rows_of(published.path, "turns")}
    return None if person is None else str(person)


def test_a_tag_of_one_page_names_the_speaker_of_another(tmp_path: Path, site: Site) -> None:
    part = site.part(tmp_path, [site.event(SPEAKS), site.event(SILENT)])
    alone = publish(tmp_path, [part])
    assert person_of(alone) == "label/rudolf-elphberg"
    more = site.part(tmp_path, [site.event(TAGGED)], "b.warc.gz")
    known = publish(tmp_path, [part, more])
    assert person_of(known) == "persons/900"
    assert sorted(rows_of(known.path, "persons"), key=str) == [
        {
            "person_id": "persons/900",
            "name_en": "Elphberg Rudolf",
            "name_ru": None,
            "display_en": "Rudolf Elphberg",
            "display_ru": None,
            "aliases": [{"lang": "en", "label": "Rudolf Elphberg", "n": 1}],
            "roles": [
                {
                    "role_en": "President of Ruritania",
                    "role_ru": None,
                    "first_event": 7,
                    "last_event": 7,
                }
            ],
        }
    ]


def test_only_pages_that_speak_of_a_new_person_are_made_again(tmp_path: Path, site: Site) -> None:
    part = site.part(tmp_path, [site.event(SPEAKS), site.event(SILENT)])
    alone = publish(tmp_path, [part])
    more = site.part(tmp_path, [site.event(TAGGED)], "b.warc.gz")
    known = publish(tmp_path, [part, more])
    spoken, silent = "turns/turns-en-2001.parquet", "documents/documents-en-2003.parquet"
    assert (known.path / silent).samefile(alone.path / silent)
    assert not (known.path / spoken).samefile(alone.path / spoken)


def test_a_removed_page_names_nobody(tmp_path: Path, site: Site) -> None:
    part = site.part(tmp_path, [site.event(SPEAKS), site.event(TAGGED)])
    assert person_of(publish(tmp_path, [part])) == "persons/900"
    (tmp_path / "removals.toml").write_text(REMOVAL.format("en:9"), "utf-8")
    published = publish(tmp_path, [part])
    assert person_of(published) == "label/rudolf-elphberg"
    names = {row["person_id"] for row in rows_of(published.path, "persons")}
    assert names == {"label/rudolf-elphberg"}


def test_paragraphs_of_both_editions_stand_side_by_side(tmp_path: Path, site: Site) -> None:
    captures = [site.event(ENGLISH), site.event(RUSSIAN), site.event(SILENT)]
    published = publish(tmp_path, [site.part(tmp_path, captures)])
    revisions = {row["doc_id"]: row["revision_id"] for row in rows_of(published.path, "revisions")}
    rows = rows_of(published.path, "alignments")
    assert [(row["event_id"], row["seq"], row["bead"]) for row in rows] == [
        (66419, seq, "1-1") for seq in range(4)
    ]
    assert {(row["en_revision_id"], row["ru_revision_id"]) for row in rows} == {
        (revisions["en:66419"], revisions["ru:66419"])
    }
    assert (rows[3]["en_text"], rows[3]["ru_text"]) == ("Thank you.", "Спасибо.")
    assert [path.name for path in (published.path / "alignments").iterdir()] == [
        "alignments-2022.parquet"
    ]
    alone, pair = rows_of(published.path, "editions")
    assert (alone["align_method"], alone["align_score"]) == (None, None)
    mean = sum(row["score"] for row in rows) / len(rows)
    assert (pair["align_method"], pair["align_model"]) == ("anchors", None)
    assert pair["align_score"] == pytest.approx(mean, abs=1e-4)


@pytest.mark.parametrize("removed", ["en:66419", "ru:66419"])
def test_a_removed_edition_is_not_aligned(tmp_path: Path, site: Site, removed: str) -> None:
    part = site.part(tmp_path, [site.event(ENGLISH), site.event(RUSSIAN)])
    assert publish(tmp_path, [part]).rows["alignments"] == 4
    (tmp_path / "removals.toml").write_text(REMOVAL.format(removed), "utf-8")
    published = publish(tmp_path, [part])
    assert published.rows["alignments"] == 0
    assert [row["align_score"] for row in rows_of(published.path, "editions")] == [None]


def test_a_removed_edition_names_nobody_in_the_other(tmp_path: Path, site: Site) -> None:
    english = ENGLISH.but(body="<p><b>Rudolf Elphberg:</b> Yes.</p>", tags=TAG)
    russian = RUSSIAN.but(body="<p><b>Р.Эльфберг:</b> Да.</p>")
    part = site.part(tmp_path, [site.event(english), site.event(russian)])
    assert person_of(publish(tmp_path, [part])) == "persons/900"
    (tmp_path / "removals.toml").write_text(REMOVAL.format("en:66419"), "utf-8")
    published = publish(tmp_path, [part])
    assert person_of(published) is None
    assert rows_of(published.path, "persons") == []


def test_alignments_are_taken_over_and_made_again_for_an_edit(tmp_path: Path, site: Site) -> None:
    old = [site.event(replace(e, event_id=5, day="2001-01-01")) for e in (ENGLISH, RUSSIAN)]
    part = site.part(tmp_path, [*old, site.event(ENGLISH), site.event(RUSSIAN)])
    first = publish(tmp_path, [part])
    edited = RUSSIAN.but(body=RUSSIAN.body.replace("Спасибо", "Благодарю"))
    more = site.part(tmp_path, [site.event(edited)], "b.warc.gz")
    second = publish(tmp_path, [part, more])
    kept, made = "alignments/alignments-2001.parquet", "alignments/alignments-2022.parquet"
    assert (second.path / kept).samefile(first.path / kept)
    assert not (second.path / made).samefile(first.path / made)
    assert rows_of(second.path, "alignments")[-1]["ru_text"] == "Благодарю."
