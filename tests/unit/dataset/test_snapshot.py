from __future__ import annotations

import json
import resource
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.snapshot import latest, publish
from kremlin_archive.errors import LockedError, SnapshotError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.dataset.conftest import Event, Site

ID = "2026-11-21T"


def sums(snapshot: Path) -> str:
    return (snapshot / "SHA256SUMS").read_text("utf-8")


@contextmanager
def no_room() -> Iterator[None]:
    """Let no file grow above 2 KB, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_snapshot_is_complete_and_latest_points_to_it(tmp_path: Path, site: Site) -> None:
    published = publish(tmp_path, [site.part(tmp_path, [site.event(hours=0)])])
    assert (published.snapshot, published.is_new) == ("2026-11-21T120000Z", True)
    assert (published.rows["documents"], published.rows["captures"]) == (1, 1)
    names = {path.relative_to(published.path).as_posix() for path in published.path.rglob("*.*")}
    assert names == {
        "README.md",
        "CHANGES.md",
        "CITATION.cff",
        "croissant.json",
        "manifest.json",
        "schema.json",
        "stats.json",
        "sample/documents.jsonl",
        "sample/documents.parquet",
        "sample/turns.csv",
        "sample/turns.parquet",
        *(f"pandera/{table.name}.json" for table in TABLES),
        "documents/documents-en-2021.parquet",
        "turns/turns-en-2021.parquet",
        "persons/persons-all.parquet",
        "paragraphs/paragraphs-en-2021.parquet",
        "revisions/revisions-en-2021.parquet",
        "captures/captures-2026-11.parquet",
        "tags/tags-all.parquet",
        "document_tags/document_tags-en-2021.parquet",
        "media/media-empty.parquet",
        "links/links-en-2021.parquet",
        "editions/editions-2021.parquet",
        "alignments/alignments-empty.parquet",
        "changes/changes-2026-11.parquet",
        "removals/removals-empty.parquet",
    }
    assert (tmp_path / "latest").readlink().as_posix() == "snapshots/2026-11-21T120000Z"
    assert latest(tmp_path) == published.path
    assert not (tmp_path / "staging").exists()


def test_the_checksums_cover_every_other_file(tmp_path: Path, site: Site) -> None:
    folder = publish(tmp_path, [site.part(tmp_path, [site.event()])]).path
    pairs = (line.split("  ") for line in sums(folder).splitlines())
    listed = {name: digest for digest, name in pairs}
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    del there["SHA256SUMS"]
    assert listed == {name: sha256(p.read_bytes()).hexdigest() for name, p in there.items()}


def test_the_manifest_counts_what_is_there(tmp_path: Path, site: Site, event: Event) -> None:
    captures = [site.event(event), site.capture("http://kremlin.ru/events/president/news/9", b"")]
    folder = publish(tmp_path, [site.part(tmp_path, captures)]).path
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["rows"]["documents"], manifest["rows"]["captures"] == (1, 2)
    assert set(manifest["rows"]) == {table.name for table in TABLES}
    assert (manifest["schema_version"], manifest["warnings"]) == ("1.2.0", [])
    assert manifest["problems_by_kind"] == {"not_this_page": 1}
    assert [warc["name"] for warc in manifest["warcs"]] == ["2026/a.warc.gz"]
    by_path = {file["path"]: file for file in manifest["files"]}
    documents = by_path["documents/documents-en-2021.parquet"]
    assert (documents["min_event_id"], documents["max_event_id"]) == (66419, 66419)
    assert by_path["captures/captures-2026-11.parquet"]["min_event_id"] is None
    assert (folder / manifest["warc_root"]).resolve() == (tmp_path / "warc").resolve()


def test_the_same_archive_is_the_same_snapshot_whatever_the_order(
    tmp_path: Path, site: Site, event: Event
) -> None:
    first = [site.event(event), site.event(replace(event, event_id=5, day="2001-01-01"))]
    second = [site.event(event.but(title="Talks")), site.capture(event.url, status=403)]
    told = []
    for root, reverse in ((tmp_path / "one", False), (tmp_path / "two", True)):
        parts = [site.part(root, first, "a.warc.gz"), site.part(root, second, "b.warc.gz")]
        told.append(publish(root, parts[::-1] if reverse else parts))
    assert told[0].snapshot == told[1].snapshot
    assert sums(told[0].path) == sums(told[1].path)


def test_publishing_again_changes_nothing(tmp_path: Path, site: Site) -> None:
    part = site.part(tmp_path, [site.event()])
    first = publish(tmp_path, [part])
    inodes = {path: path.stat().st_ino for path in first.path.rglob("*")}
    again = publish(tmp_path, [part])
    assert (again.path, again.is_new) == (first.path, False)
    assert {path: path.stat().st_ino for path in again.path.rglob("*")} == inodes
    assert len(list((tmp_path / "snapshots").iterdir())) == 1


def test_other_content_under_the_same_id_gets_a_suffix(
    tmp_path: Path, site: Site, event: Event
) -> None:
    capture = site.event(event, hours=0)
    published = [publish(tmp_path, [site.part(tmp_path, [capture])])]
    for title in ("Second", "Third"):
        other = replace(capture, content=site.html(event.but(title=title)))
        published.append(publish(tmp_path, [site.part(tmp_path, [other])]))
    base = "2026-11-21T120000Z"
    assert [each.snapshot for each in published] == [base, f"{base}-r2", f"{base}-r3"]
    assert len({sums(each.path) for each in published}) == 3
    back = publish(tmp_path, [site.part(tmp_path, [capture])])
    assert (back.snapshot, back.is_new) == (base, False)
    assert latest(tmp_path) == published[0].path


def test_unchanged_files_are_shared_with_the_snapshot_before(
    tmp_path: Path, site: Site, event: Event
) -> None:
    old = site.part(tmp_path, [site.event(replace(event, event_id=5, day="2001-01-01"))])
    first = publish(tmp_path, [old])
    second = publish(tmp_path, [old, site.part(tmp_path, [site.event(event)], "b.warc.gz")])
    shared, new = "documents/documents-en-2001.parquet", "documents/documents-en-2021.parquet"
    assert (second.path / shared).samefile(first.path / shared)
    assert not (first.path / new).exists()
    assert (second.path / new).stat().st_nlink == 1


def test_one_record_in_two_files_is_one_row(tmp_path: Path, site: Site) -> None:
    capture = site.event()
    parts = [site.part(tmp_path, [capture], name) for name in ("b.warc.gz", "a.warc.gz")]
    published = publish(tmp_path, parts)
    assert published.rows["captures"] == published.rows["documents"] == 1
    row = pq.read_table(published.path / "captures").to_pylist()[0]
    assert row["warc_filename"] == "a.warc.gz"


def test_a_folder_that_looks_like_a_partition_changes_nothing(tmp_path: Path, site: Site) -> None:
    captures = [site.event()]
    plain = publish(tmp_path / "a", [site.part(tmp_path / "a", captures)])
    odd = publish(tmp_path / "lang=xx", [site.part(tmp_path / "lang=xx", captures)])
    assert sums(odd.path) == sums(plain.path)


def test_captures_are_cut_by_month(tmp_path: Path, site: Site, event: Event) -> None:
    captures = [site.event(event, hours=hours) for hours in (0, 24 * 9.5, 24 * 45)]
    published = publish(tmp_path, [site.part(tmp_path, captures)])
    rows = {
        path.name: pq.read_table(path).num_rows for path in (published.path / "captures").iterdir()
    }
    assert rows == {
        "captures-2026-11.parquet": 1,
        "captures-2026-12.parquet": 1,
        "captures-2027-01.parquet": 1,
    }


def test_tables_without_rows_have_an_empty_file(tmp_path: Path, site: Site) -> None:
    published = publish(tmp_path, [site.part(tmp_path, [site.capture("http://kremlin.ru/")])])
    assert pq.read_table(published.path / "documents").num_rows == 0
    assert {name for name, rows in published.rows.items() if rows} == {"captures"}


def test_a_healed_problem_is_told_from_one_that_stays(
    tmp_path: Path, site: Site, event: Event
) -> None:
    lost = event.url.replace("66419", "5")
    captures = [site.capture(event.url, b""), site.event(event), site.capture(lost, b"")]
    problems = publish(tmp_path, [site.part(tmp_path, captures)]).problems
    assert [(p.url, p.kind, p.healed) for p in problems] == [
        (event.url, "not_this_page", True),
        (lost, "not_this_page", False),
    ]


def test_nothing_to_publish_is_an_error(tmp_path: Path, site: Site) -> None:
    for parts in ([], [site.part(tmp_path, [])]):
        with pytest.raises(SnapshotError, match="no capture to publish"):
            publish(tmp_path, parts)
    assert not (tmp_path / "snapshots").exists()


def test_a_broken_part_publishes_nothing(tmp_path: Path, site: Site) -> None:
    part = site.part(tmp_path, [site.event()])
    part.path.write_bytes(b"PAR1 no more")
    with pytest.raises(SnapshotError, match="cannot be published"):
        publish(tmp_path, [part])
    assert not (tmp_path / "snapshots").exists()
    assert not (tmp_path / "staging").exists()


def test_a_full_disk_leaves_the_snapshot_before_in_place(
    tmp_path: Path, site: Site, event: Event
) -> None:
    old = site.part(tmp_path, [site.event(event)])
    first = publish(tmp_path, [old])
    text = " ".join(f"word{number}" for number in range(5000))
    big = site.part(tmp_path, [site.event(event.but(body=f"<p>{text}</p>"))], "b.warc.gz")
    with no_room(), pytest.raises(SnapshotError, match="cannot be published"):
        publish(tmp_path, [old, big])
    assert latest(tmp_path) == first.path
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == [first.snapshot]
    assert not (tmp_path / "staging").exists()
    assert publish(tmp_path, [old, big]).is_new


def test_an_unusable_root_is_named(tmp_path: Path, site: Site) -> None:
    part = site.part(tmp_path, [site.event()])
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SnapshotError, match="file"):
        publish(tmp_path / "file", [part])


def test_two_at_a_time_do_not_publish(tmp_path: Path, site: Site) -> None:
    part = site.part(tmp_path, [site.event()])
    with FileLock(tmp_path / "cache" / "publish.lock"), pytest.raises(LockedError):
        publish(tmp_path, [part])
    assert publish(tmp_path, [part]).is_new


def test_what_a_killed_run_left_is_swept_away(tmp_path: Path, site: Site) -> None:
    left = tmp_path / "staging" / "documents" / "documents-en-1999.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"PAR1")
    published = publish(tmp_path, [site.part(tmp_path, [site.event()])])
    assert not (published.path / "documents" / left.name).exists()
