"""With the catalogue a publication opens new parts only, and its bytes are those without it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from kremlin_archive.dataset import catalogue
from kremlin_archive.dataset.catalogue import CATALOGUE, LIGHT_SCHEMA, Catalogue
from kremlin_archive.dataset.parts import PARTS, Part
from kremlin_archive.dataset.snapshot import publish
from tests.unit.dataset.conftest import PHOTO, PHOTO_URL, Event, Site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kremlin_archive.dataset.snapshot import Published

COLUMNS = ["capture_id", "url", "persons", "warc_filename"]


def days(root: Path, site: Site, count: int) -> list[Part]:
    """Parts of so many runs: a listing, a page that is new, one that was there, a picture."""
    parts = []
    for n in range(count):
        event = Event(event_id=100 + n, body=f"{PHOTO}<p>Text {n}.</p>")
        captures = [
            site.capture("http://kremlin.ru/events/president/news"),
            site.event(event),
            site.event(Event(event_id=100)),
            site.capture(PHOTO_URL, b"\xff\xd8\xff"),
        ]
        parts.append(site.part(root, captures, f"2026/{n:03}.warc.gz"))
    return parts


def sums(published: Published) -> str:
    return (published.path / "SHA256SUMS").read_text("utf-8")


def files(root: Path) -> list[Path]:
    return sorted((root / CATALOGUE).iterdir())


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the parts that were opened for their light columns."""
    names: list[str] = []
    read = Part.read

    def noted(part: Part, columns: Sequence[str]) -> object:
        names.append(part.stamp.warc)
        return read(part, columns)

    monkeypatch.setattr(Part, "read", noted)
    return names


def test_only_new_parts_are_opened(tmp_path: Path, site: Site, opened: list[str]) -> None:
    parts = days(tmp_path, site, 4)
    publish(tmp_path, parts[:3])
    assert sorted(opened) == ["2026/000.warc.gz", "2026/001.warc.gz", "2026/002.warc.gz"]
    opened.clear()
    publish(tmp_path, parts[:3])
    assert opened == []
    publish(tmp_path, parts)
    assert opened == ["2026/003.warc.gz"]


def test_the_bytes_are_those_without_it(tmp_path: Path, site: Site) -> None:
    parts = days(tmp_path, site, 4)
    for end in range(1, 5):
        stepwise = sums(publish(tmp_path, parts[:end]))
        assert files(tmp_path)
    assert sums(publish(tmp_path, parts)) == stepwise
    shutil.rmtree(tmp_path / "cache/light")
    assert sums(publish(tmp_path, parts, fresh=True)) == stepwise


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 3, 1)])
def test_rows_come_in_the_order_of_the_parts(
    tmp_path: Path, site: Site, order: tuple[int, ...]
) -> None:
    """Whatever the order in which the parts came to be known."""
    parts = days(tmp_path, site, 5)
    for part in (parts[3], parts[0]):
        Catalogue.of(tmp_path).gather([part])
    asked = [parts[n] for n in order]
    light = Catalogue.of(tmp_path).gather(asked)
    expected = [row for part in asked for row in part.read(COLUMNS).to_pylist()]
    assert light.read(COLUMNS).to_pylist() == expected
    assert light.read(["url"], [1, 3]).to_pylist() == [
        row for n in (1, 3) for row in asked[n].read(["url"]).to_pylist()
    ]
    numbered = light.numbered(["url"])
    places = list(zip(numbered["part"].to_pylist(), numbered["part_row"].to_pylist(), strict=True))
    assert places == [(n, row) for n in range(len(order)) for row in range(4)]
    taken = light.take([(2, 1), (0, 3)], COLUMNS).to_pylist()
    assert taken == [expected[9], expected[3]]


