"""Whether this machine's clock can be believed: captures are put in order by their instants. Pure.

A look that is dated between two others makes changes and returns that never were. So the clock is compared
with the site's at every answer, and with the time that has passed since the run began before every request:
nothing is dated by a clock that was set meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_LATE_ANSWERS = 2
passed: Callable[[], float] = (
    (lambda: time.clock_gettime(time.CLOCK_BOOTTIME))  # goes on while the machine sleeps
    if hasattr(time, "CLOCK_BOOTTIME")
    else time.monotonic
)
"""Seconds from some instant on, whatever the clock is set to."""


class SiteClock:
    """Says of each answer how far the clock is away from the site's, if that is more than ``most`` seconds.

    A late answer may come from a cache on the way, so a clock is ahead only when two say so, and not when
    an answer has agreed before: a clock that was set since then is for ``OwnClock`` to find. No answer
    comes before it was sent, so a clock is behind when one says so, at any time: a machine may wake with an
    old clock.
    """

    def __init__(self, most: float) -> None:
        self._most = most
        self._has_agreed = False
        self._late = 0

    def apart(self, ahead: float) -> float | None:
        """``ahead`` if a clock that is so many seconds ahead of an answer's Date is wrong, else None."""
        if abs(ahead) <= self._most:
            self._has_agreed = True
            return None
        self._late += ahead > 0
        is_wrong = ahead < 0 or (self._late >= _LATE_ANSWERS and not self._has_agreed)
        return ahead if is_wrong else None


class OwnClock:
    """Says by how much the clock was set since this object was made, if by more than ``most`` seconds."""

    def __init__(
        self,
        most: float,
        clock: Callable[[], float] = time.time,
        passed: Callable[[], float] = passed,
    ) -> None:
        self._most = most
        self._clock = clock
        self._passed = passed
        self._difference = clock() - passed()

    def was_set_by(self) -> float | None:
        """Seconds by which the clock went further than time did (negative: back), or None."""
        moved = self._clock() - self._passed() - self._difference
        return moved if abs(moved) > self._most else None
