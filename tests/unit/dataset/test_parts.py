from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from kremlin_archive.dataset import parts
from kremlin_archive.dataset.extraction import extract_capture
from kremlin_archive.dataset.part_schema import PART_SCHEMA
from kremlin_archive.dataset.parts import PartWriter, fresh_part, part_path, read_part
from kremlin_archive.pages import PARSER_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.unit.dataset.conftest import Event, Site

NAME = "2026/a.warc.gz"


def test_a_part_has_one_row_a_capture_in_order(tmp_path: Path, site: Site, event: Event) -> None:
    captures = [
        site.event(),
        site.capture(event.url, status=404),
        site.capture("http://kremlin.ru/"),
    ]
    part = site.part(tmp_path, captures)
    table = pq.read_table(part.path)
    assert part.path == tmp_path / "cache/parts/2026/a.warc.gz.parquet"
    assert table.schema.equals(PART_SCHEMA)
    assert table["capture_id"].to_pylist() == [c.capture_id for c in captures]
    assert table["fetched_at"].to_pylist() == [c.fetched_at for c in captures]
    assert table["kind"].to_pylist() == ["event", "event", "other"]
    assert [value is None for value in table["record_json"].to_pylist()] == [False, True, True]


def test_the_same_captures_give_the_same_bytes(tmp_path: Path, site: Site) -> None:
    captures = [site.event(), site.event()]
    one = site.part(tmp_path / "one", captures).path.read_bytes()
    assert site.part(tmp_path / "two", captures).path.read_bytes() == one


def test_nothing_appears_under_the_name_before_it_is_closed(tmp_path: Path, site: Site) -> None:
    path = part_path(tmp_path, NAME)
    writer = PartWriter(path)
    capture = site.event()
    row = writer.add(capture, extract_capture(capture))
    assert row["doc_id"] == "en:66419"
    assert not path.exists()
    writer.abort()
    writer.abort()
    assert list(path.parent.iterdir()) == []


def test_row_groups_bound_the_memory(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_GROUP_ROWS", 2)
    part = site.part(tmp_path, [site.event() for _ in range(5)])
    with pq.ParquetFile(part.path) as file:
        assert (file.num_row_groups, file.metadata.num_rows) == (3, 5)


def test_the_stamp_names_the_warc_and_the_parser(tmp_path: Path, site: Site) -> None:
    stamp = site.part(tmp_path, [site.event()]).stamp
    assert (stamp.warc, stamp.warc_bytes, stamp.faults) == (NAME, 100_000, ())
    assert len(stamp.warc_sha256) == 64
    assert stamp.parser_version == PARSER_VERSION


def test_a_part_is_fresh_while_its_warc_is_the_same(tmp_path: Path, site: Site) -> None:
    part = site.part(tmp_path, [site.event()])
    warc = tmp_path / "warc" / NAME
    assert fresh_part(part.path, warc, NAME) == part
    assert fresh_part(part.path, warc, "2026/b.warc.gz") is None
    warc.write_bytes(b"it has grown since then")
    assert fresh_part(part.path, warc, NAME) is None


def test_another_parser_makes_it_stale(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = site.part(tmp_path, [site.event()]).path
    monkeypatch.setattr(parts, "PARSER_VERSION", "99")
    assert read_part(path) is None


def test_missing_cut_and_foreign_files_are_no_parts(tmp_path: Path, site: Site) -> None:
    assert read_part(tmp_path / "none.parquet") is None
    part = site.part(tmp_path, [site.event()])
    part.path.write_bytes(part.path.read_bytes()[:-40])
    assert read_part(part.path) is None
    pq.write_table(PART_SCHEMA.empty_table(), part.path)
    assert read_part(part.path) is None


def test_a_warc_without_captures_has_an_empty_part(tmp_path: Path, site: Site) -> None:
    assert pq.read_table(site.part(tmp_path, []).path).num_rows == 0
