"""Everything made again from the WARC files: the same bytes, whatever the order, the jobs and the history."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kremlin_archive.cli import main
from kremlin_archive.dataset.extract import extract
from tests.unit.dataset.conftest import PHOTO, PHOTO_URL, Event, Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kremlin_archive.records import Capture

REMOVAL = """[[removal]]
doc_id = "ru:7"
removed_at = 2026-11-25
reason = "Request"
basis = "Law"
"""


def weeks() -> list[list[Capture]]:
    """Three weeks of captures: both editions, edits, a page that goes, a picture, a refusal, a revisit."""
    site, event = Site(), Event()
    russian, old = replace(event, language="ru"), replace(event, event_id=7, day="2001-06-16")
    first = site.event(event, hours=0)
    same = site.capture(
        event.url,
        record_type="revisit",
        refers_to=first.capture_id,
        digest=first.payload_digest,
        hours=190,
    )
    return [
        [first, site.event(russian, hours=1), site.event(old, hours=2)],
        [
            site.event(event.but(title="Talks", body=f"{PHOTO}{event.body}"), hours=170),
            site.event(replace(old, language="ru"), hours=171),
            site.capture(
                PHOTO_URL, b"\xff\xd8\xff", headers=(("Content-Type", "image/jpeg"),), hours=172
            ),
        ],
        [
            same,
            site.capture(old.url, status=404, hours=340),
            site.capture(old.url, status=404, hours=350),
            site.capture(russian.url, status=403, hours=351),
        ],
    ]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """WARC files of three weeks, and what was removed."""
    for number, captures in enumerate(weeks()):
        Site().warc(tmp_path / f"warc/2026/week-{number}.warc.gz", captures)
    (tmp_path / "removals.toml").write_text(REMOVAL, "utf-8")
    return tmp_path


def forget(archive: Path) -> None:
    """Leave nothing but the WARC files and what people wrote."""
    for path in archive.iterdir():
        if path.name not in ("warc", "removals.toml"):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def published(archive: Path) -> tuple[str, str]:
    """Id and checksums of the newest snapshot."""
    newest = (archive / "latest").resolve()
    return newest.name, (newest / "SHA256SUMS").read_text("utf-8")


def again(archive: Path) -> None:
    extract(archive)


def in_another_order(archive: Path) -> None:
    extract(archive, sorted((archive / "warc").rglob("*.warc.gz"), reverse=True))


def by_two_processes(archive: Path) -> None:
    assert main(["extract", "--root", str(archive), "--jobs", "2", "--fresh"]) == 0


def in_another_order_by_two_processes(archive: Path) -> None:
    files = sorted((archive / "warc").rglob("*.warc.gz"), reverse=True)
    assert main(["extract", "--root", str(archive), "--jobs", "2", *map(str, files)]) == 0


def week_after_week(archive: Path) -> None:
    files = sorted((archive / "warc").rglob("*.warc.gz"))
    for number in range(1, len(files) + 1):
        extract(archive, files[:number])


@pytest.mark.parametrize(
    "rebuild",
    [
        again,
        in_another_order,
        by_two_processes,
        in_another_order_by_two_processes,
        week_after_week,
    ],
)
def test_made_again_it_is_the_same(archive: Path, rebuild: Callable[[Path], None]) -> None:
    rows = extract(archive).published.rows
    assert (rows["documents"], rows["removals"], rows["captures"]) == (4, 1, 10)
    assert rows["revisions"] > rows["documents"]
    made = published(archive)
    forget(archive)
    rebuild(archive)
    assert published(archive) == made


def test_files_that_come_late_give_the_same_tables_under_another_id(archive: Path) -> None:
    extract(archive)
    (name, sums), files = published(archive), sorted((archive / "warc").rglob("*.warc.gz"))
    forget(archive)
    extract(archive, files[::-1][:2])
    extract(archive)
    assert published(archive)[0] == f"{name}-r2"
    assert tables(published(archive)[1]) == tables(sums)


def tables(sums: str) -> list[str]:
    """Lines of the tables among the checksums."""
    return [line for line in sums.splitlines() if line.endswith(".parquet")]
