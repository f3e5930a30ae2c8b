"""Whose turn it is: hosts that asked to wait are held back, at the last gate before the wire.

Scrapy has handed some requests to a host's slot already when the host asks for patience; pausing its engine
would let those through.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_STEP = 0.5
"""Seconds between looks at whether the run is ending: a wait must not outlive it."""


class Turns:
    """Until when each host is to be left alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._not_before: dict[str, float] = {}

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long from now; a longer wait asked for before stands."""
        until = self._clock() + seconds
        self._not_before[host] = max(until, self._not_before.get(host, 0.0))

    async def wait(self, host: str, is_over: Callable[[], bool]) -> None:
        """Return when the host may be asked, or as soon as ``is_over``."""
        while not is_over():
            left = self._not_before.get(host, 0.0) - self._clock()
            if left <= 0:
                return
            await asyncio.sleep(min(_STEP, left))
