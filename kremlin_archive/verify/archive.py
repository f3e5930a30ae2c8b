"""Verify an archive: every byte is read once, every pointer is followed.

First the index and the rows of the snapshots are read, and what they say of records is put aside by WARC
file (``claims.py``); then the WARC files are read, and all of that is checked on the way (``files.py``).
Nothing in the archive is written; temporary files take about 53 bytes a record and 70 a row or line.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kremlin_archive.archive.closed_warcs import WARCS
from kremlin_archive.archive.writer import OPEN_SUFFIX
from kremlin_archive.dataset.layout import SNAPSHOTS
from kremlin_archive.errors import UsageError
from kremlin_archive.verify.claims import CLAIM_WIDTH, Claimant
from kremlin_archive.verify.files import Fixity, Meter, OnProgress, Report, read_files
from kremlin_archive.verify.findings import finding
from kremlin_archive.verify.index import INDEX, index_findings
from kremlin_archive.verify.snapshots import (
    file_findings,
    latest_findings,
    manifest_of,
    row_claims,
    snapshots_of,
)
from kremlin_archive.verify.spool import Spool
from kremlin_archive.verify.warc import Task


def verify_archive(
    root: Path,
    *,
    every_snapshot: bool = False,
    jobs: int = 1,
    on_progress: OnProgress | None = None,
) -> Report:
    """Verify all that an archive holds: WARC files, index, snapshots, and the pointers between them.

    Raises UsageError when there is no archive, OSError when something cannot be read.
    """
    tasks = archive_tasks(root)
    snapshots = snapshots_of(root, every=every_snapshot)
    if not tasks and not snapshots:
        raise UsageError(f"{root}: there is neither a WARC file nor a snapshot to verify")
    report = Report(snapshots=[path.name for path in snapshots])
    meter = Meter(tasks, sum(_bytes_below(path) for path in snapshots), on_progress)
    with tempfile.TemporaryDirectory(prefix="kremlin-archive-verify-") as folder:
        claims = Spool(Path(folder) / "claims", CLAIM_WIDTH)
        claimants = _read_claims(report, root, tasks, claims, meter)
        is_indexed = (root / INDEX).is_file()
        armed = [_armed(task, claims, claimants, is_indexed=is_indexed) for task in tasks]
        fixity = read_files(report, armed, Path(folder), jobs, meter)
        _against_manifests(report, snapshots, armed, fixity)
    return report


def archive_tasks(root: Path) -> list[Task]:
    """A task for each WARC file of an archive, closed or open, by name."""
    patterns = ("*.warc.gz", "*.warc", f"*.warc.gz{OPEN_SUFFIX}")
    found = sorted({path for pattern in patterns for path in (root / WARCS).rglob(pattern)})
    return [
        Task(path, path.relative_to(root).as_posix(), number) for number, path in enumerate(found)
    ]


def _armed(task: Task, claims: Spool, claimants: tuple[Claimant, ...], *, is_indexed: bool) -> Task:
    """The task with what the rest of the archive says of its file; open files are not indexed yet."""
    return replace(
        task,
        claims=claims.path(task.number),
        claimants=claimants,
        is_indexed=is_indexed and not task.path.name.endswith(OPEN_SUFFIX),
        in_archive=True,
    )


def _read_claims(
    report: Report, root: Path, tasks: Sequence[Task], claims: Spool, meter: Meter
) -> tuple[Claimant, ...]:
    """Read the index and the snapshots: what is wrong with them, and what they say of records."""
    report.findings.extend(latest_findings(root))
    index = [Claimant("index", INDEX)] if (root / INDEX).is_file() else []
    if index:
        plain = {task.path.name: task.number for task in tasks}
        report.findings.extend(index_findings(root / INDEX, 0, plain, claims))
    else:
        report.findings.add(finding("no-index", INDEX, "the archive has no index"))
    tables: list[Path] = []
    for snapshot in (root / SNAPSHOTS / name for name in report.snapshots):
        report.findings.extend(file_findings(root, snapshot, meter.add))
        tables += sorted(snapshot.glob("*/*.parquet"))
    by_name = {task.path.relative_to(root / WARCS).as_posix(): task.number for task in tasks}
    claimants = [*index, *(Claimant("row", path.relative_to(root).as_posix()) for path in tables)]
    for number, table in enumerate(tables, len(index)):
        name = claimants[number].file
        report.findings.extend(row_claims(table, name, number, by_name, claims))
    claims.flush()
    return tuple(claimants)


def _against_manifests(
    report: Report,
    snapshots: Sequence[Path],
    tasks: Sequence[Task],
    fixity: Fixity,
) -> None:
    """Whether the WARC files are those the snapshots were made from, byte for byte."""
    numbers = {task.name.removeprefix(f"{WARCS}/"): task.number for task in tasks}
    said = {
        (one["name"], one["bytes"], one["sha256"]): snapshot.name
        for snapshot in snapshots
        for one in manifest_of(snapshot).get("warcs", ())
    }
    for (name, size, digest), snapshot in sorted(said.items()):
        number = numbers.get(name)
        place = f"{WARCS}/{name}"
        if number is None:
            problem = f"snapshot {snapshot} was made from it, and it is not there"
            report.findings.add(finding("file-missing", place, problem))
        elif fixity[number] != (size, digest):
            now = "{:,} bytes with SHA-256 {}".format(*fixity[number])
            problem = f"it has {now}; snapshot {snapshot} was made from {size:,} with {digest}"
            report.findings.add(finding("file-changed", place, problem))


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
