"""Reports of runs, ``runs/ID.json``: one for each run, whatever its end."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

_OPEN = ".json.open"
_KILLED = {
    "exit_code": None,
    "ended": "killed",
    "problem": "the run was killed, or the machine stopped; what it had stored is kept, the rest is due",
}
_MISSES = 10  # in one line; the file names them all
logger = logging.getLogger(__name__)


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write a report aside and put it in place; one that cannot be written is said in the log."""
    try:
        _write_aside(path, report).replace(path)
    except OSError as error:
        logger.error("%s: the run's report could not be written: %s", path, error)


def open_report(path: Path, report: dict[str, Any]) -> None:
    """Leave word that a run has begun: what ``close_reports`` finds when nothing else comes."""
    try:
        _write_aside(path, report)
    except OSError as error:
        logger.error("%s: the run's report could not be begun: %s", path, error)


def close_reports(folder: Path) -> list[Path]:
    """Make reports of what killed runs left open; call it only under the archive's lock."""
    closed = []
    for aside in sorted(folder.glob(f"*{_OPEN}")):
        path = aside.with_suffix("")
        if not path.exists():
            write_report(path, {**_begun(aside), **_KILLED})
            closed.append(path)
        aside.unlink(missing_ok=True)
    return closed


def _begun(aside: Path) -> dict[str, Any]:
    try:
        report = json.loads(aside.read_text("utf-8"))
    except (OSError, ValueError):  # killed while it was being written
        report = None
    return report if isinstance(report, dict) else {"run_id": aside.name.removesuffix(_OPEN)}


def _write_aside(path: Path, report: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(_OPEN)
    aside.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return aside


def read_reports(folder: Path, *, most: int) -> Iterator[dict[str, Any]]:
    """The newest reports, newest first, as far as they are asked for; a damaged one is passed over."""
    for path in sorted(folder.glob("*.json"), reverse=True)[:most]:
        try:
            report = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            logger.warning("%s: passed over, it cannot be read: %s", path, error)
            continue
        if isinstance(report, dict):
            yield report


def unfinished(
    reports: Iterable[Mapping[str, Any]], arguments: Mapping[str, str]
) -> frozenset[str]:
    """Ids of the newest runs with these arguments, back to the last of them that came to its end.

    ``reports`` are those of runs that have ended, newest first.
    """
    same = (one for one in reports if one.get("arguments") == arguments)
    stopped = takewhile(lambda one: one.get("ended") != "finished", same)
    return frozenset(str(one.get("run_id")) for one in stopped)


def json_line(report: Mapping[str, Any]) -> str:
    """A report as one line of ASCII for log collectors: ``misses`` is cut, ``misses_count`` is not."""
    misses = report["misses"]
    told = {**report, "misses": misses[:_MISSES], "misses_count": len(misses)}
    return json.dumps(told, separators=(",", ":"))
