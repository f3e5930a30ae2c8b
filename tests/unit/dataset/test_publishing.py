"""What a crawl does at its end, with real files: publish, or let the snapshot stand."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kremlin_archive.archive.closed_warcs import closed_warcs
from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.publishing import publish_if_due
from kremlin_archive.errors import SnapshotError, UsageError
from tests.unit.dataset.conftest import NOON, Event, Site, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.publishing import Publication

NOW = NOON + timedelta(hours=2)
LISTING = "http://en.kremlin.ru/events/president/news"


class Archive:
    """An archive that grows by one WARC file a run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.site = Site()
        self._runs = 0

    def run(self, *events: Event, publishes: bool = True, policy: str = "changed") -> Publication:
        self._runs += 1
        listing = self.site.capture(LISTING, b"<html>a listing</html>")
        captures = [listing, *(self.site.event(event) for event in events)]
        self.site.warc(self.root / "warc" / f"{self._runs}.warc.gz", captures)
        return self.publish(policy if publishes else "never")

    def publish(self, policy: str = "changed", hours: float = 0) -> Publication:
        now, warcs = NOW + timedelta(hours=hours), closed_warcs(self.root)
        return publish_if_due(self.root, policy, now, warcs)  # type: ignore[arg-type]

    @property
    def snapshots(self) -> list[str]:
        return sorted(path.name for path in (self.root / "snapshots").iterdir())


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path)
    assert made.run(Event()).why_not is None
    return made


def test_a_quiet_run_publishes_nothing_and_the_snapshot_stands(archive: Archive) -> None:
    for _ in range(3):
        published = archive.run(Event())
        assert published.why_not == "nothing that it does not show was seen"
        assert published.snapshot == archive.root / "snapshots" / archive.snapshots[0]
        assert published.rows["documents"] == 1
    assert len(archive.snapshots) == 1


def test_news_are_published(archive: Archive) -> None:
    published = archive.run(Event(title="Talks"))
    assert (published.why_not, len(archive.snapshots)) == (None, 2)
    assert published.rows["revisions"] == 2


def test_news_of_a_run_that_was_killed_are_published_by_the_next_one(archive: Archive) -> None:
    archive.run(Event(event_id=7), publishes=False)
    published = archive.run(Event())
    assert published.why_not is None
    assert published.snapshot is not None
    assert {row["doc_id"] for row in rows_of(published.snapshot, "documents")} == {
        "en:66419",
        "en:7",
    }


def test_quiet_captures_are_published_after_a_day(archive: Archive) -> None:
    archive.run(Event())
    assert archive.publish(hours=20).why_not is not None
    published = archive.publish(hours=23)
    assert published.why_not is None
    assert published.rows["captures"] == 4
    assert archive.publish(hours=48).why_not is not None  # nothing was captured since


@pytest.mark.parametrize(
    "damage", ["manifest.json", "SHA256SUMS", "documents/documents-en-2021.parquet"]
)
def test_a_damaged_snapshot_is_published_anew(archive: Archive, damage: str) -> None:
    (path,) = (archive.root / "snapshots").glob(f"*/{damage}")
    path.write_bytes(b"damaged")
    published = archive.run(Event())
    assert published.why_not is None
    assert published.snapshot is not None
    assert len(rows_of(published.snapshot, "documents")) == 1


@pytest.mark.parametrize("lost", ["snapshots", "latest.json", "cache/shards.json"])
def test_what_is_lost_is_made_anew(archive: Archive, lost: str) -> None:
    path = archive.root / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert archive.publish().why_not is None


