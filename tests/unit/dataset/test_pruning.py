"""Deleting snapshots: what goes, what stays, and what can go wrong on the way."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from kremlin_archive.cli import main
from kremlin_archive.dataset.parts import part_path, read_part
from kremlin_archive.dataset.pruning import prune
from kremlin_archive.dataset.snapshot import latest, publish
from kremlin_archive.errors import LockedError, SnapshotError, UsageError
from tests.unit.dataset.conftest import Event, Site

LATER = datetime(2027, 6, 1, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path, site: Site) -> Path:
    """Three snapshots of one day, the files of earlier years shared."""
    old = site.event(Event(event_id=5, day="2001-01-01"), hours=-1)
    parts = [site.part(tmp_path, [old, site.event(hours=0)], "0.warc.gz")]
    for hour in (1, 2):
        event = Event(title=f"Title {hour}")
        parts.append(site.part(tmp_path, [site.event(event, hours=hour)], f"{hour}.warc.gz"))
    for end in (1, 2, 3):
        publish(tmp_path, parts[:end])
    return tmp_path


def names(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "snapshots").iterdir())


IDS = ["2026-11-21T120000Z", "2026-11-21T130000Z", "2026-11-21T140000Z"]


def test_what_nobody_needs_goes(root: Path) -> None:
    assert names(root) == IDS
    shared = root / "snapshots" / IDS[2] / "documents/documents-en-2001.parquet"
    assert shared.stat().st_nlink == 3
    pruned = prune(root, LATER)
    assert pruned.deleted == (IDS[0], IDS[1])
    assert pruned.kept == {IDS[2]: "the latest"}
    assert names(root) == IDS[2:]
    assert shared.stat().st_nlink == 1
    assert not (root / "staging").exists()
    newest = latest(root)
    assert newest is not None
    assert newest.name == IDS[2]


def test_a_rehearsal_deletes_nothing(root: Path) -> None:
    with FileLock(root / "cache/publish.lock"):
        pruned = prune(root, LATER, is_rehearsal=True)
    assert pruned.deleted == (IDS[0], IDS[1])
    assert names(root) == IDS


def test_of_the_last_48_hours_all_stay(root: Path) -> None:
    now = datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert prune(root, now).deleted == ()
    assert prune(root, now + timedelta(hours=2)).deleted == (IDS[0],)


def test_cited_snapshots_stay(root: Path) -> None:
    (root / "keep.toml").write_text(f'[[keep]]\nsnapshot = "{IDS[0]}"\nreason = "a paper"\n')
    assert prune(root, LATER).kept == {IDS[0]: "keep.toml: a paper", IDS[2]: "the latest"}


def test_with_a_keep_toml_that_cannot_be_understood_nothing_goes(root: Path) -> None:
    (root / "keep.toml").write_text("keep")
    with pytest.raises(UsageError, match=r"keep\.toml"):
        prune(root, LATER)
    assert names(root) == IDS


def test_while_somebody_publishes_nothing_goes(root: Path) -> None:
    with FileLock(root / "cache/publish.lock"), pytest.raises(LockedError):
        prune(root, LATER)
    assert names(root) == IDS


def test_when_the_latest_cannot_be_told_nothing_goes(root: Path) -> None:
    (root / "latest.json").write_text("{")
    with pytest.raises(SnapshotError, match="which snapshot is the latest"):
        prune(root, LATER)
    assert names(root) == IDS


def test_neither_what_the_link_nor_what_the_file_names_goes(root: Path) -> None:
    (root / "latest.json").write_text(json.dumps({"snapshot": IDS[0]}))
    assert prune(root, LATER).kept == {
        IDS[0]: "the latest",
        IDS[2]: "last of 2026-11-21",
    }
    (root / "latest").unlink()
    (root / "latest").symlink_to(f"snapshots/{IDS[0]}")
    (root / "latest.json").write_text(json.dumps({"snapshot": IDS[2]}))
    assert IDS[0] in prune(root, LATER).kept


def test_other_folders_are_left_alone(root: Path) -> None:
    (root / "snapshots/mine").mkdir()
    (root / "snapshots/2026-01-01T000000Z").write_text("a file")
    pruned = prune(root, LATER)
    assert pruned.foreign == ("2026-01-01T000000Z", "mine")
    assert (root / "snapshots/mine").is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_a_folder_that_cannot_be_deleted_is_said(root: Path) -> None:
    (root / "snapshots").chmod(0o500)
    try:
        with pytest.raises(SnapshotError, match="cannot be deleted"):
            prune(root, LATER)
    finally:
        (root / "snapshots").chmod(0o700)


def test_the_archive_is_sound_afterwards_and_goes_on(root: Path, site: Site) -> None:
    prune(root, LATER)
    parts = [read_part(part_path(root, f"{n}.warc.gz")) for n in range(3)]
    more = site.part(root, [site.event(Event(event_id=9), hours=5)], "9.warc.gz")
    published = publish(root, [*(part for part in parts if part is not None), more])
    assert published.gate.warnings == ()
    old = "documents/documents-en-2001.parquet"
    assert (published.path / old).samefile(root / "snapshots" / IDS[2] / old)


def test_no_archive(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no snapshot here"):
        prune(tmp_path, LATER)
    assert not list(tmp_path.iterdir())


def test_the_command(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    goes, stays = "2001-01-01T000000Z", "2001-01-01T010000Z"
    for name in (goes, stays, "mine"):
        (root / "snapshots" / name).mkdir()
    assert main(["prune", "--dry-run", "--root", str(root)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert f"would go  {goes}" in said
    assert f"stays     {IDS[2]}  the latest" in said
    assert f"stays     {stays}  last of 2001-01-01" in said
    assert "stays     mine  not a snapshot's name" in said
    assert goes in names(root)
    assert main(["prune", "--root", str(root)]) == 0
    assert f"gone      {goes}" in capsys.readouterr().out.splitlines()
    assert goes not in names(root)
    assert {stays, "mine", IDS[2]} <= set(names(root))
    assert main(["prune", "--root", str(root / "elsewhere")]) == 1
