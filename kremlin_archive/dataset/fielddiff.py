"""What changed between two records of a document besides the words of the body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kremlin_archive.dataset.diffs import Change, paragraph_diff
from kremlin_archive.dataset.record_json import as_values
from kremlin_archive.records import EventPage

BODY = frozenset({"paragraphs", "turn_starts"})
"""Fields that are told as marks of paragraphs, beside the words themselves."""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A field of one value: a date, a title."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ListChange:
    """A field of many items, such as tags and photos; none on either side where only their order changed."""

    field: str
    removed: tuple[dict[str, Any], ...]
    added: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class MarkChange:
    """What paragraphs are: who speaks, with which note, of which kind, beginning a turn or not.

    ``first`` and ``last`` number paragraphs of the later body, from 1; ``last`` is less where nothing stands
    now. ``mark`` is ``speakers``, and its values all of them in turn, where paragraphs came or went.
    """

    mark: str
    first: int
    last: int
    before: Any
    after: Any


def field_changes(
    before: EventPage, after: EventPage, names: Collection[str]
) -> Iterator[ValueChange | ListChange]:
    """The fields that differ, of those named, in their defined order."""
    earlier, later = as_values(before), as_values(after)
    for name, old in earlier.items():
        new = later[name]
        if name not in names or name in BODY or old == new:
            continue
        if isinstance(old, tuple):
            yield ListChange(name, _less(old, new), _less(new, old))
        else:
            yield ValueChange(name, old, new)


def mark_changes(before: EventPage, after: EventPage) -> Iterator[MarkChange]:
    """What changed about paragraphs; those that follow one another with the same change are one."""
    old, new = _marks(before), _marks(after)
    for change in _aligned(before, after):
        if change.a1 - change.a0 == change.b1 - change.b0:
            pairs = zip(old[change.a0 : change.a1], new[change.b0 : change.b1], strict=True)
            yield from _of_pairs([*pairs], change.b0 + 1)
            continue
        gone, come = _speakers(before, change.a0, change.a1), _speakers(after, change.b0, change.b1)
        if gone != come:
            yield MarkChange("speakers", change.b0 + 1, change.b1, gone, come)


def _less(items: Sequence[object], others: Sequence[object]) -> tuple[dict[str, Any], ...]:
    return tuple(as_values(item) for item in (Counter(items) - Counter(others)).elements())


def _marks(record: EventPage) -> list[dict[str, Any]]:
    starts = frozenset(record.turn_starts)
    return [
        {"kind": one.kind, "speaker": one.speaker, "note": one.note, "begins_turn": n in starts}
        for n, one in enumerate(record.paragraphs)
    ]


def _aligned(before: EventPage, after: EventPage) -> tuple[Change, ...]:
    old, new = ([one.text for one in record.paragraphs] for record in (before, after))
    return paragraph_diff(old, new).changes or (Change("equal", 0, len(old), 0, len(new)),)


def _of_pairs(
    pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]], first: int
) -> Iterator[MarkChange]:
    for mark in pairs[0][0] if pairs else ():
        start = first
        for (old, new), together in groupby((one[mark], other[mark]) for one, other in pairs):
            end = start + len([*together])
            if old != new:
                yield MarkChange(mark, start, end - 1, old, new)
            start = end


def _speakers(record: EventPage, start: int, end: int) -> list[str]:
    """Who speaks in paragraphs, each once in a row."""
    named = [one.speaker for one in record.paragraphs[start:end] if one.speaker is not None]
    return [speaker for speaker, _ in groupby(named)]