@pytest.mark.parametrize("made", ["a folder", "a copy", "nothing", "another link", "json a folder"])
@pytest.mark.parametrize("policy", ["changed", "never"])
def test_a_link_that_leads_elsewhere_is_mended(archive: Archive, made: str, policy: str) -> None:
    link, snapshot = archive.root / "latest", archive.snapshots[0]
    if made == "json a folder":
        (archive.root / "latest.json").unlink()
        (archive.root / "latest.json").mkdir()
        policy = "changed"
    else:
        link.unlink()
    if made == "a folder":
        link.mkdir()
    elif made == "a copy":  # made by a tool that follows links
        shutil.copytree(archive.root / "snapshots" / snapshot, link)
    elif made == "another link":
        link.symlink_to("elsewhere")
    archive.publish(policy)
    assert str(link.readlink()) == f"snapshots/{snapshot}"
    assert json.loads((archive.root / "latest.json").read_text())["snapshot"] == snapshot
    assert (archive.root / "latest.aside-1").is_dir() == (made in ("a folder", "a copy"))


def test_other_code_publishes(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kremlin_archive.dataset.standing.code_key", lambda: "other")
    assert archive.run(Event()).why_not is None


def test_a_removal_is_published(archive: Archive) -> None:
    (archive.root / "removals.toml").write_text(
        '[[removal]]\ndoc_id = "en:66419"\nremoved_at = 2026-11-25\nreason = "r"\nbasis = "b"\n'
    )
    assert archive.publish().why_not is None
    assert archive.run(Event()).why_not is not None


def test_removals_that_cannot_be_read_stop_the_publication(archive: Archive) -> None:
    (archive.root / "removals.toml").write_text("removed = 1")
    with pytest.raises(SnapshotError, match=r"removals\.toml"):
        archive.publish()


@pytest.mark.parametrize("policy", ["changed", "always"])
def test_nothing_is_published_while_a_file_is_lost(archive: Archive, policy: str) -> None:
    archive.run(Event(event_id=7))
    lost = archive.root / "warc/2.warc.gz"
    kept = lost.rename(archive.root / "kept")
    published = archive.run(Event(event_id=8), policy=policy)
    assert published.why_not == "WARC files that it was made from are lost: 2.warc.gz is gone"
    assert published.rows["documents"] == 2
    kept.rename(lost)
    assert archive.publish().rows["documents"] == 3


def test_a_file_that_is_shorter_is_lost_too(archive: Archive) -> None:
    path = archive.root / "warc/1.warc.gz"
    path.write_bytes(path.read_bytes()[:400])
    assert "1.warc.gz has 400 bytes and had" in str(archive.run(Event(event_id=7)).why_not)


def test_who_extracts_what_is_there_has_lost_nothing_any_more(archive: Archive) -> None:
    archive.run(Event(event_id=7))
    (archive.root / "warc/2.warc.gz").unlink()
    extract(archive.root)
    published = archive.run(Event(event_id=8))
    assert published.why_not is None
    assert published.rows["documents"] == 2


def test_a_file_from_elsewhere_is_not_missed(archive: Archive) -> None:
    elsewhere = archive.root.parent / "elsewhere.warc.gz"
    archive.site.warc(elsewhere, [archive.site.event(Event(event_id=7))])
    extract(archive.root, [elsewhere])
    assert archive.run(Event()).why_not is None


def test_a_damaged_part_of_a_quiet_run(archive: Archive) -> None:
    archive.run(Event(), publishes=False)
    part = archive.root / "cache/parts/2.warc.gz.parquet"
    assert not part.exists()
    part.write_bytes(b"damaged")
    assert archive.publish().why_not is not None


def test_always(archive: Archive) -> None:
    assert archive.run(Event(), policy="always").why_not is None
    assert len(archive.snapshots) == 2


def test_never(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    published = archive.run(Event(), policy="never")
    assert (published.snapshot, published.why_not) == (None, "PUBLISH=never")
    assert not (tmp_path / "snapshots").exists()
    archive.publish()
    standing = archive.publish("never")
    assert standing.snapshot is not None
    assert standing.rows["documents"] == 1


def test_never_says_nothing_of_rows_that_cannot_be_read(archive: Archive) -> None:
    (path,) = (archive.root / "snapshots").glob("*/manifest.json")
    path.write_text(json.dumps({"rows": None}))
    assert archive.publish("never").rows == {}


def test_nothing_was_ever_fetched(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no WARC files"):
        publish_if_due(tmp_path, "changed", NOW, {})
