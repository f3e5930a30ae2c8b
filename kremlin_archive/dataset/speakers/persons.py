"""``persons``: one row a person, gathered from all resolved turns and the site's catalogue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kremlin_archive.dataset.columns import INT32, INT64, STRING, Column, Table, list_of_struct
from kremlin_archive.dataset.speakers.catalogue import Catalogue
from kremlin_archive.dataset.speakers.naming import guess_split, key, read_initials
from kremlin_archive.dataset.speakers.offices import display_name
from kremlin_archive.urls import Language

PERSONS = Table(
    name="persons",
    description="One row a person who speaks, is tagged, or is linked from a text.",
    sort=("person_id",),
    row_group=10_000,
    shard="one file: persons-all.parquet",
    key=("person_id",),
    since="1.1.0",
    columns=(
        Column(
            "person_id",
            STRING,
            "key: the site's tag, or label/ and the English name of who has none (namesakes share it)",
            "persons/336",
        ),
        Column(
            "name_en",
            STRING,
            "English name as the site's catalogue prints it, surname first",
            "Tokayev Kassym-Jomart",
            nullable=True,
        ),
        Column("name_ru", STRING, "the same, Russian", "Токаев Касым-Жомарт", nullable=True),
        Column(
            "display_en",
            STRING,
            "English name: of Russia's presidents and prime ministers as is usual, of others as labels "
            "print it in full most often; null where none does (or in capitals only)",
            "Kassym-Jomart Tokayev",
            nullable=True,
        ),
        Column("display_ru", STRING, "the same, Russian", "Касым-Жомарт Токаев", nullable=True),
        Column(
            "aliases",
            list_of_struct(lang=STRING, label=STRING, n=INT32),
            "names as labels print them, without the office, and in how many turns",
            '[{"lang": "ru", "label": "К.-Ж.Токаев", "n": 12}]',
        ),
        Column(
            "roles",
            list_of_struct(role_en=STRING, role_ru=STRING, first_event=INT64, last_event=INT64),
            "offices printed with the name, by day of first use, with the earliest and the latest event",
            '[{"role_en": "President of Kazakhstan", "role_ru": null, "first_event": 60201, '
            '"last_event": 66419}]',
        ),
    ),
)


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """One turn of a resolved speaker: all that ``persons`` needs of a row of ``turns``."""

    person_id: str
    language: Language
    day: date
    event_id: int
    name: str | None
    role: str | None


def person_rows(seen: Iterable[Sighting], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Give the table's rows, sorted; the same whatever the order of ``seen``."""
    by_person: dict[str, list[Sighting]] = defaultdict(list)
    for one in seen:
        by_person[one.person_id].append(one)
    return [
        _row(person, sorted(by_person.get(person, []), key=_in_time), catalogue)
        for person in sorted(by_person.keys() | catalogue.names.keys())
    ]


def _in_time(one: Sighting) -> tuple[Any, ...]:
    return (one.day, one.event_id, one.language, one.name or "", one.role or "")


def _row(person: str, seen: list[Sighting], catalogue: Catalogue) -> dict[str, Any]:
    names = catalogue.names.get(person, {})
    aliases = Counter((one.language, one.name) for one in seen if one.name)
    return {
        "person_id": person,
        "name_en": names.get("en"),
        "name_ru": names.get("ru"),
        "display_en": _display(person, "en", aliases, names.get("en")),
        "display_ru": _display(person, "ru", aliases, names.get("ru")),
        "aliases": [
            {"lang": language, "label": name, "n": count}
            for (language, name), count in sorted(aliases.items(), key=lambda i: (-i[1], i[0]))
        ],
        "roles": list(_roles(seen)),
    }


def _display(
    person: str, language: Language, aliases: Counter[tuple[Language, str]], catalogued: str | None
) -> str | None:
    """Choose the name of the term table, or the label's most frequent that is the name in full."""
    full = {
        name: count
        for (of_language, name), count in aliases.items()
        if of_language == language
        and read_initials(name) is None
        and guess_split(name).role is None
        and not name.isupper()
        and (catalogued is None or key(name) == key(catalogued))
    }
    return display_name(person, language) or max(sorted(full), key=full.__getitem__, default=None)


def _roles(seen: list[Sighting]) -> Iterator[dict[str, Any]]:
    first_last: dict[tuple[Language, str], tuple[int, int]] = {}
    for one in seen:
        if one.role:
            printed = (one.language, one.role)
            first, _ = first_last.get(printed, (one.event_id, 0))
            first_last[printed] = (first, one.event_id)
    for (language, role), (first, last) in first_last.items():
        yield {
            "role_en": role if language == "en" else None,
            "role_ru": role if language == "ru" else None,
            "first_event": first,
            "last_event": last,
        }
