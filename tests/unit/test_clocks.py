from __future__ import annotations

import pytest

from kremlin_archive.clocks import OwnClock, SiteClock

ANSWERS = {
    "agree": ([0, 59, -59], None),
    "one late, from a cache": ([3600], None),
    "two late": ([3600, 3600], 3600),
    "late ones after one that agreed, from a cache": ([0, 3600, 3600, 3600], None),
    "late, then one that agrees": ([3600, 0, 3600], None),
    "behind": ([-61], -61),
    "behind after one that agreed": ([0, 0, -61], -61),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_the_sites_clock(case: str) -> None:
    answers, wrong = ANSWERS[case]
    clock = SiteClock(60)
    found = [clock.apart(ahead) for ahead in answers]
    assert found[:-1] == [None] * (len(answers) - 1)
    assert found[-1] == wrong


@pytest.mark.parametrize(("moved", "passed", "by"), [(10, 10, None), (70, 10, None), (71, 10, 61)])
def test_a_clock_that_goes_as_time_does_was_not_set(
    moved: float, passed: float, by: float | None
) -> None:
    now, elapsed = [1000.0], [5.0]
    clock = OwnClock(60, lambda: now[0], lambda: elapsed[0])
    now[0] += moved
    elapsed[0] += passed
    assert clock.was_set_by() == by


def test_a_clock_that_was_set_back() -> None:
    now = [1000.0]
    clock = OwnClock(60, lambda: now[0], lambda: 5.0)
    now[0] -= 3600
    assert clock.was_set_by() == -3600