def test_rows_are_found_in_whatever_row_group_they_are(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_GROUP_ROWS", 3)  # parts have four rows
    parts = days(tmp_path, site, 7)
    Catalogue(tmp_path).gather(parts)
    known = Catalogue.of(tmp_path)
    assert pq.read_metadata(files(tmp_path)[0]).num_row_groups > 7
    for asked in (parts, parts[2:3], parts[::2], [parts[6], parts[1], parts[2]]):
        rows = known.gather(asked).read(COLUMNS).to_pylist()
        assert rows == [row for part in asked for row in part.read(COLUMNS).to_pylist()]


def test_there_are_few_files_however_many_runs(tmp_path: Path, site: Site) -> None:
    parts = days(tmp_path, site, 40)
    for end in range(1, 41):
        light = Catalogue.of(tmp_path).gather(parts[:end])
    assert len(files(tmp_path)) <= 5
    assert light.numbered(["url"]).num_rows == 160


def test_parts_of_other_publications_are_not_forgotten(
    tmp_path: Path, site: Site, opened: list[str]
) -> None:
    parts = days(tmp_path, site, 3)
    Catalogue.of(tmp_path).gather(parts)
    Catalogue.of(tmp_path).gather(parts[1:])
    opened.clear()
    assert Catalogue.of(tmp_path).gather(parts).parts == parts
    assert opened == []


def test_a_part_that_was_made_anew_is_read_anew(
    tmp_path: Path, site: Site, opened: list[str]
) -> None:
    parts = days(tmp_path, site, 3)
    before = Catalogue.of(tmp_path).gather(parts).read(["url"]).num_rows
    again = site.part(tmp_path, [site.event()], "2026/001.warc.gz")
    opened.clear()
    light = Catalogue.of(tmp_path).gather([parts[0], again, parts[2]])
    assert opened == ["2026/001.warc.gz"]
    assert light.read(["url"]).num_rows == before - 3
    assert light.read(COLUMNS, [1]).to_pylist() == again.read(COLUMNS).to_pylist()


def test_a_part_that_was_touched_is_opened(tmp_path: Path, site: Site, opened: list[str]) -> None:
    (part,) = days(tmp_path, site, 1)
    Catalogue.of(tmp_path).gather([part])
    os.utime(part.path, ns=(1, 1))
    opened.clear()
    Catalogue.of(tmp_path).gather([part])
    assert opened == ["2026/000.warc.gz"]


def test_a_part_is_fresh_while_it_and_its_warc_are_what_they_were(
    tmp_path: Path, site: Site
) -> None:
    (part,) = days(tmp_path, site, 1)
    name = "2026/000.warc.gz"
    warc = tmp_path / "warc" / name
    Catalogue.of(tmp_path).gather([part])
    known = Catalogue.of(tmp_path)
    assert known.fresh_part(part.path, warc, name) == part
    assert known.fresh_part(part.path, warc, "other.warc.gz") is None
    warc.write_bytes(b"longer or shorter")
    assert known.fresh_part(part.path, warc, name) is None
    part.path.unlink()
    assert known.fresh_part(part.path, warc, name) is None


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[: len(data) // 2], id="cut"),
        pytest.param(lambda data: data[:900] + bytes([data[900] ^ 1]) + data[901:], id="a bit"),
        pytest.param(lambda data: data[:-40] + bytes(40), id="footer"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"not Parquet", id="foreign"),
    ],
)
def test_a_damaged_file_is_no_cache(
    tmp_path: Path, site: Site, opened: list[str], damage: object
) -> None:
    assert callable(damage)
    parts = days(tmp_path, site, 3)
    expected = sums(publish(tmp_path, parts))
    (file,) = files(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    opened.clear()
    assert sums(publish(tmp_path, parts)) == expected
    assert len(opened) == 3
    opened.clear()
    publish(tmp_path, parts)
    assert opened == []


def test_what_another_parser_read_is_read_anew(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalogue.of(tmp_path).gather(days(tmp_path, site, 2))
    monkeypatch.setattr("kremlin_archive.dataset.parts.PARSER_VERSION", "other")
    name = "2026/000.warc.gz"
    part = tmp_path / PARTS / f"{name}.parquet"
    assert Catalogue.of(tmp_path).fresh_part(part, tmp_path / "warc" / name, name) is None


def test_a_part_without_rows(tmp_path: Path, site: Site) -> None:
    parts = [site.part(tmp_path, [], "a.warc.gz"), *days(tmp_path, site, 1)]
    light = Catalogue.of(tmp_path).gather(parts)
    assert light.numbered(["url"])["part"].to_pylist() == [1, 1, 1, 1]
    assert Catalogue.of(tmp_path).gather(parts[:1]).read(["url"]).num_rows == 0
    assert Catalogue.of(tmp_path).gather([]).read(LIGHT_SCHEMA.names).num_rows == 0
