"""Tell machines how a run ended: a line of JSON, metrics, a monitor. What cannot be told decides nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kremlin_archive.report.heartbeat import send_heartbeat
from kremlin_archive.report.metrics import write_metrics
from kremlin_archive.report.runs import json_line
from kremlin_archive.report.streams import say
from kremlin_archive.report.tally import ExitCode


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told, and whom."""

    json_line: bool = False
    metrics: Path | None = None
    heartbeat: str = ""

    def tell_report(self, report: Mapping[str, Any]) -> None:
        """Print a run's report as one line, and put its metrics in place.

        The metrics of a run that another kept out are not: they would take the place of that other's.
        """
        if self.json_line:
            say(json_line(report), sys.stdout)
        if self.metrics is not None and report["exit_code"] != ExitCode.LOCKED:
            write_metrics(self.metrics, report)

    def tell_monitor(self, code: int, words: str) -> None:
        """Last, with the archive unlocked, so that a slow monitor is in nobody's way.

        Not of a run that another kept out: all is well as long as that other one ends.
        """
        if self.heartbeat and code != ExitCode.LOCKED:
            send_heartbeat(self.heartbeat, code, words)
