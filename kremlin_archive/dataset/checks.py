"""The result of one rule of the release gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One rule and what was found against it; ``looked_at`` says of how many things."""

    name: str
    looked_at: int
    faults: tuple[str, ...] = ()


def some(values: Sequence[str]) -> str:
    """List a few values, and how many more there are.

    >>> some(["a", "b"])
    'a, b'
    """
    more = len(values) - _NAMED
    listed = ", ".join(values[:_NAMED])
    return f"{listed} and {more:,} more" if more > 0 else listed
