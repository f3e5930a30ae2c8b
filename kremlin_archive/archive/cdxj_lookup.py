"""Find captures in an index by address and time: a binary search in the file, whatever its size."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from kremlin_archive.archive.cdxj import IndexEntry, parse_line, sort_key
from kremlin_archive.errors import UsageError, WarcError

_WINDOW = 4096
"""Bytes left to a plain scan when the search has narrowed down to them: about a dozen lines."""

_TIME = re.compile(
    r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.\d+)?)?)?)?)?)?Z?"
)

_LATEST = (9999, 12, 31, 23, 59, 59)
_WITH_DAY = 3


def captures_of(index: Path, url: str) -> list[IndexEntry]:
    """All captures of an address, oldest first (http and https, with and without www, are one address).

    Raises WarcError, naming the file, when it is missing or is not sorted CDXJ.
    """
    prefix = f"{sort_key(url)} ".encode()
    try:
        with index.open("rb") as file:
            return [parse_line(line) for line in _lines_with(file, prefix)]
    except OSError as error:
        raise WarcError(f"{index}: there is no index to read: {error.strerror}") from error
    except WarcError as error:
        raise WarcError(f"{index}: {error}") from error


def instant(text: str) -> str:
    """Read a time in UTC, ISO 8601 or digits, as 14 digits; a year, month or day means its last second.

    >>> instant("2026-11-21T12:00:03Z"), instant("2024-02"), instant("20261121")
    ('20261121120003', '20240229235959', '20261121235959')
    """
    match = _TIME.fullmatch(text.strip())
    moment = _last_second([int(group) for group in match.groups() if group]) if match else None
    if moment is None:
        raise UsageError(
            f"{text!r}: expected a time such as 2026-11-21T12:00:03Z, or the beginning of one"
        )
    return f"{moment:%Y%m%d%H%M%S}"


def at(entries: list[IndexEntry], timestamp: str) -> IndexEntry | None:
    """The capture that was the newest at a time, or None when the first was made later."""
    return next((entry for entry in reversed(entries) if entry.timestamp <= timestamp), None)


def closest(entries: list[IndexEntry], timestamp: str) -> IndexEntry | None:
    """The capture nearest to a time, the earlier of two that are equally near; None without any."""
    wanted = _seconds(timestamp)
    return min(entries, key=lambda entry: abs(_seconds(entry.timestamp) - wanted), default=None)


def _lines_with(file: BinaryIO, prefix: bytes) -> Iterator[bytes]:
    """Lines that begin with ``prefix``, in order."""
    file.seek(_start(file, prefix))
    for line in file:
        if line.startswith(prefix):
            yield line
        elif line > prefix:
            return


def _start(file: BinaryIO, prefix: bytes) -> int:
    """Where a line begins that comes before every line with ``prefix`` (or is the first of them)."""
    low, high = 0, file.seek(0, 2)
    while high - low > _WINDOW:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()  # the rest of a line
        begin = file.tell()
        if begin >= high or file.readline() >= prefix:
            high = middle
        else:
            low = begin
    return low


def _last_second(given: list[int]) -> datetime | None:
    """Last second of a year, month, day, …; None when there is no such time."""
    year, month, day, hour, minute, second = (*given, *_LATEST[len(given) :])
    try:
        day = min(day, monthrange(year, month)[1]) if len(given) < _WITH_DAY else day
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _seconds(timestamp: str) -> float:
    try:
        return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise WarcError(f"{timestamp!r} is not a time of 14 digits") from None
