"""Persons of the site's catalogue, gathered from the tags and links of many pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kremlin_archive.dataset.speakers.index import NameIndex
from kremlin_archive.dataset.speakers.naming import tokens
from kremlin_archive.records import EventPage
from kremlin_archive.urls import Language

_WORDS_THAT_TELL = 2
"""«Governor of Ulyanovsk Region» against «Governor of Astrakhan Region»: one common word is no sign."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A person as a page names one, in a tag or in the tooltip of a link: id, name, position."""

    person_id: str
    name: str | None
    position: str | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Names (surname first, as the site prints them) by person id and language.

    ``positions`` are the words of the positions that the pages' tooltips tell (of the time of the
    fetch).
    """

    names: Mapping[str, Mapping[Language, str]]
    index: NameIndex
    positions: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, pages: Iterable[EventPage]) -> Catalogue:
        """Gather the persons of these pages; the order of pages does not matter."""
        return cls.gathered((page.language, one) for page in pages for one in namings_on(page))

    @classmethod
    def gathered(cls, namings: Iterable[tuple[Language, Naming]]) -> Catalogue:
        """Gather persons named on pages of these languages; the order does not matter."""
        names: dict[str, dict[Language, set[str]]] = defaultdict(lambda: defaultdict(set))
        positions: dict[str, set[str]] = defaultdict(set)
        for language, one in namings:
            if one.name is not None:
                names[one.person_id][language].add(one.name)
            positions[one.person_id] |= {*tokens(one.position or "")}
        chosen = {
            person: {language: min(found) for language, found in sorted(by_language.items())}
            for person, by_language in sorted(names.items())
        }
        return cls(
            MappingProxyType(chosen),
            NameIndex.of(
                (person, name) for person, both in chosen.items() for name in both.values()
            ),
            {person: frozenset(words) for person, words in positions.items()},
        )

    def likeliest(self, persons: frozenset[str], role: frozenset[str]) -> frozenset[str]:
        """Of namesakes, those whose position shares most words (two at least) with a printed role."""
        shared = {person: len(self.positions.get(person, frozenset()) & role) for person in persons}
        most = max(shared.values(), default=0)
        if most < _WORDS_THAT_TELL:
            return persons
        return frozenset(person for person, count in shared.items() if count == most)


def named_on(page: EventPage) -> Iterator[tuple[str, str]]:
    """Give id and name, surname first, of every person tagged on or linked from a page."""
    for one in namings_on(page):
        if one.name is not None:
            yield one.person_id, one.name


def namings_on(page: EventPage) -> Iterator[Naming]:
    """Give every person tagged on or linked from a page."""
    for tag in page.persons:
        yield Naming(f"persons/{tag.id}", tag.name, None)
    for mention in page.person_mentions:
        if mention.person_id is not None:
            person = f"persons/{mention.person_id}"
            yield Naming(person, mention.tooltip_name, mention.tooltip_position)


NO_CATALOGUE = Catalogue.of(())
"""For a page that is read on its own."""
