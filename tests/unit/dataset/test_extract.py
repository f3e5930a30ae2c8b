from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.parts import part_path
from kremlin_archive.errors import SnapshotError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from kremlin_archive.dataset.extract import ExtractReport
    from tests.unit.dataset.conftest import Event, Site


def fill(root: Path, site: Site, event: Event) -> list[Path]:
    """Two WARC files of an archive: three events, one of them edited, a refusal."""
    two = replace(event, event_id=5, day="2001-06-16", clock="00:00")
    three = replace(event, event_id=7, language="ru", tags="")
    first = [site.event(event), site.event(two), site.event(three)]
    second = [site.event(event.but(title="Talks")), site.capture(event.url, status=403)]
    return [
        site.warc(root / "warc/2026/a.warc.gz", first),
        site.warc(root / "warc/2026/b.warc.gz", second),
    ]


def sums(report: ExtractReport) -> str:
    return (report.published.path / "SHA256SUMS").read_text("utf-8")


def test_tables_come_from_all_closed_files(tmp_path: Path, site: Site, event: Event) -> None:
    fill(tmp_path, site, event)
    (tmp_path / "warc/2026/c.warc.gz.open").write_bytes(b"being written")
    report = extract(tmp_path)
    assert report.published.rows == {
        "documents": 3,
        "turns": 6,
        "persons": 1,
        "paragraphs": 12,
        "revisions": 4,
        "captures": 5,
        "tags": 1,
        "document_tags": 2,
        "media": 0,
        "links": 3,
        "editions": 3,
        "alignments": 0,
        "changes": 4,
        "removals": 0,
    }
    assert (report.warcs, report.parts_reused, report.faults) == (2, 0, ())
    assert report.is_complete


def test_every_row_names_its_bytes(tmp_path: Path, site: Site, event: Event) -> None:
    fill(tmp_path, site, event)
    published = extract(tmp_path).published
    for row in pq.read_table(published.path / "documents").to_pylist():
        stored = (tmp_path / "warc" / row["warc_filename"]).read_bytes()
        start, length = row["warc_record_offset"], row["warc_record_length"]
        record = gzip.decompress(stored[start : start + length])
        assert row["warc_record_id"].encode() in record
        assert row["title"].encode() in record


def test_jobs_order_and_caches_do_not_matter(tmp_path: Path, site: Site, event: Event) -> None:
    russian = replace(event, language="ru", tags="")
    warcs = fill(tmp_path, site, event)
    warcs.append(site.warc(tmp_path / "warc/2026/c.warc.gz", [site.event(russian)]))
    one = extract(tmp_path, jobs=1)
    assert (one.published.rows["persons"], one.published.rows["alignments"]) == (1, 4)
    parts = [part_path(tmp_path, f"2026/{warc.name}") for warc in warcs]
    before = [part.read_bytes() for part in parts]
    cached = extract(tmp_path, list(reversed(warcs)))
    assert (cached.parts_reused, cached.published.is_new) == (3, False)
    two = extract(tmp_path, jobs=2, fresh=True)
    assert (two.parts_reused, two.published.is_new) == (0, False)
    assert [part.read_bytes() for part in parts] == before
    assert sums(one) == sums(two) == sums(cached)


def test_another_archive_with_the_same_files_is_the_same_snapshot(
    tmp_path: Path, site: Site, event: Event
) -> None:
    warcs = fill(tmp_path / "one", site, event)
    for warc in warcs:
        copy = tmp_path / "two" / warc.relative_to(tmp_path / "one")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(warc.read_bytes())
    one, two = extract(tmp_path / "one"), extract(tmp_path / "two", jobs=2)
    assert one.published.snapshot == two.published.snapshot
    assert sums(one) == sums(two)


def test_a_file_that_grew_or_a_part_that_broke_is_read_again(
    tmp_path: Path, site: Site, event: Event
) -> None:
    warcs = fill(tmp_path, site, event)
    extract(tmp_path)
    site.warc(warcs[1], [site.event(event.but(title="Talks, continued", body="<p>Much.</p>"))])
    part_path(tmp_path, "2026/a.warc.gz").write_bytes(b"broken")
    seen: list[tuple[int, int, str]] = []
    report = extract(tmp_path, on_progress=lambda *done: seen.append(done))
    assert (report.parts_reused, report.published.rows["captures"]) == (0, 4)
    assert seen == [(1, 2, "2026/a.warc.gz"), (2, 2, "2026/b.warc.gz")]


def test_given_files_are_read_and_no_others(tmp_path: Path, site: Site, event: Event) -> None:
    inside, _ = fill(tmp_path, site, event)
    outside = site.warc(tmp_path / "elsewhere/x.warc.gz", [site.event(replace(event, event_id=8))])
    report = extract(tmp_path, [outside, inside])
    table = pq.read_table(report.published.path / "captures")
    assert set(table["warc_filename"].to_pylist()) == {"x.warc.gz", "2026/a.warc.gz"}
    assert table.num_rows == 4


def test_uncompressed_files_are_read_too(tmp_path: Path, site: Site, event: Event) -> None:
    packed = site.warc(tmp_path / "x.warc.gz", [site.event(event), site.event(event)])
    plain = tmp_path / "x.warc"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    assert extract(tmp_path, [plain]).published.rows["captures"] == 2


def test_files_of_one_name_in_two_folders_are_cached_apart(
    tmp_path: Path, site: Site, event: Event
) -> None:
    one = site.warc(tmp_path / "one/x.warc.gz", [site.event(event)])
    two = site.warc(tmp_path / "two/x.warc.gz", [site.event(replace(event, event_id=8))])
    extract(tmp_path, [one])
    assert extract(tmp_path, [two]).parts_reused == 0
    assert extract(tmp_path, [one]).parts_reused == 1
    with pytest.raises(UsageError, match=r"x\.warc\.gz: more than one"):
        extract(tmp_path, [one, two])


def test_a_missing_file_or_an_empty_archive_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are no WARC files"):
        extract(tmp_path)
    with pytest.raises(UsageError, match="there is no such WARC file"):
        extract(tmp_path, [tmp_path / "none.warc.gz"])


def test_a_cut_file_gives_what_is_before_the_cut_and_is_named(
    tmp_path: Path, site: Site, event: Event
) -> None:
    first, second = fill(tmp_path, site, event)
    first.write_bytes(first.read_bytes()[:-30])
    report = extract(tmp_path)
    assert report.published.rows["captures"] == 4
    assert not report.is_complete
    (fault,) = report.faults
    assert fault.startswith("2026/a.warc.gz: offset ")
    again = extract(tmp_path)
    assert (again.parts_reused, again.faults) == (2, report.faults)
    assert second.exists()


def test_a_page_that_cannot_be_read_is_named_and_the_rest_goes_on(
    tmp_path: Path, site: Site, event: Event
) -> None:
    odd = site.capture(event.url.replace("66419", "5"), b"<html><body>Maintenance</body></html>")
    site.warc(tmp_path / "warc/a.warc.gz", [odd, site.event(event)])
    report = extract(tmp_path)
    (problem,) = report.problems
    assert (problem.warc, problem.offset, problem.url) == ("a.warc.gz", 0, odd.url)
    assert problem.kind == "layout"
    assert not report.is_complete
    assert report.published.rows["documents"] == 1


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, site: Site, event: Event) -> None:
    fill(tmp_path, site, event)
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(SnapshotError, match="cannot be made from"):
        extract(tmp_path)
