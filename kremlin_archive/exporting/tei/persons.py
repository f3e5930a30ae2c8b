"""``listPerson``: who speaks in the corpus or is tagged, with names in both languages and offices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from kremlin_archive.exporting.snapshot import Row
from kremlin_archive.exporting.tei.convention import HOMES, xml_id
from kremlin_archive.exporting.tei.element import element, line

_TAGGED = "persons/"
_SURNAME_AND_FORENAME = 2


def list_person(persons: Iterable[Row], days: Mapping[int, date]) -> Element | None:
    """Give the list, or None of nobody; ``days`` dates the events that ``roles`` name."""
    made = [_person(row, days) for row in persons]
    return element("listPerson", *made) if made else None


def _person(row: Row, days: Mapping[int, date]) -> Element:
    person_id = row["person_id"]
    number = person_id.removeprefix(_TAGGED)
    return element(
        "person",
        *(list(_names(row)) or [_term(person_id, None)]),
        *_offices(row["roles"], days),
        *(
            element(
                "idno",
                f"{home}/catalog/persons/{number}/events",
                type="URI",
                subtype="catalogue",
                lang=language,
            )
            for language, home in HOMES.items()
            if person_id.startswith(_TAGGED)
        ),
        id=xml_id(person_id),
    )


def _names(row: Row) -> Iterator[Element]:
    """Give a name in each language that has one, parted only where it is known how.

    The catalogue prints the surname first, but not where a longer one ends; labels print «Xi Jinping» and
    «Vladimir Putin» alike.
    """
    for language in HOMES:
        catalogued, shown = row[f"name_{language}"], row[f"display_{language}"]
        printed = [one["label"] for one in row["aliases"] if one["lang"] == language]
        words = (catalogued or "").split()
        if len(words) == _SURNAME_AND_FORENAME:
            yield _name(words[0], words[1], language)
        elif name := shown or catalogued or next(iter(printed), None):
            yield _term(name, language)


def _name(surname: str, forename: str, language: str) -> Element:
    return element(
        "persName", element("surname", surname), element("forename", forename), lang=language
    )


def _term(name: str, language: str | None) -> Element:
    return element("persName", element("term", line(name)), lang=language)


def _offices(roles: list[dict[str, Any]], days: Mapping[int, date]) -> Iterator[Element]:
    """Offices as labels print them, between the first and the last event that does.

    They are occupations: an ``affiliation`` of ParlaMint must be one of a closed list of roles, and which
    one it is a printed office does not say.
    """
    for role in roles:
        since, until = days.get(role["first_event"]), days.get(role["last_event"])
        for language in HOMES:
            if office := role[f"role_{language}"]:
                yield element(
                    "occupation",
                    line(office),
                    lang=language,
                    from_=None if since is None else since.isoformat(),
                    to=None if until is None else until.isoformat(),
                )
