"""Who speaks in each turn: the seam through which persons come into the tables.

A `Resolver` gives one `Speaker` a turn. Without one the tables keep what the page prints, and the
kind of speaker where the site's nameless labels tell it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
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


class Resolver(Protocol):
    """Finds the speakers of a page's turns."""

    @property
    def key(self) -> str:
        """Names all that the answers depend on besides the two pages.

        Tables made with another key are made anew.
        """

    def __call__(self, record: EventPage, other: EventPage | None) -> Sequence[Speaker]:
        """Give a speaker for each turn; ``other`` is the other edition, if the archive has it."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A speaker nobody looked up."""

    speaker_kind: str
    person_id: None = None
    method: None = None
    score: None = None
    role_text: None = None
    name: None = None


# The voices of pages/words.py that are more than somebody in the room.
_KINDS = MappingProxyType(
    {
        "question": "question",
        "вопрос": "question",
        "moderator": "moderator",
        "ведущий": "moderator",
        "ведущая": "moderator",
    }
    | dict.fromkeys(
        ("remark", "reply", "answer", "response", "from the audience", "voice"), "crowd"
    )
    | dict.fromkeys(("реплика", "ответ", "из зала", "голос", "голос из зала"), "crowd")
)


def unresolved(record: EventPage) -> tuple[Speaker, ...]:
    """Give the turns' speakers as far as the labels alone tell."""
    labels = (record.paragraphs[start].speaker or "" for start in record.turn_starts)
    return tuple(Unresolved(_KINDS.get(label.lower(), "unknown")) for label in labels)
