"""What changed between two bodies, by paragraphs; and how much, in characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["equal", "replace", "delete", "insert"]

MOST_COMPARISONS = 4_000_000
"""Beyond this many pairs of paragraphs that may differ, they count as replaced as a whole."""


@dataclass(frozen=True, slots=True)
class Change:
    """Paragraphs ``a0:a1`` of the earlier body became ``b0:b1`` of the later one."""

    op: Op
    a0: int
    a1: int
    b0: int
    b1: int


@dataclass(frozen=True, slots=True)
class Diff:
    """Changes in order, those of op ``equal`` included; empty where both bodies are the same.

    ``inserted`` and ``deleted`` count characters. Within replaced paragraphs what they begin and
    end with in common is neither. ``similarity`` is the share of both bodies' characters that are
    neither inserted nor deleted, 0 to 1.
    """

    changes: tuple[Change, ...]
    inserted: int
    deleted: int
    similarity: float


def paragraph_diff(before: Sequence[str], after: Sequence[str]) -> Diff:
    """Compare two bodies, given as their paragraphs.

    >>> paragraph_diff(["One.", "Two."], ["One.", "Two, too."]).inserted
    5
    """
    if list(before) == list(after):
        return Diff((), 0, 0, 1.0)
    changes = _changes(before, after)
    counts = [
        _counts("\n".join(before[c.a0 : c.a1]), "\n".join(after[c.b0 : c.b1]))
        for c in changes
        if c.op != "equal"
    ]
    deleted = sum(gone for gone, _ in counts)
    inserted = sum(new for _, new in counts)
    whole = sum(map(len, before)) + sum(map(len, after))
    similarity = max(0.0, 1 - (inserted + deleted) / whole) if whole else 1.0
    return Diff(changes, inserted, deleted, similarity)


def _changes(before: Sequence[str], after: Sequence[str]) -> tuple[Change, ...]:
    """Compare what stands between the common start and the common end: an edit touches little."""
    start = _common(before, after)
    rest_before, rest_after = before[start:], after[start:]
    end = _common(rest_before[::-1], rest_after[::-1])
    middle = _middle(rest_before[: len(rest_before) - end], rest_after[: len(rest_after) - end])
    moved = [Change(c.op, c.a0 + start, c.a1 + start, c.b0 + start, c.b1 + start) for c in middle]
    head = [Change("equal", 0, start, 0, start)] if start else []
    n, m = len(before), len(after)
    tail = [Change("equal", n - end, n, m - end, m)] if end else []
    return (*head, *moved, *tail)


def _middle(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    if len(before) * len(after) > MOST_COMPARISONS:
        return [Change("replace", 0, len(before), 0, len(after))]
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [Change(*code) for code in codes]


def _counts(before: str, after: str) -> tuple[int, int]:
    """Count the characters deleted and inserted between what both texts begin and end with."""
    start = _common(before, after)
    before, after = before[start:], after[start:]
    end = _common(before[::-1], after[::-1])
    return len(before) - end, len(after) - end


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count what both begin with: paragraphs of lists, characters of texts."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
