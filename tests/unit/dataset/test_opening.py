"""What was published opens again, for those who have nothing but pyarrow, and says what is wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from kremlin_archive import dataset
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.columns import SCHEMA_VERSION
from kremlin_archive.dataset.opening import libraries
from kremlin_archive.dataset.snapshot import publish
from kremlin_archive.errors import SnapshotError, UsageError
from tests.unit.dataset.conftest import NOON, Event, Site

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[3] / "docs/python.md"
SHARD = "documents/documents-en-2021.parquet"
SPEAKER = "label/vladimir-putin"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with two snapshots: a pair, of which one edition was edited, and two single editions."""
    folder, site, event = tmp_path_factory.mktemp("archive"), Site(), Event()
    events = [
        event,
        replace(event, language="ru"),
        replace(event, event_id=5, language="ru", day="2001-06-16"),
        replace(event, event_id=7, body=""),
    ]
    first = site.part(folder, [site.event(each) for each in events], "a.warc.gz")
    publish(folder, [first])
    edited = [
        site.event(event.but(title="Talks"), hours=48),
        site.capture(events[2].url, status=404),
    ]
    publish(folder, [first, site.part(folder, edited, "b.warc.gz")])
    return folder


@pytest.fixture(scope="module")
def snapshot(root: Path) -> dataset.Snapshot:
    """The newest one."""
    return dataset.open(root)


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the newest one, far from its archive, to be damaged."""
    folder = tmp_path / "copy"
    shutil.copytree(dataset.open(root).path, folder)
    return folder


def test_it_opens_by_the_archive_its_latest_its_id_and_its_folder(
    root: Path, snapshot: dataset.Snapshot, copy: Path
) -> None:
    older, newest = dataset.snapshots(root)
    assert snapshot.id == newest
    assert snapshot.path == (root / "snapshots" / newest).resolve()
    for place in (str(root), root / "latest", root / "snapshots", root / "snapshots" / newest):
        assert {dataset.open(place), snapshot} == {snapshot}
    assert dataset.open(root, snapshot=older).id == older
    assert dataset.open(root / "snapshots" / older).id == older
    assert (dataset.open(copy).id, dataset.open(copy).path) == (newest, copy)
    assert repr(snapshot).startswith(f"<Snapshot {newest}, schema {SCHEMA_VERSION}: ")


def test_where_links_do_not_exist_latest_is_found_all_the_same(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "root", symlinks=True)
    (tmp_path / "root/latest").unlink()
    assert dataset.open(tmp_path / "root/latest").id == dataset.open(root).id


def test_ids_are_in_the_order_of_time(tmp_path: Path) -> None:
    names = [
        "2026-11-21T120000Z",
        "2026-11-21T120000Z-r2",
        "2026-11-21T120000Z-r10",
        "2026-12-01T000000Z",
    ]
    for name in reversed(names):
        (tmp_path / "snapshots" / name).mkdir(parents=True)
        (tmp_path / "snapshots" / name / "manifest.json").touch()
    (tmp_path / "snapshots/other").mkdir()
    assert dataset.snapshots(tmp_path) == names
    assert dataset.snapshots(tmp_path / "none") == []


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_every_table_is_the_same_by_every_way(snapshot: dataset.Snapshot, table: str) -> None:
    whole = snapshot.table(table)
    assert [
        column.name for column in next(t for t in TABLES if t.name == table).columns
    ] == whole.column_names
    assert whole.num_rows == snapshot.contents.rows[table]
    name = whole.column_names[0]
    values = whole[name].to_pylist()
    assert snapshot.table(table, [name])[name].to_pylist() == values
    assert snapshot.dataset(table).to_table()[name].to_pylist() == values
    batches = list(snapshot.batches(table, [name], rows=2))
    assert [value for batch in batches for value in batch[name].to_pylist()] == values
    assert all(batch.num_rows <= 2 for batch in batches)


def test_other_libraries_read_it_too(snapshot: dataset.Snapshot) -> None:
    for name in ("pandas", "polars", "duckdb", "pytz"):
        pytest.importorskip(name)
    titles = snapshot.table("documents")["title"].to_pylist()
    assert snapshot.pandas("documents", ["title"])["title"].to_list() == titles
    assert snapshot.polars("documents").collect()["title"].to_list() == titles
    with snapshot.duckdb() as connection:
        assert connection.sql("SELECT title FROM documents").fetchall() == [(t,) for t in titles]
        views = {
            name
            for (name,) in connection.sql(
                "SELECT view_name FROM duckdb_views() WHERE NOT internal"
            ).fetchall()
        }
        assert views == set(snapshot.tables)
        (seen,) = connection.sql("SELECT min(first_seen_at) FROM documents").fetchall()[0]
        assert seen == NOON + timedelta(minutes=1)


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(
        UsageError, match=r"needs polars, which is not installed: pip install polars"
    ):
        libraries.library("polars")


def test_a_document_has_all_that_belongs_to_it(snapshot: dataset.Snapshot) -> None:
    document = snapshot.document("en:66419")
    assert (document.title, document.revision_no, document.pair_doc_id) == ("Talks", 2, "ru:66419")
    assert [p.kind for p in document.paragraphs] == ["narration", "speech", "speech", "speech"]
    for paragraph in document.paragraphs:
        assert document.text[paragraph.char_start : paragraph.char_end] == paragraph.text
    assert [turn.speaker_label for turn in document.turns] == ["Vladimir Putin", "Guest"]
    assert document.turns[0].person_id == SPEAKER
    assert [(tag.tag_id, tag.facet) for tag in document.tags] == [("countries/KZ", "geography")]
    assert document.quality_warnings == ("short",)
    with pytest.raises(AttributeError):
        document.title = "Other"  # type: ignore[misc]


def test_a_pair_has_its_paragraphs_side_by_side(snapshot: dataset.Snapshot) -> None:
    pair = snapshot.pair(66419)
    assert pair.en == snapshot.document("en:66419")
    assert pair.ru == snapshot.document("ru:66419")
    assert [(bead.bead, len(bead.en), len(bead.ru)) for bead in pair.aligned] == [("1-1", 1, 1)] * 4
    assert [bead.en[0] for bead in pair.aligned] == list(pair.en.paragraphs)
    single = snapshot.pair(5)
    assert (single.en, single.aligned) == (None, ())
    assert single.ru is not None


def test_an_empty_body_is_an_empty_text(snapshot: dataset.Snapshot) -> None:
    document = snapshot.document("en:7")
    assert (document.text, document.paragraphs, document.turns) == ("", (), ())
    assert document.quality_warnings == ("no_body", "no_pair")


def test_time_can_be_travelled(snapshot: dataset.Snapshot) -> None:
    first, second = snapshot.revisions("en:66419")
    assert (first.title, second.title) == ("Meeting with a neighbour", "Talks")
    assert (first.valid_to, second.valid_to) == (second.valid_from, None)
    assert second.changed_fields == ("title",)

    def titles(moment: datetime) -> dict[str, str]:
        rows = snapshot.as_of(moment, ["doc_id", "title"]).to_pylist()
        return {row["doc_id"]: row["title"] for row in rows}

    assert titles(NOON) == {}
    assert titles(first.valid_from) == {"en:66419": first.title}
    assert titles(NOON + timedelta(hours=47))["en:66419"] == first.title
    moscow = timezone(timedelta(hours=3))
    assert titles(second.valid_from.astimezone(moscow))["en:66419"] == "Talks"
    with pytest.raises(UsageError, match="as_of needs a time zone"):
        snapshot.as_of(datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is wrong


def test_who_was_gone_is_not_among_what_was_on_the_site(tmp_path: Path) -> None:
    site, event = Site(), Event()
    gone = [site.capture(event.url, status=404, hours=hours) for hours in (10, 20)]
    publish(tmp_path, [site.part(tmp_path, [site.event(event), *gone])])
    opened = dataset.open(tmp_path)
    assert [each.change_kind for each in opened.revisions("en:66419")] == ["created", "gone"]
    assert opened.as_of(NOON + timedelta(hours=9)).num_rows == 1
    assert opened.as_of(NOON + timedelta(hours=30)).num_rows == 0


def test_a_persons_speeches_come_by_day(snapshot: dataset.Snapshot) -> None:
    rows = snapshot.speeches(SPEAKER).to_pylist()
    assert [(row["doc_id"], row["published_date"].year) for row in rows] == [
        ("ru:5", 2001),
        ("en:66419", 2021),
        ("ru:66419", 2021),
    ]
    assert rows[1]["title"] == "Talks"
    assert snapshot.speeches(SPEAKER, lang="en").num_rows == 1


def test_a_row_leads_to_its_bytes(root: Path, snapshot: dataset.Snapshot, copy: Path) -> None:
    pointer = snapshot.warc_pointer("en:66419")
    (row,) = [r for r in snapshot.table("documents").to_pylist() if r["doc_id"] == "en:66419"]
    assert (pointer.warc_record_offset, pointer.warc_record_id) == (
        row["warc_record_offset"],
        row["warc_record_id"],
    )
    assert pointer.path == (root / "warc/b.warc.gz").resolve()
    assert pointer.path.exists()
    assert not dataset.open(copy).warc_pointer("en:66419").path.exists()


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda s: s.table("document"), "has no table 'document'; did you mean documents"),
        (lambda s: s.table("x"), "its tables are documents, turns"),
        (lambda s: s.polars("turn"), "did you mean turns?"),
        (lambda s: s.table("documents", ["titel"]), "no column 'titel'; did you mean title?"),
        (lambda s: next(s.batches("documents", ["?"])), "its columns are doc_id, event_id"),
        (lambda s: s.pandas("turns", ["speaker"]), "no column 'speaker'; did you mean speaker_"),
        (lambda s: s.document("66419"), "'66419' is no document id; they are written ru:66419"),
        (lambda s: s.document("en:5"), "no document 'en:5', only its other edition 'ru:5'"),
        (lambda s: s.document("en:9"), "no document 'en:9'; it has 4 documents, events 5 to 66419"),
        (lambda s: s.warc_pointer("de:9"), "is no document id"),
        (lambda s: s.revisions("en:9"), "no document 'en:9'"),
        (lambda s: s.pair(9), "no event 9; it has 4 documents"),
        (lambda s: s.speeches("putin"), rf"did you mean {SPEAKER} \(Vladimir Putin\)\?"),
        (lambda s: s.speeches("persons/0"), "no person 'persons/0'; see the table persons"),
        (lambda s: s.speeches(SPEAKER, lang="de"), "'de' is no language of the site; en and ru"),
    ],
)
def test_what_is_not_there_is_said_with_what_may_be_meant(
    snapshot: dataset.Snapshot, ask: Callable[[dataset.Snapshot], object], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        ask(snapshot)


def test_a_person_who_never_spoke_has_no_speeches(tmp_path: Path) -> None:
    site, event = Site(), Event()
    tags = event.tags.replace("/catalog/countries/KZ/events", "/catalog/persons/90/events")
    publish(tmp_path, [site.part(tmp_path, [site.event(event.but(tags=tags))])])
    assert dataset.open(tmp_path).speeches("persons/90").num_rows == 0


def test_a_place_without_a_snapshot_is_said(root: Path, tmp_path: Path) -> None:
    newest = dataset.open(root).id
    with pytest.raises(UsageError, match="there is no such folder"):
        dataset.open(tmp_path / "none")
    with pytest.raises(
        UsageError, match=r"no snapshot has been published here; `kremlin-archive extract"
    ):
        dataset.open(tmp_path)
    with pytest.raises(UsageError, match=f"no snapshot '{newest[:-1]}'; did you mean .*{newest}"):
        dataset.open(root, snapshot=newest[:-1])
    (tmp_path / "snapshots").mkdir()
    with pytest.raises(SnapshotError, match="there is no snapshot; `kremlin-archive extract`"):
        dataset.open(tmp_path)
    shutil.copytree(root / "snapshots", tmp_path / "snapshots", dirs_exist_ok=True)
    with pytest.raises(
        SnapshotError, match=rf"latest\.json does not name a snapshot; give one: .*{newest}"
    ):
        dataset.open(tmp_path)
    (tmp_path / "snapshots" / newest / "manifest.json").unlink()
    with pytest.raises(SnapshotError, match=r"manifest\.json is missing; copy the snapshot again"):
        dataset.open(tmp_path / "snapshots" / newest)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (
            "0.9.0",
            rf"schema 0\.9\.0; this version reads {SCHEMA_VERSION[0]}\.x; run `kremlin-archive ext",
        ),
        ("99.0.0", r"schema 99\.0\.0; .*made by a newer kremlin-archive: update yours"),
        ("one", r"manifest\.json: it cannot be read"),
    ],
)
def test_a_schema_that_cannot_be_read_is_said(copy: Path, version: str, words: str) -> None:
    set_version(copy, version)
    with pytest.raises(SnapshotError, match=words):
        dataset.open(copy)


def set_version(folder: Path, version: str, *, without: str = "") -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["schema_version"] = version
    manifest["rows"].pop(without, None)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_a_table_that_came_later_is_told_from_one_that_never_was(copy: Path) -> None:
    older = f"{SCHEMA_VERSION[0]}.0.0"
    set_version(copy, older, without="turns")
    opened = dataset.open(copy)
    words = rf"no table 'turns'.*\(its schema is {older}, the newest is {SCHEMA_VERSION}: `kremlin-"
    with pytest.raises(UsageError, match=words):
        opened.table("turns")


@pytest.mark.parametrize("left", ["", "[]", "{", '{"schema_version": 1}'])
def test_a_manifest_that_cannot_be_read_is_said(copy: Path, left: str) -> None:
    (copy / "manifest.json").write_text(left)
    with pytest.raises(
        SnapshotError, match=r"manifest\.json: it cannot be read .*copy the snapshot"
    ):
        dataset.open(copy)


def lose(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def scratch(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[40:60] = bytes(20)
    path.write_bytes(content)


def other(path: Path) -> None:
    path.write_bytes(b"PAR1" + bytes(path.stat().st_size - 8) + b"PAR1")


@pytest.mark.parametrize(
    ("harm", "words", "verified"),
    [
        (lose, f"{SHARD} is missing", f"{SHARD}: it is missing"),
        (cut, f"{SHARD} has .* bytes, not .*: it is cut or was changed", "its checksum is not"),
        (scratch, f"{SHARD}: its checksum is not that of SHA256SUMS", "its checksum is not"),
        (other, f"{SHARD}: its checksum is not that of SHA256SUMS", "its checksum is not"),
    ],
)
def test_a_damaged_file_is_named(
    copy: Path, harm: Callable[[Path], None], words: str, verified: str
) -> None:
    opened = dataset.open(copy)
    opened.verify()
    assert opened.faults() == []
    harm(copy / SHARD)
    asked: tuple[Callable[[], object], ...] = (
        lambda: opened.table("documents"),
        lambda: list(opened.batches("documents")),
        lambda: opened.document("en:66419"),
    )
    for ask in asked:
        with pytest.raises(SnapshotError, match=f"(?s)the snapshot is damaged; copy it .*{words}"):
            ask()
    assert opened.table("turns").num_rows == snapshot_rows(copy, "turns")
    with pytest.raises(SnapshotError, match=f"(?s)the snapshot is damaged; .*{verified}"):
        opened.verify()


def snapshot_rows(folder: Path, table: str) -> int:
    return sum(pq.read_metadata(path).num_rows for path in (folder / table).iterdir())


def test_checksums_that_cannot_be_read_are_said(copy: Path) -> None:
    (copy / "SHA256SUMS").write_text("nothing of the kind")
    assert dataset.open(copy).faults() == ["SHA256SUMS: it is missing or cannot be read"]
    (copy / "SHA256SUMS").unlink()
    assert dataset.open(copy).faults() == ["SHA256SUMS: it is missing or cannot be read"]


def test_the_page_of_the_api_says_what_works(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("polars", "duckdb", "pytz"):
        pytest.importorskip(name)
    (tmp_path / "output").symlink_to(root)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"(?s)```python\n(.*?)```", PAGE.read_text("utf-8"))
    namespace: dict[str, object] = {}
    for block in blocks:
        exec(block, namespace)  # noqa: S102 - our own page
    assert len(blocks) == 4
    assert "Vladimir Putin label/vladimir-putin" in capsys.readouterr().out


ALONE = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        room = name.removeprefix("kremlin_archive.").partition(".")[0]
        if room in {blocked!r}:
            raise ImportError(f"{{name}} is not for those who only read tables")

sys.meta_path.insert(0, Blocked())
from kremlin_archive import dataset
assert "pyarrow" not in sys.modules, "heavy at once"
snapshot = dataset.open({root!r})
snapshot.verify()
assert snapshot.document("en:66419").title == "Talks"
assert snapshot.pair(66419).aligned
assert snapshot.speeches({speaker!r}).num_rows == 3
assert len(snapshot.revisions("en:66419")) == 2
print(sum(snapshot.table(table).num_rows for table in snapshot.tables))
"""
NOT_NEEDED = (
    "scrapy", "twisted", "warcio", "selectolax", "rapidfuzz", "click", "rich", "surt", "filelock",
    "archive", "pages", "spiders", "pipelines", "extensions", "settings", "wire", "replica", "state",
    "pandas", "polars", "duckdb", "fastparquet", "datasets",
)  # fmt: skip


def test_pyarrow_alone_is_needed(root: Path, snapshot: dataset.Snapshot) -> None:
    program = ALONE.format(blocked=NOT_NEEDED, root=str(root), speaker=SPEAKER)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == sum(snapshot.contents.rows.values())


def test_the_room_is_as_it_was_for_those_who_build() -> None:
    assert dataset.__all__ == ["Snapshot", "open", "snapshots"]
    with pytest.raises(AttributeError, match="no attribute 'close'"):
        _ = dataset.close
