"""The site's words, sections, places, topics, people and terms, from ``catalogue.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kremlin_archive.errors import UsageError
from kremlin_archive.urls import Language

EVERYTHING = "all"
"""Key of the section that lists the events of all others; no event has its page there."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its key, its name, where its listing is and under which path its pages are."""

    key: str
    name: str
    listed: str
    pages: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A place, topic, person or term; ``office`` and ``text`` where it has one."""

    name: str
    office: str = ""
    text: str = ""
    page: str = ""


@cache
def _catalogue() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("catalogue.toml").read_text("utf-8"))


def words(language: Language) -> dict[str, Any]:
    """Words of the site's frame."""
    found: dict[str, Any] = _catalogue()["words"][language]
    return found


def section_keys() -> tuple[str, ...]:
    """Keys of all sections, longest first, so that a subsection is found before its section."""
    return tuple(sorted(_catalogue()["sections"], key=len, reverse=True))


def section(key: str, language: Language) -> Section:
    """Section by its key; UsageError for one the site does not have."""
    facts = _catalogue()["sections"].get(key)
    if facts is None:
        raise UsageError(f"the site has no section {key!r}; it has {', '.join(section_keys())}")
    return Section(key, facts[language], facts["listed"], facts.get("pages", facts["listed"]))


def entry(kind: str, key: int | str, language: Language) -> Entry:
    """Entry of ``countries``, ``regions``, ``topics``, ``persons``, ``terms``; UsageError if none."""
    facts = _catalogue()[kind].get(str(key))
    if facts is None:
        raise UsageError(f"the catalogue has no {key!r} among {kind}")
    office, text = facts.get(f"{language}_office", ""), facts.get(f"{language}_text", "")
    return Entry(facts[language], office, text, facts.get("page", ""))
