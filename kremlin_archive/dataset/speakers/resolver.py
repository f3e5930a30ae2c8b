"""The rules and a catalogue in one, as the tables' builder calls them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256

from kremlin_archive.dataset.speakers.catalogue import Catalogue
from kremlin_archive.dataset.speakers.resolution import Resolution
from kremlin_archive.dataset.speakers.resolve import resolve_turns
from kremlin_archive.records import EventPage

RULES_VERSION = "1"
"""Raised with any change of the rules, or of the TOML tables beside them, that alters an answer."""


@dataclass(frozen=True, slots=True)
class SpeakerResolver:
    """Resolves pages by one catalogue; ``key`` names the rules and the catalogue."""

    catalogue: Catalogue
    key: str = field(init=False)

    def __post_init__(self) -> None:
        known = {
            person: [sorted(names.items()), sorted(self.catalogue.positions.get(person, ()))]
            for person, names in self.catalogue.names.items()
        }
        digest = sha256(json.dumps(known, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        object.__setattr__(self, "key", f"speakers {RULES_VERSION} {digest[:12]}")

    def __call__(self, record: EventPage, other: EventPage | None) -> tuple[Resolution, ...]:
        """Resolve each turn of a page; ``other`` is the other edition, if there is one."""
        return resolve_turns(record, other, self.catalogue)
