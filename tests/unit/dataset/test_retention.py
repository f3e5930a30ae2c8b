"""Which snapshots stay, over years of hourly runs and days without any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kremlin_archive.dataset.retention import is_snapshot_id, kept, read_keep
from kremlin_archive.errors import UsageError

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)  # a Saturday


def name(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H%M%SZ")


def hourly(days: int) -> list[str]:
    newest = NOW.replace(minute=0)
    return [name(newest - timedelta(hours=hour)) for hour in range(24 * days)]


def test_two_years_of_hourly_snapshots() -> None:
    snapshots = hourly(730)
    reasons = kept(snapshots, snapshots[0], {}, NOW)
    assert list(reasons) == sorted(reasons)
    assert reasons["2026-11-21T120000Z"] == "the latest"
    recent = [one for one in reasons if NOW - timedelta(hours=48) <= _instant(one)]
    assert len(recent) == 48
    older = {one: reason for one, reason in reasons.items() if one not in recent}
    assert [one for one in older if one >= "2026-11"] == [
        f"2026-11-{day:02}T230000Z" for day in (1, *range(8, 19))
    ]
    assert older["2026-11-08T230000Z"] == "last of 2026-11-08"
    assert older["2026-11-01T230000Z"] == "last of week 2026-W44"
    assert older["2025-02-28T230000Z"] == "last of 2025-02"
    weeklies = [one for one, reason in older.items() if "week" in reason]
    assert weeklies == [
        f"2026-{day}T230000Z" for day in ("10-04", "10-11", "10-18", "10-25", "11-01")
    ]
    months = [one for one, reason in older.items() if len(reason) == len("last of 2026-11")]
    assert len(months) == 24
    assert len(reasons) == 48 + 11 + 5 + 24


def test_what_is_kept_once_is_kept_until_its_rule_says_otherwise() -> None:
    """Pruned again and again for months, or once at its end: the same snapshots stay."""
    every = sorted(hourly(130))[::5]
    there: list[str] = []
    for newest in every:
        there = list(kept([*there, newest], newest, {}, _instant(newest)))
    assert there == list(kept(every, every[-1], {}, _instant(every[-1])))


def test_days_and_weeks_without_a_snapshot_do_not_count() -> None:
    monthly = [f"2026-{month:02}-{day:02}T000000Z" for month in range(1, 12) for day in (1, 15)]
    reasons = kept(monthly, monthly[-1], {}, NOW + timedelta(days=300))
    assert len(reasons) == 14 + 4  # the newest 14 days, and the months before them


def test_the_latest_stays_whatever_its_age_or_name() -> None:
    snapshots = ["2020-01-01T000000Z", "2020-01-01T000000Z-r2", "2020-01-01T000000Z-r10"]
    assert kept(snapshots, snapshots[0], {}, NOW) == {
        snapshots[0]: "the latest",
        snapshots[2]: "last of 2020-01-01",
    }


def test_cited_snapshots_stay_and_their_reissues_too() -> None:
    snapshots = [f"2020-01-{day:02}T000000Z" for day in range(1, 31)]
    cited = {"2020-01-03T000000Z": "a paper", "2020-01-05T000000Z": "a book"}
    reissued = [*snapshots[:2], "2020-01-03T000000Z-r2", *snapshots[3:]]
    reasons = kept(reissued, None, cited, NOW)
    assert reasons["2020-01-03T000000Z-r2"] == "keep.toml: a paper"
    assert reasons["2020-01-05T000000Z"] == "keep.toml: a book"
    assert "2020-01-04T000000Z" not in reasons


def test_snapshots_of_a_clock_that_was_ahead_stay() -> None:
    ahead = name(NOW + timedelta(days=400))
    assert kept([ahead, name(NOW)], name(NOW), {}, NOW)[ahead] == "of the last 48 hours"


def test_other_names_are_nobodys_business() -> None:
    assert kept(["mine", "2026-13-01T000000Z", "2026-11-21"], None, {}, NOW) == {}
    assert not is_snapshot_id("2026-11-21T120000Z-r")
    assert not is_snapshot_id("2026-02-30T120000Z")


def test_nothing() -> None:
    assert kept([], None, {}, NOW) == {}


def test_keep_toml(tmp_path: Path) -> None:
    assert read_keep(tmp_path) == {}
    (tmp_path / "keep.toml").write_text(
        '[[keep]]\nsnapshot = "2026-11-21T120000Z"\nreason = "doi:10.1/2"\n'
    )
    assert read_keep(tmp_path) == {"2026-11-21T120000Z": "doi:10.1/2"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("keep = ", "not TOML"),
        ("", "[[keep]]"),
        ("keep = 1", "[[keep]]"),
        ('[[keep]]\nsnapshot = "2026-11-21T120000Z"', "exactly reason, snapshot"),
        ('[[keep]]\nsnapshot = "2026-11-21"\nreason = "r"', "must be like"),
        ('[[keep]]\nsnapshot = 5\nreason = "r"', "must be like"),
        ('[[keep]]\nsnapshot = "2026-11-21T120000Z"\nreason = " "', "say something"),
    ],
)
def test_a_keep_toml_that_cannot_be_understood(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "keep.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_keep(tmp_path)
    assert problem in str(caught.value)


def test_a_keep_toml_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "keep.toml").mkdir()
    with pytest.raises(UsageError, match=r"keep\.toml: it cannot be read"):
        read_keep(tmp_path)


def _instant(snapshot: str) -> datetime:
    return datetime.strptime(snapshot, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
