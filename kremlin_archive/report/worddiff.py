"""Which words changed between two texts: paragraphs are matched first, then words of those that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["equal", "delete", "insert"]
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_CONTEXT = 40
"""Characters of unchanged text shown on each side of a change."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both, only in the earlier, or only in the later."""

    op: Op
    text: str


def changed_paragraphs(before: str, after: str) -> Iterator[tuple[Piece, ...]]:
    """The paragraphs that differ, each as pieces in reading order.

    >>> [[(p.op, p.text) for p in one] for one in changed_paragraphs("A b.", "A c.")]
    [[('equal', 'A '), ('delete', 'b'), ('insert', 'c'), ('equal', '.')]]
    """
    old, new = before.split("\n"), after.split("\n")
    for op, a0, a1, b0, b1 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op != "equal":
            yield word_diff("\n".join(old[a0:a1]), "\n".join(new[b0:b1]))


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as pieces, by words."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: list[Piece] = []
    for op, a0, a1, b0, b1 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(Piece("equal", "".join(old[a0:a1])))
            continue
        if a1 > a0:
            pieces.append(Piece("delete", "".join(old[a0:a1])))
        if b1 > b0:
            pieces.append(Piece("insert", "".join(new[b0:b1])))
    return tuple(pieces)


def shortened(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Pieces with long unchanged runs cut to what is near a change."""
    last = len(pieces) - 1
    return tuple(
        Piece(piece.op, _near(piece.text, number, last)) if piece.op == "equal" else piece
        for number, piece in enumerate(pieces)
    )


def _near(text: str, number: int, last: int) -> str:
    head = text[:_CONTEXT] if number else ""
    tail = text[-_CONTEXT:] if number < last else ""
    return text if len(head) + len(tail) >= len(text) else f"{head} … {tail}"
