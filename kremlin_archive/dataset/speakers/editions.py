"""What the other edition of an event knows of its speakers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kremlin_archive.dataset.speakers.catalogue import named_on
from kremlin_archive.dataset.speakers.offices import terms
from kremlin_archive.dataset.speakers.resolution import Resolution
from kremlin_archive.dataset.speakers.transliteration import likeness
from kremlin_archive.records import EventPage

_ALIGNED = 0.9
LEAST_LIKENESS = 0.78


def from_other_edition(
    page: EventPage,
    turns: tuple[Resolution, ...],
    other: EventPage,
    other_turns: tuple[Resolution, ...],
) -> tuple[Resolution, ...]:
    """Resolve what is unresolved by the other edition's turns, then by the sound of its names."""
    if not any(_open(turn) for turn in turns):
        return turns
    aligned = _aligned(turns, other_turns) if _parallel(turns, other_turns) else turns
    names = frozenset(_names(page, other, other_turns))
    return tuple(_by_sound(turn, names) if _open(turn) else turn for turn in aligned)


def _open(turn: Resolution) -> bool:
    return turn.method == "none" and turn.name is not None


def _parallel(turns: tuple[Resolution, ...], other_turns: tuple[Resolution, ...]) -> bool:
    """Whether turn n of one edition is turn n of the other: as many, and nothing speaks against it."""
    return len(turns) == len(other_turns) and all(
        one.speaker_kind == two.speaker_kind
        and (one.person_id is None or two.person_id is None or one.person_id == two.person_id)
        and not _is_somebody_else(one, two, turns)
        and not _is_somebody_else(two, one, other_turns)
        for one, two in zip(turns, other_turns, strict=True)
    )


def _is_somebody_else(turn: Resolution, other: Resolution, turns: tuple[Resolution, ...]) -> bool:
    """Whether a turn would be of a person whom its own edition knows under another name."""
    return (
        _open(turn)
        and other.person_id is not None
        and any(known.person_id == other.person_id for known in turns)
    )


def _aligned(
    turns: tuple[Resolution, ...], other_turns: tuple[Resolution, ...]
) -> tuple[Resolution, ...]:
    return tuple(
        replace(
            one,
            person_id=two.person_id,
            method="aligned_edition",
            score=round(two.score * _ALIGNED, 3),
            reason=None,
        )
        if _open(one) and two.person_id is not None
        else one
        for one, two in zip(turns, other_turns, strict=True)
    )


def _names(
    page: EventPage, other: EventPage, other_turns: tuple[Resolution, ...]
) -> Iterator[tuple[str, str]]:
    """Give the persons the event offers in the other language: tags, links, speakers, office holders."""
    yield from named_on(page)
    yield from named_on(other)
    for turn in other_turns:
        if turn.person_id is not None and turn.name is not None:
            yield turn.person_id, turn.name
    for holder in terms().holders:
        yield holder.id, holder.en


def _by_sound(turn: Resolution, names: frozenset[tuple[str, str]]) -> Resolution:
    """Link a name to the one person whose name sounds like it."""
    heard: dict[str, float] = {}
    for person, name in names:
        score = likeness(turn.name or "", name)
        if score >= LEAST_LIKENESS:
            heard[person] = max(score, heard.get(person, 0))
    if len(heard) > 1:
        return replace(turn, reason="namesakes")
    if not heard:
        return turn
    ((person, score),) = heard.items()
    return replace(
        turn, person_id=person, method="transliteration", score=round(score, 3), reason=None
    )
