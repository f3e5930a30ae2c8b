from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kremlin_archive.breaker import Shut, Why
from kremlin_archive.report.runs import unfinished
from kremlin_archive.report.summary import RunSummary, render
from kremlin_archive.report.tally import OUTCOMES, ExitCode, Tally, exit_code, how_it_ended


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


def shut_by(*whys: Why) -> Tally:
    shut = {f"host-{n}": Shut(f"host-{n}", why, f"host-{n} {why}") for n, why in enumerate(whys)}
    return Tally(shut=shut)


@pytest.mark.parametrize(
    ("whys", "ended", "code"),
    [
        (["refused"], "refused", ExitCode.REFUSED),
        (["unreachable"], "unreachable", ExitCode.IN_PART),
        (["broken"], "broken", ExitCode.IN_PART),
        (["budget"], "budget", ExitCode.IN_PART),
        (["broken", "unreachable"], "unreachable", ExitCode.IN_PART),
        (["budget", "unreachable", "refused"], "refused", ExitCode.REFUSED),
    ],
)
def test_hosts_left_alone_are_told_the_gravest_first(
    whys: list[Why], ended: str, code: ExitCode
) -> None:
    counted = shut_by(*whys)
    counted.got("new")
    assert how_it_ended(counted, "finished") == ended
    assert how_it_ended(counted, "shutdown") == "shutdown"
    assert exit_code(counted, ended=ended, stored=True) == code
    assert counted.problem == "; ".join(shut.problem for shut in counted.shut.values())


def test_a_refusal_is_said_also_where_the_run_was_stopped_by_hand() -> None:
    assert exit_code(shut_by("refused"), ended="shutdown", stored=True) == ExitCode.REFUSED


def test_what_was_left_is_never_done() -> None:
    assert exit_code(Tally(left=1), ended="finished", stored=True) == ExitCode.IN_PART


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


@pytest.mark.parametrize(
    ("gone", "there", "code"),
    [
        (20, 0, ExitCode.IN_PART),
        (5, 4, ExitCode.IN_PART),
        (4, 0, ExitCode.DONE),
        (5, 5, ExitCode.DONE),
    ],
)
def test_most_pages_vanishing_at_once_is_an_alarm(gone: int, there: int, code: ExitCode) -> None:
    counted = tally(absent=gone, unchanged=there)
    counted.vanished["ru"] = gone
    counted.found.update({"ru": there, "en": 100})
    assert exit_code(counted, ended="finished", stored=True) is code
    assert bool(counted.alarms) is bool(code)
    assert (f"ru: {gone} archived pages vanished at once" in (counted.problem or "")) is bool(code)


def test_runs_of_the_same_words_are_unfinished_back_to_the_last_that_came_to_its_end() -> None:
    def ran(name: str, ended: str, **arguments: str) -> dict[str, object]:
        began = "2026-01-10T00:00:00+00:00"
        return {"run_id": name, "ended": ended, "arguments": arguments, "began_at": began}

    reports = [
        ran("e", "killed", mode="backfill"),
        ran("d", "finished"),
        ran("c", "budget", mode="backfill"),
        ran("b", "finished", mode="backfill"),
        ran("a", "shutdown", mode="backfill"),
        {},
    ]
    since = datetime(2026, 1, 9, tzinfo=UTC)
    assert unfinished(reports, {"mode": "backfill"}, since) == {"c", "e"}
    assert unfinished(reports, {"mode": "backfill", "since": "2021-01-01"}, since) == frozenset()
    assert unfinished(reports, {}, since) == frozenset()
    assert (
        unfinished(reports, {"mode": "backfill"}, datetime(2026, 1, 11, tzinfo=UTC)) == frozenset()
    )
