"""Something that is done each second while a crawl goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class EverySecond:
    """Does it from ``start`` to ``stop``, in the running event loop."""

    def __init__(self, do: Callable[[], None]) -> None:
        self._do = do
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, at once."""
        self._task = asyncio.ensure_future(self._go_on())

    def stop(self) -> None:
        """End it; where it never began, that does no harm."""
        if self._task is not None:
            self._task.cancel()

    async def _go_on(self) -> None:
        while True:
            self._do()
            await asyncio.sleep(1)
