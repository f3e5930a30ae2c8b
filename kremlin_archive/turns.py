"""Whose turn it is, at the last gate before the wire: origins that asked to wait are held back, others shut.

Scrapy has handed some requests to a host's slot already when the site asks for patience; pausing its engine
would let those through.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_STEP = 0.5
"""Seconds between looks at whether the run is ending: a wait must not outlive it."""


class Turns:
    """Until when each origin is to be left alone; a shut one until the run ends."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._not_before: dict[str, float] = {}
        self._shut: set[str] = set()
        self._spacing: dict[str, float] = {}

    def space(self, origin: str, seconds: float) -> None:
        """From now on leave at least so long between two requests to an origin."""
        self._spacing[origin] = seconds

    def hold(self, origin: str, seconds: float) -> None:
        """Leave an origin alone for so long from now; a longer wait asked for before stands."""
        until = self._clock() + seconds
        self._not_before[origin] = max(until, self._not_before.get(origin, 0.0))

    def shut(self, origin: str) -> None:
        """Leave an origin alone for good."""
        self._shut.add(origin)

    def is_shut(self, origin: str) -> bool:
        """Whether nothing more may be sent to an origin."""
        return origin in self._shut

    async def wait(self, origin: str, is_over: Callable[[], bool], apart: float = 0.0) -> None:
        """Return when the origin may be asked, or as soon as it is shut or ``is_over``.

        Who had to wait holds the others back for ``apart`` seconds more: all of them waited for one instant.
        """
        has_waited = False
        while not is_over() and not self.is_shut(origin):
            left = self._not_before.get(origin, 0.0) - self._clock()
            if left <= 0:
                spacing = self._spacing.get(origin, 0.0)
                self.hold(origin, max(apart, spacing) if has_waited else spacing)
                return
            has_waited = True
            await asyncio.sleep(min(_STEP, left))
