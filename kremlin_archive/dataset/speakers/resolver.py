"""The rules and a catalogue in one, as the tables' builder calls them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256

from kremlin_archive.dataset.speakers.catalogue import Catalogue
from kremlin_archive.dataset.speakers.resolution import Resolution
from kremlin_archive.dataset.speakers.resolve import resolve_turns
from kremlin_archive.records import EventPage

RULES_VERSION = "1"
"""Raised with any change of the rules, or of the TOML tables beside them, that alters an answer."""


@dataclass(frozen=True, slots=True)
class SpeakerResolver:
    """Resolves pages by one catalogue."""

    catalogue: Catalogue

    def key_of(self, labels: Collection[str]) -> str:
        """Name the rules and what the catalogue knows of these labels.

        The rules ask the catalogue for nothing but whose name ends a label and, of several such
        persons, their positions (``_in_catalogue`` of ``resolve.py``).
        """
        digest = sha256("\n".join(self._known(labels)).encode()).hexdigest()
        return f"speakers {RULES_VERSION} {digest}"

    def _known(self, labels: Collection[str]) -> Iterator[str]:
        for label in sorted(labels):
            match = self.catalogue.index.find(label)
            if match is None:
                continue
            persons = sorted(match.persons)
            positions = [sorted(self.catalogue.positions[person]) for person in persons]
            yield repr((label, persons, positions if len(persons) > 1 else None))

    def __call__(self, record: EventPage, other: EventPage | None) -> tuple[Resolution, ...]:
        """Resolve each turn of a page; ``other`` is the other edition, if there is one."""
        return resolve_turns(record, other, self.catalogue)
