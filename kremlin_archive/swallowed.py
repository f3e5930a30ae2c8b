"""Errors that Scrapy logs and goes on from: what a signal's handler was to do is then not done."""

from __future__ import annotations

import logging
from collections.abc import Callable

from twisted.python.failure import Failure

_SAID_BY = logging.getLogger("scrapy.utils.signal")


class Swallowed(logging.Handler):
    """Hands each such error on, from ``start`` to ``stop``; Scrapy says them nowhere but in its log."""

    def __init__(self, tell: Callable[[Failure], None]) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell

    def start(self) -> None:
        """Begin to listen."""
        _SAID_BY.addHandler(self)

    def stop(self) -> None:
        """End it; where it never began, that does no harm."""
        _SAID_BY.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on the error that a line of the log is about."""
        if record.exc_info and record.exc_info[1] is not None:
            self._tell(Failure(record.exc_info[1]))  # type: ignore[no-untyped-call]
