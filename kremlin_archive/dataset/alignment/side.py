"""One edition as alignment sees it: paragraphs with their text, kind and speaker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kremlin_archive.dataset.attribution import Speaker
from kremlin_archive.records import EventPage, ParagraphKind
from kremlin_archive.urls import Language


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph; ``speaker`` is comparable between the editions, None where it is not known.

    ``opens`` tells that a turn begins here.
    """

    text: str
    kind: ParagraphKind
    speaker: str | None = None
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """The paragraphs of one edition's body, in order."""

    language: Language
    passages: tuple[Passage, ...]


def side(page: EventPage, speakers: Sequence[Speaker]) -> Side:
    """Take a page's body, with the speaker of each turn (``speakers`` as ``resolve_pair`` gives them)."""
    by_start = dict(zip(page.turn_starts, speakers, strict=True))
    passages = []
    current: str | None = None
    for index, paragraph in enumerate(page.paragraphs):
        if index in by_start:
            current = by_start[index].person_id or _voice(by_start[index])
        speaker = current if paragraph.kind == "speech" else None
        passages.append(Passage(paragraph.text, paragraph.kind, speaker, index in by_start))
    return Side(page.language, tuple(passages))


def _voice(speaker: Speaker) -> str | None:
    """Nameless voices compare by their kind; an unresolved name compares with nothing."""
    return speaker.speaker_kind if speaker.reason == "voice" else None
