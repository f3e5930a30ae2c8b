"""Standard output and error: a full disk or a closed pipe makes them unwritable, and nothing hangs on it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TextIO


def say(words: str, stream: TextIO | None) -> str | None:
    """Write a line; gives what went wrong, if anything did. What the stream cannot encode is escaped."""
    if stream is None:
        return "it is closed"
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(words.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        stream.flush()
    except (OSError, ValueError) as error:
        return str(error)
    return None


def open_closed() -> None:
    """Let standard streams that are closed lead nowhere: Scrapy takes it for granted that they are there."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - till the end


def settle() -> None:
    """Bring out what the standard streams hold; one that cannot take it leads nowhere from now on.

    To be done last: the interpreter flushes them when it ends, and exits with 120 where it cannot.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and _is_dead(stream):
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_dead(stream: TextIO) -> bool:
    try:
        stream.flush()
    except (OSError, ValueError):
        return True
    return False
