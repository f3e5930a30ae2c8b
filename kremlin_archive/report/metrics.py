"""A run's report as Prometheus metrics, for node_exporter's textfile collector. Pure but for the writing.

The collector reads every ``*.prom`` of its folder at any moment, so the file is written aside, under a name
that it does not read, and renamed. Format: the text exposition format, version 0.0.4.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

SUFFIX = ".prom"
_PREFIX = "kremlin_archive"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One metric: what it is called and means, the label its samples differ by, and the samples."""

    name: str
    meaning: str
    samples: Mapping[str, float]
    """Label value -> value; the only key is the empty string where there is no label."""
    label: str = ""

    def lines(self) -> Iterator[str]:
        """HELP, TYPE and the samples, or nothing where there is no sample."""
        if not self.samples:
            return
        name = f"{_PREFIX}_{self.name}"
        yield f"# HELP {name} {_escaped(self.meaning)}"
        yield f"# TYPE {name} gauge"
        for value, number in self.samples.items():
            labels = f'{{{self.label}="{_escaped(value, quotes=True)}"}}' if self.label else ""
            yield f"{name}{labels} {number!r}"


def exposition(report: Mapping[str, Any]) -> str:
    """A run's report (``runs/ID.json``) as metrics, each with HELP and TYPE, ending in a line feed.

    What the report does not say (no snapshot stands: no documents; nothing was begun: no pages) is left out
    rather than told as 0.
    """
    return "".join(f"{line}\n" for gauge in _gauges(report) for line in gauge.lines())


def write_metrics(path: Path, report: Mapping[str, Any]) -> None:
    """Write a run's metrics aside and put them in place; a failure is said in the log."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f"{SUFFIX}.open")
        aside.write_text(exposition(report), "utf-8")
        aside.replace(path)
    except OSError as error:
        logger.error("%s: the metrics could not be written: %s", path, error)


def _gauges(report: Mapping[str, Any]) -> Iterator[Gauge]:
    ended = datetime.fromisoformat(report["ended_at"]).timestamp()
    yield Gauge("last_run_timestamp_seconds", "When the last run ended, Unix time.", _one(ended))
    yield Gauge("last_run_duration_seconds", "How long it took.", _one(report.get("seconds")))
    yield Gauge(
        "last_run_exit_code",
        "0 done, 1 wrong use, 2 done in part, 3 refused by the site.",
        _one(report["exit_code"]),
    )
    pages, warnings = report.get("pages", {}), report.get("warnings", {})
    yield Gauge("last_run_pages", "Event pages, by what came of them.", pages, "outcome")
    yield Gauge("last_run_exchanges", "Exchanges stored.", _one(report.get("exchanges")))
    yield Gauge(
        "last_run_crashes", "Errors of the archive's own code.", _one(report.get("crashes"))
    )
    yield Gauge("last_run_warnings", "Oddities on pages, by kind.", warnings, "kind")
    yield Gauge(
        "last_run_drifting_fields",
        "Fields that far fewer pages fill than usual: the layout may have changed.",
        _one(len(report["drift"]) if "drift" in report else None),
    )
    yield Gauge(
        "missing",
        "Documents that the site named, or told a change of, and that no run has read since.",
        report.get("missing", {}),
        "what",
    )
    yield Gauge(
        "documents",
        "Documents in the snapshot that the last run published.",
        _one(report.get("snapshot_rows", {}).get("documents")),
    )


def _one(value: float | None) -> dict[str, float]:
    return {} if value is None else {"": value}


def _escaped(text: str, *, quotes: bool = False) -> str:
    r"""Text with ``\`` and line feed escaped; in a label value the quotation mark too.

    >>> _escaped('a"b', quotes=True)
    'a\\"b'
    """
    escaped = text.replace("\\", r"\\").replace("\n", r"\n")
    return escaped.replace('"', r"\"") if quotes else escaped
