"""Merge a few sorted lines into a sorted file by copying what lies between them, whatever the file's size."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1024 * 1024


def splice(old: Path | None, new: Iterable[bytes], into: BinaryIO) -> int:
    """Write the lines of ``old`` and ``new``, both sorted by bytes; returns how many of ``new`` were added.

    A line that ``old`` has already is not written again. ``old`` is None, or a file whose last line is whole.
    """
    if old is None or old.stat().st_size == 0:
        return _splice(b"", new, into)
    with old.open("rb") as file, closing(mmap(file.fileno(), 0, access=ACCESS_READ)) as before:
        return _splice(before, new, into)


def _splice(before: mmap | bytes, new: Iterable[bytes], into: BinaryIO) -> int:
    added = copied = 0
    for line in new:
        place = _place_of(line, before, copied)
        _copy(before, copied, place, into)
        copied = place
        if before[place : place + len(line)] != line:
            into.write(line)
            added += 1
    _copy(before, copied, len(before), into)
    return added


def _place_of(line: bytes, before: mmap | bytes, low: int) -> int:
    """Where the first line that is not before this one begins; ``low`` is the beginning of a line."""
    high = len(before)
    while low < high:
        middle = (low + high) // 2
        begin = before.rfind(b"\n", low, middle) + 1 or low
        end = before.find(b"\n", middle) + 1 or len(before)
        if before[begin:end] < line:
            low = end
        else:
            high = begin
    return low


def _copy(before: mmap | bytes, begin: int, end: int, into: BinaryIO) -> None:
    into.writelines(before[start : min(start + _CHUNK, end)] for start in range(begin, end, _CHUNK))
