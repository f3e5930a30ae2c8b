"""Closed WARC files never change: one that is gone or shorter than it was is lost. Pure."""

from __future__ import annotations

from collections.abc import Mapping


def lost_files(then: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """Say which files are gone or have fewer bytes (by name) than they had.

    >>> lost_files({"a.warc.gz": 7, "b.warc.gz": 9, "c.warc.gz": 1}, {"a.warc.gz": 8, "b.warc.gz": 4})
    ['b.warc.gz has 4 bytes and had 9', 'c.warc.gz is gone']
    """
    return [
        f"{name} has {now[name]} bytes and had {size}" if name in now else f"{name} is gone"
        for name, size in sorted(then.items())
        if now.get(name, -1) < size
    ]
