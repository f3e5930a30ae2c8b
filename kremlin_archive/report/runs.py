"""Reports of runs, ``runs/ID.json``: one for each run, whatever its end.

A run that begins leaves ``ID.json.open``, which goes when its report is in place. What did not begin, because
it was wrong use or another run holds the archive, has a small report under a name that no run has; whoever
reads what runs did passes it over.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from kremlin_archive.archive.durable import replace_text
from kremlin_archive.report.tally import ExitCode

_OPEN = ".json.open"
_KILLED = {
    "exit_code": None,
    "ended": "killed",
    "problem": "the run was killed, the machine stopped, or the disk had no room for its report; what it had "
    "stored is kept, the rest is due",
}
_NOT_BEGUN = "-not-begun-"
_MISSES = 10  # in one line; the file names them all
logger = logging.getLogger(__name__)


def new_run_id(folder: Path, now: datetime) -> str:
    """Name of a run: the second it began, with a number where another began in the same second."""
    stamp = now.strftime("%Y-%m-%dT%H%M%SZ")
    taken = {path.stem for path in folder.glob(f"{stamp}*.json")}
    names = (stamp if number == 1 else f"{stamp}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def write_report(path: Path, report: Mapping[str, Any]) -> None:
    """Put a run's report in place, whole or not at all. Raises OSError."""
    _write(path, report)
    path.with_suffix(_OPEN).unlink(missing_ok=True)


def open_report(path: Path, report: Mapping[str, Any]) -> None:
    """Leave word that a run has begun, for ``close_reports`` if nothing else comes. Raises OSError."""
    _write(path.with_suffix(_OPEN), report)


def not_begun(
    now: datetime,
    code: ExitCode,
    problem: str,
    arguments: Mapping[str, str],
    versions: Mapping[str, str],
) -> dict[str, Any]:
    """The report of what did not begin. Its name is its own whoever else begins in the same second."""
    instant = now.isoformat(timespec="seconds")
    return {
        "run_id": f"{now:%Y-%m-%dT%H%M%SZ}{_NOT_BEGUN}{os.getpid()}",
        "began_at": instant,
        "arguments": arguments,
        "versions": versions,
        "ended_at": instant,
        "exit_code": code.value,
        "ended": "locked" if code is ExitCode.LOCKED else "wrong use",
        "problem": problem,
    }


def close_reports(folder: Path) -> list[Path]:
    """Make reports of what killed runs left open. Raises OSError; call it only under the archive's lock."""
    closed = []
    for unwritten in folder.glob(f"*{_OPEN}.new"):  # killed at its very beginning
        unwritten.replace(unwritten.with_suffix(""))
    for aside in sorted(folder.glob(f"*{_OPEN}")):
        path = aside.with_suffix("")
        if path.exists():
            aside.unlink(missing_ok=True)
        else:
            write_report(path, {**_begun(aside), **_KILLED})
            closed.append(path)
    return closed


def _begun(aside: Path) -> dict[str, Any]:
    try:
        report = json.loads(aside.read_text("utf-8"))
    except (OSError, ValueError):  # killed while it was being written
        report = None
    return report if isinstance(report, dict) else {"run_id": aside.name.removesuffix(_OPEN)}


def _write(path: Path, report: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, json.dumps(report, ensure_ascii=False, indent=2) + "\n")


def of_runs(folder: Path) -> Iterator[Path]:
    """The reports of runs that began and have ended, newest first."""
    reports = (name for name in _names(folder, ".json") if _NOT_BEGUN not in name)
    return (folder / name for name in sorted(reports, reverse=True))


def read_reports(folder: Path, *, most: int) -> Iterator[dict[str, Any]]:
    """The newest reports of runs that began, newest first, as far as they are asked for.

    A damaged one is passed over.
    """
    return _read(islice(of_runs(folder), most))


def last_not_begun(folder: Path) -> dict[str, Any] | None:
    """The newest report of what did not begin since the newest run began; None if there is none."""
    reports = _names(folder, ".json")
    began = {name for name in reports if _NOT_BEGUN not in name} | {*_names(folder, _OPEN)}
    since = max(began, default="").partition(".")[0]
    later = (name for name in reports if _NOT_BEGUN in name and name >= since)
    return next(_read(folder / name for name in sorted(later, reverse=True)), None)


def _read(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        try:
            report = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            logger.warning("%s: passed over, it cannot be read: %s", path, error)
            continue
        if isinstance(report, dict):
            yield report


def _names(folder: Path, suffix: str) -> list[str]:
    """Names of a folder's files that end so; as texts, because there is a report of each hour of years."""
    names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208
    return [name for name in names if name.endswith(suffix)]


def unfinished(
    reports: Iterable[Mapping[str, Any]], arguments: Mapping[str, str], since: datetime
) -> frozenset[str]:
    """Ids of the newest runs with these arguments, back to the last of them that came to its end.

    ``reports`` are those of runs that have ended, newest first; those that began before ``since`` do not
    count, for what a listing said then may have changed.
    """
    lately = takewhile(lambda one: str(one.get("began_at")) >= since.isoformat(), reports)
    same = (one for one in lately if one.get("arguments") == arguments)
    stopped = takewhile(lambda one: one.get("ended") != "finished", same)
    return frozenset(str(one.get("run_id")) for one in stopped)


def json_line(report: Mapping[str, Any]) -> str:
    """A report as one line of ASCII for log collectors: ``misses`` is cut, ``misses_count`` is not."""
    misses = report.get("misses", ())
    told = {**report, "misses": misses[:_MISSES], "misses_count": len(misses)}
    return json.dumps(told, separators=(",", ":"))
