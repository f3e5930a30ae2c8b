"""Who held the presidency and the premiership of Russia on a day: the terms of ``terms.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from kremlin_archive.dataset.speakers.index import NameIndex
from kremlin_archive.dataset.speakers.naming import tokens
from kremlin_archive.urls import Language


@dataclass(frozen=True, slots=True)
class Holder:
    """A person of the term table: id, and the name in display order per language."""

    id: str
    en: str
    ru: str


@dataclass(frozen=True, slots=True)
class Term:
    """An office held from the first day to the last, both counted in (None: to this day)."""

    office: str
    person: str
    first: date
    last: date | None
    acting: bool

    def covers(self, day: date) -> bool:
        """Whether the office was held on that day, or part of it."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Terms:
    """The table, with its persons' names and its offices' names indexed."""

    holders: tuple[Holder, ...]
    terms: tuple[Term, ...]
    names: NameIndex
    offices: Mapping[tuple[str, ...], str]

    def in_office(self, day: date) -> frozenset[str]:
        """Give the persons who held any of the offices that day."""
        return frozenset(term.person for term in self.terms if term.covers(day))

    def holding(self, role: str, day: date) -> frozenset[str]:
        """Give who held the office of that name that day; several on a day of transfer."""
        words = tokens(role)
        acting = bool(words) and words[0] in {"acting", "исполняющий", "ио"}
        office = self.offices.get(words[1:] if acting else words)
        return frozenset(
            term.person
            for term in self.terms
            if term.office == office and term.covers(day) and (term.acting or not acting)
        )


@lru_cache(maxsize=1)
def terms() -> Terms:
    """Read the table that comes with the package."""
    raw = tomllib.loads(files(__package__).joinpath("terms.toml").read_text(encoding="utf-8"))
    holders = tuple(Holder(row["id"], row["en"], row["ru"]) for row in raw["person"])
    offices = {
        tokens(name): row["id"] for row in raw["office"] for name in (*row["en"], *row["ru"])
    }
    return Terms(
        holders,
        tuple(
            Term(
                row["office"],
                row["person"],
                row["from"],
                row.get("until"),
                row.get("acting", False),
            )
            for row in raw["term"]
        ),
        NameIndex.of((holder.id, name) for holder in holders for name in (holder.en, holder.ru)),
        MappingProxyType(offices),
    )


def display_name(person_id: str, language: Language) -> str | None:
    """Name of a person of the table in display order."""
    found = next((holder for holder in terms().holders if holder.id == person_id), None)
    return None if found is None else (found.en if language == "en" else found.ru)
