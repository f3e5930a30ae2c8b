"""Rows of ``persons``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kremlin_archive.dataset.speakers import (
    PERSONS,
    Catalogue,
    Resolution,
    Sighting,
    person_rows,
    resolve_pair,
)
from kremlin_archive.records import Tag
from tests.unit.speakers.pages import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kremlin_archive.records import EventPage

DAY = date(2019, 6, 1)
EN = page(
    "President of Russia Vladimir Putin",
    "President of Kazakhstan Kassym-Jomart Tokayev",
    "Kassym-Jomart Tokayev",
    "Question",
    persons=(Tag(593, "Tokayev Kassym-Jomart"), Tag(90, "Shoigu Sergei")),
)
RU = page(
    "В.Путин", "К.-Ж.Токаев", "К.-Ж.Токаев", "Вопрос",
    language="ru", persons=(Tag(593, "Токаев Касым-Жомарт"),),
)  # fmt: skip


def sightings(page: EventPage, turns: Sequence[Resolution]) -> Iterator[Sighting]:
    """The turns of a page whose speaker is known."""
    for turn in turns:
        if turn.person_id is not None:
            yield Sighting(
                turn.person_id, page.language, DAY, page.event_id, turn.name, turn.role_text
            )


def test_a_row_gathers_names_aliases_and_offices_of_both_editions() -> None:
    of_en, of_ru = resolve_pair(EN, RU)
    seen = [*sightings(EN, of_en), *sightings(RU, of_ru)]
    catalogue = Catalogue.of([EN, RU])
    rows = person_rows(seen, catalogue)
    assert [row["person_id"] for row in rows] == [
        "label/vladimir-putin",
        "persons/593",
        "persons/90",
    ]
    tokayev = rows[1]
    assert tokayev["name_ru"] == "Токаев Касым-Жомарт"
    assert tokayev["display_en"] == "Kassym-Jomart Tokayev"
    assert tokayev["display_ru"] is None
    assert tokayev["aliases"] == [
        {"lang": "en", "label": "Kassym-Jomart Tokayev", "n": 2},
        {"lang": "ru", "label": "К.-Ж.Токаев", "n": 2},
    ]
    assert tokayev["roles"] == [
        {
            "role_en": "President of Kazakhstan",
            "role_ru": None,
            "first_event": 60000,
            "last_event": 60000,
        }
    ]
    assert (rows[0]["name_en"], rows[0]["display_ru"]) == (None, "Владимир Путин")
    assert rows[2]["aliases"] == []
    assert PERSONS.rows(rows).num_rows == 3


def test_rows_do_not_depend_on_the_order_of_what_was_seen() -> None:
    of_en, of_ru = resolve_pair(EN, RU)
    seen = [*sightings(EN, of_en), *sightings(RU, of_ru)]
    shuffled = [seen[index] for index in (5, 2, 0, 4, 1, 3)]
    forwards, backwards = Catalogue.of([EN, RU]), Catalogue.of([RU, EN])
    assert person_rows(seen, forwards) == person_rows(shuffled, backwards)
