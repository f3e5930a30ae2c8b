"""The end of a simulated year: publish what is unpublished, verify, judge, report."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.year.evidence import gather
from tests.year.judge import judge
from tests.year.report import report
from tests.year.running import Ran
from tests.year.scenario import Scenario

_LINES = 20


def settle(scenario: Scenario, runs: Sequence[Ran], archive: Path) -> tuple[list[str], str]:
    """Give the promises that were broken and the report in words.

    Quiet runs may leave their captures unpublished, so the tables are made once more before they are read.
    """
    problems = [*_command("extract", archive), *_command("verify", archive)]
    evidence = gather(archive, runs)
    verdict = judge(scenario, runs, evidence)
    verdict.broken += problems
    return verdict.broken, report(scenario, runs, evidence, verdict)


def _command(verb: str, archive: Path) -> list[str]:
    command = [sys.executable, "-m", "kremlin_archive", verb, "--root", str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    said = (done.stdout + done.stderr).strip().splitlines()
    return [
        f"kremlin-archive {verb} ended with {done.returncode}: {line}" for line in said[-_LINES:]
    ]
