from __future__ import annotations

from pathlib import Path

import pytest

from kremlin_archive.report.summary import RunSummary, render
from kremlin_archive.report.tally import OUTCOMES, ExitCode, Tally, exit_code


def tally(**pages: int) -> Tally:
    counted = Tally()
    for outcome in OUTCOMES:
        for number in range(pages.get(outcome, 0)):
            url = f"http://en.kremlin.ru/{number}"
            if outcome in ("new", "changed", "unchanged"):
                counted.got(outcome)
            else:
                counted.missed(url, outcome, f"{url}: {outcome}")
    return counted


@pytest.mark.parametrize(
    ("pages", "ended", "stored", "code"),
    [
        ({}, "finished", True, ExitCode.DONE),
        ({"new": 3, "unchanged": 2}, "finished", True, ExitCode.DONE),
        ({"new": 3, "absent": 2}, "finished", True, ExitCode.DONE),
        ({"new": 3, "failed": 1}, "finished", True, ExitCode.IN_PART),
        ({"new": 3, "refused": 1}, "finished", True, ExitCode.IN_PART),
        ({"new": 3}, "shutdown", True, ExitCode.IN_PART),
        ({"new": 3}, "disk", True, ExitCode.IN_PART),
        ({"new": 3}, "finished", False, ExitCode.IN_PART),
        ({"refused": 2}, "finished", True, ExitCode.REFUSED),
        ({"new": 3, "refused": 5}, "refused", True, ExitCode.REFUSED),
        ({}, "capture_not_exact", False, ExitCode.WRONG_USE),
    ],
)
def test_the_exit_code_tells_the_truth(
    pages: dict[str, int],
    ended: str,
    stored: bool,
    code: ExitCode,
) -> None:
    assert exit_code(tally(**pages), ended=ended, stored=stored) == code


def test_a_crash_of_our_own_is_never_done() -> None:
    crashed = Tally(crashes=1)
    assert exit_code(crashed, ended="finished", stored=True) == ExitCode.IN_PART


def test_a_summary_names_counts_files_and_the_first_misses() -> None:
    counted = tally(new=2, failed=12)
    counted.warnings["unknown_block"] += 3
    words = render(
        RunSummary(
            run_id="2026-11-21T120000Z",
            seconds=61.4,
            tally=counted,
            code=ExitCode.IN_PART,
            ended="finished",
            warcs=[Path("output/warc/2026/a.warc.gz")],
            warc_bytes=1,
            snapshot=Path("output/snapshots/2026-11-21T120100Z"),
            snapshot_rows={"documents": 1234},
            problem=None,
        )
    )
    assert "exit code 2" in words
    assert "2 new, 0 changed, 0 unchanged, 0 absent, 12 failed, 0 refused" in words
    assert "output/warc/2026/a.warc.gz" in words
    assert "1,234 documents" in words
    assert "unknown_block ×3" in words
    assert words.count("http://en.kremlin.ru/") == 10
    assert "… and 2 more" in words
