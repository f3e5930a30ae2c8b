"""Files whose inputs are the same are taken over; anything that could make them differ makes them anew."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kremlin_archive.dataset import build, shelf
from kremlin_archive.dataset.shelf import code_key, unit_of
from kremlin_archive.dataset.snapshot import publish
from kremlin_archive.dataset.tables.documents import DOCUMENTS, document_row
from tests.unit.dataset.conftest import PHOTO, PHOTO_URL, Event, Site, rows_of

if TYPE_CHECKING:
    from kremlin_archive.dataset.chosen import Chosen
    from kremlin_archive.dataset.parts import Part
    from kremlin_archive.dataset.snapshot import Published

PERSON = """<div class="read__tagscol"><h3>Persons</h3><ul class="read__taglist">
<li><a href="/catalog/persons/900/events" rel="tag">Putin Vladimir</a></li></ul></div>"""
NAMES = ["documents/documents-en-2001.parquet", "documents/documents-en-2021.parquet"]


@pytest.fixture
def part(tmp_path: Path, site: Site) -> Part:
    old = site.event(Event(event_id=5, day="2001-01-01"))
    return site.part(tmp_path, [old, site.event(Event(body=f"{PHOTO}<p>Text.</p>"))])


def checked(published: Published) -> int:
    """Count the files that were made and not taken."""
    return published.gate.checks[0].looked_at


def sums(published: Published) -> str:
    return (published.path / "SHA256SUMS").read_text("utf-8")


def test_nothing_is_made_again_without_a_reason(tmp_path: Path, part: Part) -> None:
    first = publish(tmp_path, [part])
    again = publish(tmp_path, [part])
    assert (again.is_new, sums(again)) == (False, sums(first))
    tables = [path for path in first.path.glob("*/*.parquet") if path.parent.name != "sample"]
    assert checked(first) == len(tables)
    assert checked(again) == 0


def test_only_what_a_new_capture_touches_is_made_again(
    tmp_path: Path, site: Site, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(tmp_path, [part])
    built: list[str] = []

    def noted(chosen: Chosen) -> list[dict[str, Any]]:
        built.append(chosen.history.doc_id)
        return [document_row(chosen)]

    monkeypatch.setattr(build, "_OF_DOCUMENTS", ((DOCUMENTS, noted), *build._OF_DOCUMENTS[1:]))
    more = site.part(tmp_path, [site.event(Event(event_id=7))], "b.warc.gz")
    second = publish(tmp_path, [part, more])
    assert sorted(built) == ["en:66419", "en:7"]
    assert (second.path / NAMES[0]).samefile(first.path / NAMES[0])
    assert not (second.path / NAMES[1]).samefile(first.path / NAMES[1])


def test_a_second_edition_makes_the_first_ones_row_anew(
    tmp_path: Path, site: Site, part: Part
) -> None:
    publish(tmp_path, [part])
    twin = Event(event_id=5, language="ru", day="2001-01-01", tags="")
    published = publish(tmp_path, [part, site.part(tmp_path, [site.event(twin)], "b.warc.gz")])
    pairs = {row["doc_id"]: row["pair_doc_id"] for row in rows_of(published.path, "documents")}
    assert pairs == {"en:5": "ru:5", "ru:5": "en:5", "en:66419": None}


def test_a_picture_that_comes_later_fills_its_row(tmp_path: Path, site: Site, part: Part) -> None:
    first = publish(tmp_path, [part])
    picture = site.capture(PHOTO_URL, b"\xff\xd8\xff")
    second = publish(tmp_path, [part, site.part(tmp_path, [picture], "b.warc.gz")])
    (row,) = rows_of(second.path, "media")
    assert row["warc_record_id"] == picture.pointer.record_id
    assert (second.path / NAMES[0]).samefile(first.path / NAMES[0])
    other = site.part(tmp_path, [site.capture("http://static.kremlin.ru/x.jpg", b"x")], "c.warc.gz")
    parts = [part, other, site.part(tmp_path, [picture], "b.warc.gz")]
    third = publish(tmp_path, parts)
    shared = "media/media-en-2021.parquet"
    assert (third.path / shared).samefile(second.path / shared)


def test_a_removal_makes_its_document_anew(tmp_path: Path, part: Part) -> None:
    publish(tmp_path, [part])
    (tmp_path / "removals.toml").write_text(
        '[[removal]]\ndoc_id = "en:5"\nremoved_at = 2026-11-25\nreason = "r"\nbasis = "b"\n'
    )
    published = publish(tmp_path, [part])
    assert [row["status"] for row in rows_of(published.path, "documents")] == [
        "removed_by_us",
        "live",
    ]


@pytest.mark.parametrize(
    "cache",
    ["", "{", "[]", '{"snapshot": "x", "units": {}}', '{"snapshot": "x", "units": {"derived": 5}}'],
)
def test_a_damaged_cache_is_no_cache(tmp_path: Path, part: Part, cache: str) -> None:
    first = publish(tmp_path, [part])
    (tmp_path / "cache/shards.json").write_text(cache)
    again = publish(tmp_path, [part])
    assert (checked(again), sums(again)) == (checked(first), sums(first))


def test_a_damaged_file_is_not_taken_over(tmp_path: Path, site: Site, part: Part) -> None:
    first = publish(tmp_path, [part])
    damaged = first.path / NAMES[0]
    damaged.write_bytes(damaged.read_bytes()[:-9] + bytes(9))
    later = site.part(tmp_path, [site.capture("http://kremlin.ru/")], "b.warc.gz")
    second = publish(tmp_path, [part, later])
    assert [row["doc_id"] for row in rows_of(second.path, "documents")] == ["en:5", "en:66419"]
    assert (second.path / NAMES[1]).samefile(first.path / NAMES[1])


def test_a_snapshot_that_is_gone_lends_nothing(tmp_path: Path, part: Part) -> None:
    first = publish(tmp_path, [part])
    expected = sums(first)
    first.path.rename(tmp_path / "elsewhere")
    again = publish(tmp_path, [part])
    assert (again.is_new, sums(again)) == (True, expected)


def test_other_code_makes_everything_anew(
    tmp_path: Path, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(tmp_path, [part])
    monkeypatch.setattr(build, "code_key", lambda: "other")
    again = publish(tmp_path, [part])
    assert checked(again) == checked(first)
    assert sums(again) == sums(first)
    assert len(code_key()) == 64


def test_fresh_makes_everything_anew(tmp_path: Path, part: Part) -> None:
    first = publish(tmp_path, [part])
    again = publish(tmp_path, [part], fresh=True)
    assert (checked(again), sums(again)) == (checked(first), sums(first))


def test_the_way_there_does_not_matter(tmp_path: Path, site: Site) -> None:
    """Run after run, with files taken over, gives what one run over everything gives."""
    event = Event(body=f"{PHOTO}<p>Text.</p>")
    days = [
        [site.event(event), site.event(Event(event_id=5, day="2001-01-01"))],
        [site.event(event.but(title="Talks")), site.event(Event(event_id=5, language="ru"))],
        [site.capture(PHOTO_URL, b"\xff\xd8\xff"), site.event(event)],
        [
            site.capture(event.url, status=404, hours=40),
            site.capture(event.url, status=404, hours=90),
        ],
        [
            site.event(event, hours=100),
            site.event(Event(event_id=6, tags=PERSON), hours=101),
            site.event(Event(event_id=6, language="ru", day="2001-01-02", tags=""), hours=102),
        ],
    ]
    parts = [site.part(tmp_path, day, f"{n}.warc.gz") for n, day in enumerate(days)]
    for end in range(1, len(parts) + 1):
        stepwise = publish(tmp_path, parts[:end])
    root = tmp_path / "other"
    at_once = publish(
        root, [site.part(root, day, f"{n}.warc.gz") for n, day in enumerate(days)][::-1]
    )
    assert sums(stepwise) == sums(at_once)
    assert {row["event_id"] for row in rows_of(at_once.path, "alignments")} == {5, 6}
    assert "persons/900" in {row["person_id"] for row in rows_of(at_once.path, "turns")}
    assert stepwise.snapshot == at_once.snapshot


def test_units() -> None:
    assert unit_of("media/media-ru-2021.parquet") == "documents-ru-2021"
    assert unit_of("captures/captures-2026-11.parquet") == "captures-2026-11"
    assert unit_of("alignments/alignments-2021.parquet") == "alignments-2021"
    assert unit_of("alignments/alignments-empty.parquet") == unit_of("persons/persons-all.parquet")
    assert unit_of("editions/editions-2021.parquet") == unit_of("tags/tags-all.parquet")


def test_other_versions_of_the_libraries_that_make_rows_are_other_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All that the modules of the dataset import, but for those that open what is published."""
    imported = {
        (name or "").partition(".")[0]
        for path in Path(shelf.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    opening = {"pandas", "polars", "duckdb", "datasets", "pandera"}
    read_by_parts = {"surt"}
    locks = {"filelock"}
    ours = {"kremlin_archive", "tests"}
    making = imported - opening - read_by_parts - locks - ours - set(sys.stdlib_module_names)
    before = code_key()
    for name in making:
        monkeypatch.setattr(
            shelf, "version", lambda asked, name=name: "0" if asked == name else version(asked)
        )
        assert code_key() != before, name
