"""Time whole processes in turn, A B A B …, and compare them pair by pair.

Machines are shared and drift; a ratio of two runs that followed each other is what survives that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds (user and system, of the process and its children), wall seconds, peak memory in MiB."""

    cpu: float
    wall: float
    memory: float


@dataclass(frozen=True, slots=True)
class Contest:
    """Two commands that do the same work on ``pages`` pages; ``prepare`` runs before each, uncounted."""

    name: str
    ours: Sequence[str]
    theirs: Sequence[str]
    pages: int
    prepare: Callable[[], None]


def cost(command: Sequence[str], allowed: frozenset[int] = frozenset({0, 2})) -> Cost:
    """Run a command to its end and read what the operating system says it took."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    with process.stderr as errors:
        said = errors.read()
    _, status, usage = os.wait4(process.pid, 0)
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code not in allowed:
        sys.exit(f"{' '.join(command)}: exit code {code}\n{said.decode(errors='replace')[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1024)


def compare(contest: Contest, runs: int) -> str:
    """A table of the costs, and the ratio of CPU and wall time pair by pair."""
    ours: list[Cost] = []
    theirs: list[Cost] = []
    for number in range(runs + 1):
        contest.prepare()
        pair = (cost(contest.ours), cost(contest.theirs))
        print(f"  {contest.name}: run {number} of {runs}", end="\r", file=sys.stderr)
        if number:  # the first warms the caches of the disk
            ours.append(pair[0])
            theirs.append(pair[1])
    lines = [f"{contest.name} ({contest.pages} pages, {runs} pairs)"]
    lines += [_line("ours", ours, contest.pages), _line("the least", theirs, contest.pages)]
    for what in ("cpu", "wall"):
        ratios = [getattr(a, what) / getattr(b, what) for a, b in zip(ours, theirs, strict=True)]
        lines.append(
            f"  {what} ratio   {median(ratios):.2f}   (from {min(ratios):.2f} to {max(ratios):.2f})"
        )
    return "\n".join(lines)


def _line(name: str, costs: Sequence[Cost], pages: int) -> str:
    cpu, wall = median(one.cpu for one in costs), median(one.wall for one in costs)
    memory = max(one.memory for one in costs)
    return f"  {name:<10} {cpu:7.2f} s CPU  {wall:7.2f} s  {pages / wall:7.0f} pages/s  {memory:6.0f} MiB"
