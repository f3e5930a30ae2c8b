"""Hourly runs of the real command under a controlled clock: every promise of an unwatched archive is kept.

A short time of all that a year has; ``YEAR=1`` lives the whole year (as ``python -m tests.year`` does).
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.year.judge import what_happened
from tests.year.running import live
from tests.year.scenario import plan
from tests.year.settling import settle

DAYS = 365 if os.environ.get("YEAR") else 5
SEED = int(os.environ.get("SEED", "1"))


def test_every_promise_is_kept(tmp_path: Path) -> None:
    scenario = plan(SEED, DAYS)
    runs = list(live(scenario, tmp_path / "archive", tmp_path / "log"))
    broken, words = settle(scenario, runs, tmp_path / "archive")
    print(words)  # noqa: T201 - shown with -s, and when a promise is broken
    assert broken == [], words


def test_a_short_time_has_all_that_a_year_has() -> None:
    short, whole = plan(SEED, 5), plan(SEED, 365)
    for scenario in (short, whole):
        assert set(what_happened(scenario)) == {
            "new", "late", "announced", "signalled", "silent", "removed", "moved", "restored", "reused"
        }  # fmt: skip
        weather = {turn.weather for turn in scenario.turns}
        assert len(weather) == 7
        assert {turn.clock < turn.at for turn in scenario.turns} == {True, False}
        assert any(turn.kill is not None for turn in scenario.turns)
    assert len(whole.turns) == 8760


def test_the_same_seed_plans_the_same_year() -> None:
    assert plan(5, 30) == plan(5, 30)
    assert plan(5, 30) != plan(6, 30)
