"""Who speaks in each turn: the seam through which persons come into the tables.

A `Resolver` gives one `Speaker` a turn; the one that tables are made with is
``speakers.SpeakerResolver``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from kremlin_archive.records import EventPage


class Speaker(Protocol):
    """What is known of one turn's speaker; see the columns of ``turns`` for each fact."""

    @property
    def person_id(self) -> str | None:
        """The person, or None."""

    @property
    def method(self) -> str | None:
        """How the person was found; None where nobody looked."""

    @property
    def score(self) -> float | None:
        """How sure the link is, 0 to 1."""

    @property
    def speaker_kind(self) -> str:
        """``person``, ``question``, ``crowd``, ``moderator`` or ``unknown``."""

    @property
    def role_text(self) -> str | None:
        """The office printed in the label."""

    @property
    def name(self) -> str | None:
        """The name printed in the label."""

    @property
    def reason(self) -> str | None:
        """Why nobody was found; ``voice`` for the nameless."""


class Resolver(Protocol):
    """Finds the speakers of a page's turns."""

    def key_of(self, labels: Collection[str]) -> str:
        """Name all that the answers for these labels depend on besides the two pages.

        Tables made with another key are made anew.
        """

    def __call__(self, record: EventPage, other: EventPage | None) -> Sequence[Speaker]:
        """Give a speaker for each turn; ``other`` is the other edition, if the archive has it."""
