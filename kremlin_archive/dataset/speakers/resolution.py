"""What is known of one turn's speaker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SpeakerKind = Literal["person", "question", "crowd", "moderator", "unknown"]
Method = Literal[
    "mention",
    "tag_exact",
    "tag_fuzzy",
    "office_holder",
    "alias",
    "aligned_edition",
    "transliteration",
    "label",
    "none",
]
Reason = Literal[
    "voice",  # a nameless voice: «Question», «Реплика»
    "namesakes",  # the name is that of two persons
    "initials",  # initials and a surname that no candidate bears
    "short_name",  # one word: a given name or a surname alone
    "role_only",  # an office without a name, holder not known
]


@dataclass(frozen=True, slots=True)
class Resolution:
    """One turn's speaker; ``person_id`` is None exactly where ``method`` is ``none``.

    ``score`` is 0..1, comparable within a method. ``name`` and ``role_text`` are the two parts of
    the label as printed.
    """

    person_id: str | None
    method: Method
    score: float
    speaker_kind: SpeakerKind
    role_text: str | None = None
    name: str | None = None
    reason: Reason | None = None
