"""Verify WARC files: each is one task, read once; what they say of each other is joined at the end.

Nothing is written but temporary files, of about 53 bytes a record.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from kremlin_archive.archive.writer import OPEN_SUFFIX
from kremlin_archive.errors import UsageError
from kremlin_archive.executor import local_executor
from kremlin_archive.verify.findings import Findings, finding
from kremlin_archive.verify.identities import Join
from kremlin_archive.verify.warc import Outcome, Task, verify_warc

OnProgress = Callable[[int, int], None]
"""Called with bytes read and bytes to be read."""

Fixity = dict[int, tuple[int, str]]
"""Size and SHA-256 of each file, by its number."""


@dataclass(slots=True)
class Report:
    """What was looked at and what was found."""

    files: int = 0
    records: int = 0
    bytes: int = 0
    claims: int = 0
    """Claims of index lines and table rows that were followed."""
    snapshots: list[str] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)

    @property
    def is_sound(self) -> bool:
        """Whether there is no fault; notes do not count."""
        return self.findings.count("fault") == 0


def verify_files(
    paths: Sequence[Path], *, jobs: int = 1, on_progress: OnProgress | None = None
) -> Report:
    """Verify WARC files, ours or anybody's, by themselves and against each other.

    Raises UsageError when one is not there, OSError when one cannot be read.
    """
    unique = {path.resolve(): path for path in paths}
    for path in unique.values():
        if not path.is_file():
            raise UsageError(f"{path}: there is no such file")
    tasks = [Task(path, str(path), number) for number, path in enumerate(unique.values())]
    report = Report()
    with tempfile.TemporaryDirectory(prefix="kremlin-archive-verify-") as folder:
        read_files(report, tasks, Path(folder), jobs, Meter(tasks, 0, on_progress))
    return report


def read_files(
    report: Report, tasks: Sequence[Task], folder: Path, jobs: int, meter: Meter
) -> Fixity:
    """Read the WARC files and join their ids; ``folder`` is for temporary files."""
    join = Join(folder)
    fixity: Fixity = {}
    with local_executor(min(jobs, len(tasks))) as executor:
        for outcome in _outcomes(tasks, executor, meter):
            fixity[outcome.number] = (outcome.size, outcome.sha256)
            report.files += 1
            report.records += outcome.records
            report.claims += outcome.claims
            report.bytes += outcome.size
            report.findings.merge(outcome.findings)
            join.take(outcome.identities, outcome.references)
    for task in tasks:
        if task.path.name.endswith(OPEN_SUFFIX):
            report.findings.add(finding("open-file", task.name, "the file is not closed"))
    report.findings.extend(join.findings([task.name for task in tasks]))
    return fixity


def _outcomes(tasks: Sequence[Task], executor: Executor | None, meter: Meter) -> Iterator[Outcome]:
    if executor is None:
        for task in tasks:
            outcome = verify_warc(task, meter.within)
            meter.add(outcome.size)
            yield outcome
        return
    for future in as_completed([executor.submit(verify_warc, task) for task in tasks]):
        outcome = future.result()
        meter.add(outcome.size)
        yield outcome


class Meter:
    """Counts bytes of all files together for the progress line."""

    def __init__(self, tasks: Sequence[Task], more: int, on_progress: OnProgress | None) -> None:
        self._total = more + sum(task.path.stat().st_size for task in tasks)
        self._done = 0
        self._on_progress = on_progress

    def add(self, size: int) -> None:
        """Bytes of files that are done."""
        self._done += size
        self.within(0)

    def within(self, size: int) -> None:
        """Bytes of the file that is being read."""
        if self._on_progress is not None:
            self._on_progress(self._done + size, self._total)
