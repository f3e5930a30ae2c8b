"""What a run publishes, what it lets stand, and what it prunes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kremlin_archive.replica import Replica
from kremlin_archive.replica.site import Site
from tests.crawl.running import Crawl, Run, crawl_at

NEWS = {"languages": "en", "sections": "news"}


def snapshots(run: Run) -> list[str]:
    return sorted(path.name for path in (run.root / "snapshots").iterdir())


def publish_event(replica: Replica, event_id: int) -> None:
    site = replica.source
    assert isinstance(site, Site)
    site.publish(
        replace(site.edition("en", 66419), event_id=event_id, published="2026-12-30 12:00")
    )


def test_a_quiet_run_lets_the_snapshot_stand_and_says_so(crawl: Crawl, replica: Replica) -> None:
    first = crawl(**NEWS)
    assert first.report["published"]
    (stands,) = snapshots(first)
    quiet = crawl(**NEWS)
    assert (quiet.code, snapshots(quiet)) == (0, [stands])
    assert f"{stands} stands; nothing new was published" in quiet.words
    assert quiet.report["snapshot"] == stands
    assert quiet.report["snapshot_rows"] == first.report["snapshot_rows"]
    assert not quiet.report["published"]
    publish_event(replica, 90001)
    third = crawl(**NEWS)
    assert len(snapshots(third)) == 2
    assert third.report["published"]
    quiet_captures = {row["run_id"] for row in third.rows("captures")}
    assert quiet.report["run_id"] in quiet_captures


def test_another_look_at_pages_that_did_not_change_publishes_nothing(crawl: Crawl) -> None:
    crawl(**NEWS)
    run = crawl(mode="recheck", **NEWS)
    assert run.pages["unchanged"] > 40
    assert (run.code, len(snapshots(run))) == (0, 1)


def test_what_a_run_without_a_snapshot_fetched_the_next_quiet_run_publishes(
    crawl: Crawl, replica: Replica
) -> None:
    crawl(**NEWS)
    publish_event(replica, 90002)
    run = crawl(settings={"PUBLISH": "never"}, **NEWS)
    assert run.pages == {"new": 1}
    assert (run.code, len(snapshots(run))) == (0, 1)
    assert "en:90002" not in run.documents
    quiet = crawl(**NEWS)
    assert quiet.pages == {}
    assert "en:90002" in quiet.documents


def test_always(crawl: Crawl) -> None:
    crawl(**NEWS)
    run = crawl(settings={"PUBLISH": "always"}, **NEWS)
    assert len(snapshots(run)) == 2


def test_a_run_that_published_prunes_and_a_failure_is_only_said(
    crawl: Crawl, replica: Replica
) -> None:
    run = crawl(**NEWS)
    for hour in range(3):
        (run.root / f"snapshots/2001-01-01T0{hour}0000Z").mkdir()
    assert len(snapshots(crawl(**NEWS))) == 4  # nothing was published, so nothing is pruned
    publish_event(replica, 90003)
    kept = crawl(settings={"PRUNE_SNAPSHOTS": "False"}, **NEWS)
    assert len(snapshots(kept)) == 5
    publish_event(replica, 90004)
    (run.root / "keep.toml").write_text("keep")
    failed = crawl(**NEWS)
    assert (failed.code, len(snapshots(failed))) == (0, 6)
    assert "old snapshots could not be pruned" in failed.log
    publish_event(replica, 90005)
    (run.root / "keep.toml").unlink()
    assert [name for name in snapshots(crawl(**NEWS)) if name < "2002"] == ["2001-01-01T020000Z"]


@pytest.mark.parametrize(
    ("name", "value"), [("PUBLISH", "daily"), ("PUBLISH", ""), ("PRUNE_SNAPSHOTS", "perhaps")]
)
def test_a_wrong_setting_is_said_before_the_first_request(
    tmp_path: Path, replica: Replica, name: str, value: str
) -> None:
    run = crawl_at(tmp_path, replica.connect_to, {}, {name: value})
    assert run.code == 1
    assert f"{name}={value!r}" in run.log
    assert replica.exchanges == ()
