"""Sort lines by their bytes (the order of ``LC_ALL=C sort``), however many there are.

Up to 16 MB are sorted in memory; beyond that, sorted runs on disk are merged.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

RUN_BYTES = 16 * 1024 * 1024
"""Bytes of lines sorted in memory at once; Python's own overhead adds about a sixth to them."""

_MAX_RUNS = 64
"""Runs open at the same time: well below the 256 files that some systems allow a process."""


class LineSorter:
    """Takes lines (each with its line feed) in any order and gives them sorted, each once.

    ``folder`` is where runs go; it must exist, and whoever made it removes it.
    """

    def __init__(self, folder: Path, *, run_bytes: int = RUN_BYTES) -> None:
        self._folder = folder
        self._run_bytes = run_bytes
        self._lines: list[bytes] = []
        self._size = 0
        self._runs: list[Path] = []
        self._made = 0

    def add(self, line: bytes) -> None:
        """Take one line."""
        self._lines.append(line)
        self._size += len(line)
        if self._size >= self._run_bytes:
            self._spill()

    def sorted(self) -> Iterator[bytes]:
        """All lines so far. Iterate once."""
        self._lines.sort()
        with ExitStack() as files:
            runs = [files.enter_context(path.open("rb")) for path in self._runs]
            yield from (line for line, _ in groupby(heapq.merge(*runs, self._lines)))

    def _spill(self) -> None:
        self._lines.sort()
        self._write(self._lines)
        self._lines = []
        self._size = 0
        if len(self._runs) >= _MAX_RUNS:
            merged = self._runs
            with ExitStack() as files:
                opened = [files.enter_context(path.open("rb")) for path in merged]
                self._runs = []
                self._write(heapq.merge(*opened))
            for path in merged:
                path.unlink()

    def _write(self, lines: Iterable[bytes]) -> None:
        path = self._folder / f"run-{self._made:06d}"
        self._made += 1
        with path.open("wb") as file:
            file.writelines(lines)
        self._runs.append(path)
