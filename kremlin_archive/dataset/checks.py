"""The result of one rule of the release gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

_NAMED = 5
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, in words, and what was found against it; ``looked_at`` says of how many things."""

    name: str
    rule: str
    looked_at: int
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, rule: str, looked_at: int, found: Iterable[str]) -> Check:
        """Gather what is found; of very many faults the first ones, and that there are more."""
        faults = tuple(islice(found, _LISTED + 1))
        if len(faults) > _LISTED:
            faults = (*faults[:_LISTED], "there are more")
        return cls(name, rule, looked_at, faults)


def some(values: Sequence[str]) -> str:
    """List a few values, and how many more there are.

    >>> some(["a", "b"])
    'a, b'
    """
    more = len(values) - _NAMED
    listed = ", ".join(values[:_NAMED])
    return f"{listed} and {more:,} more" if more > 0 else listed
