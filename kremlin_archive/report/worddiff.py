"""Which words changed between two texts: paragraphs are matched first, then words of those that differ."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Literal

from rapidfuzz.distance import Levenshtein, Opcode

Op = Literal["equal", "delete", "insert"]

MOST_PAIRS = 20_000_000_000
"""Beyond this many pairs of words (a body of 400 KB against another) a stretch is not compared by words."""

_TOKEN = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
_CONTEXT = 40
"""Characters of unchanged text shown on each side of a change."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both, only in the earlier, or only in the later."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring paragraphs that changed, as pieces in reading order.

    ``is_whole``: too long to be compared word by word, so given as replaced whole.
    """

    pieces: tuple[Piece, ...]
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """Tokens ``a0:a1`` of the earlier text that are, or became, ``b0:b1`` of the later."""

    is_equal: bool
    a0: int
    a1: int
    b0: int
    b1: int


def changed_paragraphs(before: str, after: str) -> Iterator[Stretch]:
    """The paragraphs that differ; those that follow one another are one stretch.

    >>> [[(p.op, p.text) for p in one.pieces] for one in changed_paragraphs("A b.", "A c.")]
    [[('equal', 'A '), ('delete', 'b'), ('insert', 'c'), ('equal', '.')]]
    """
    old, new = before.split("\n"), after.split("\n")
    for run in _runs(old, new):
        if not run.is_equal:
            yield _stretch(old[run.a0 : run.a1], new[run.b0 : run.b1])


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as pieces, by words; what was changed together is one deletion and one insertion."""
    return tuple(_pieces(_TOKEN.findall(before), _TOKEN.findall(after)))


def shortened(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Pieces with long unchanged runs cut to what is near a change."""
    last = len(pieces) - 1
    return tuple(
        Piece(piece.op, _near(piece.text, number, last)) if piece.op == "equal" else piece
        for number, piece in enumerate(pieces)
    )


def _stretch(before: Sequence[str], after: Sequence[str]) -> Stretch:
    old, new = _TOKEN.findall("\n".join(before)), _TOKEN.findall("\n".join(after))
    return Stretch(tuple(_pieces(old, new)), is_whole=_is_too_long(old, new))


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for run in _runs(old, new):
        gone, come = "".join(old[run.a0 : run.a1]), "".join(new[run.b0 : run.b1])
        if run.is_equal:
            yield Piece("equal", gone)
            continue
        if gone:
            yield Piece("delete", gone)
        if come:
            yield Piece("insert", come)


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[_Run]:
    """What both have in common, and between that what they have not."""
    if _is_too_long(old, new):
        yield _Run(is_equal=False, a0=0, a1=len(old), b0=0, b1=len(new))
        return
    numbers: defaultdict[str, int] = defaultdict(
        count().__next__
    )  # compared exactly, unlike hashes
    codes = list(Levenshtein.opcodes([numbers[one] for one in old], [numbers[one] for one in new]))
    last = len(codes) - 1
    told = [_told(code, old, is_edge=n in (0, last)) for n, code in enumerate(codes)]
    for is_equal, together in groupby(told, key=lambda run: run.is_equal):
        first, *others = together
        end = others[-1] if others else first
        yield _Run(is_equal, first.a0, end.a1, first.b0, end.b1)


def _told(code: Opcode, old: Sequence[str], *, is_edge: bool) -> _Run:
    a0, a1 = code.src_start, code.src_end
    # A blank between two changed words is nothing they have in common: phrases read better whole.
    is_blank = a1 - a0 == 1 and old[a0].isspace() and old[a0] != "\n"
    is_equal = code.tag == "equal" and (is_edge or not is_blank)
    return _Run(is_equal, a0, a1, code.dest_start, code.dest_end)


def _is_too_long(old: Sequence[str], new: Sequence[str]) -> bool:
    return len(old) * len(new) > MOST_PAIRS


def _near(text: str, number: int, last: int) -> str:
    head = text[:_CONTEXT] if number else ""
    tail = text[-_CONTEXT:] if number < last else ""
    return text if len(head) + len(tail) >= len(text) else f"{head} … {tail}"
