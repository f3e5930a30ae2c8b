"""How long to leave an origin alone after trouble, where it does not say so itself. Pure.

``base`` seconds after the first trouble in a row, then twice as long after each, up to eight times ``base``.
A good answer ends the row; so does the breaker, which bounds the sum of the waits.
"""

from __future__ import annotations

from collections import Counter

_DOUBLINGS = 3


class Backoff:
    """Counts the troubles in a row of each origin, repetitions included; a ``base`` of 0: never wait."""

    def __init__(self, base: float) -> None:
        self._base = base
        self._rows: Counter[str] = Counter()

    def answered(self, origin: str) -> None:
        """An origin answered as it should: its row is over."""
        del self._rows[origin]

    def troubled(self, origin: str) -> float:
        """Seconds to leave an origin alone after one more trouble.

        >>> backoff = Backoff(30)
        >>> [backoff.troubled("http://kremlin.ru") for _ in range(5)]
        [30, 60, 120, 240, 240]
        """
        self._rows[origin] += 1
        return self._base * (1 << min(self._rows[origin] - 1, _DOUBLINGS))
