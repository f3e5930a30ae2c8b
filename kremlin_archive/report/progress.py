"""How far a long job has come: a live line on a terminal, one plain line a minute in a log.

Used by the crawl and by the offline verbs alike, so it knows neither. Showing decides nothing: where the
stream cannot be written the job goes on in silence.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from kremlin_archive.report.streams import say

LOG_EVERY = 60.0
"""Seconds between lines where nobody watches: a night's crawl leaves some hundreds of them."""


class Progress:
    """Shows ``done`` of ``total`` and named counts; never more often than it helps.

    A context manager: the live line is taken down at the end, and a log gets one last line.
    """

    def __init__(
        self,
        title: str,
        unit: str,
        *,
        stream: TextIO | None = None,
        every: float = LOG_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title = title
        self._unit = unit
        self._stream: TextIO | None = stream or sys.stderr
        self.problem = None if self._stream else "it is closed"
        """What went wrong with the stream; nothing more is shown then."""
        self._every = every
        self._clock = clock
        self._started = self._last = clock()
        self._line = ""
        self._said = ""
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._stream is not None and self._stream.isatty():
            console = Console(file=self._stream)
            self._live = Live(console=console, transient=True, refresh_per_second=4)
            self._try(self._live.start)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._try(self._live.stop)
        elif self._line != self._said:
            self._say()

    def update(
        self, done: int, total: int | None = None, counts: Mapping[str, int] | None = None
    ) -> None:
        """Say how far the job is; counts that are zero are left out."""
        now = self._clock()
        seconds = now - self._started
        self._line = describe(
            self._title, self._unit, done=done, total=total, counts=counts or {}, seconds=seconds
        )
        if self._live is not None:
            self._try(partial(self._live.update, Text(self._line)))
        elif now - self._last >= self._every:
            self._last = now
            self._say()

    def _say(self) -> None:
        self._said = self._line
        if self.problem is None:
            self.problem = say(self._line, self._stream)

    def _try(self, show: Callable[[], object]) -> None:
        try:
            show()
        except (OSError, ValueError) as error:
            self.problem = self.problem or str(error)


def describe(
    title: str,
    unit: str,
    *,
    done: int,
    total: int | None,
    counts: Mapping[str, int],
    seconds: float,
) -> str:
    """Put the line in words.

    >>> describe(
    ...     "extract", "pages", done=3, total=12, counts={"failed": 1, "lost": 0}, seconds=75.2
    ... )
    'extract: 3 of 12 pages, 25 %, 1 min 15 s; 1 failed'
    """
    of_total = (
        f"{done:,} of {total:,} {unit}, {100 * done // total} %" if total else f"{done:,} {unit}"
    )
    minutes, rest = divmod(round(seconds), 60)
    spent = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    return f"{title}: {of_total}, {spent}" + (f"; {told}" if told else "")
