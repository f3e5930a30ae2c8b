"""A whole archive, made by writer, index and extraction: sound, and then damaged in every place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from kremlin_archive.archive.cdxj_index import update_index
from kremlin_archive.cli import main
from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.manifest import read_checksums, sha256_of
from kremlin_archive.verify.archive import verify_archive
from kremlin_archive.verify.files import Report
from kremlin_archive.verify.findings import Finding
from tests.unit.dataset.conftest import Event, Site
from tests.unit.verify.planting import chunked, sized, write

Capsys = pytest.CaptureFixture[str]


def build(root: Path) -> Path:
    page = Site().html(Event(event_id=1))
    write(root, sized(page), chunked(page + b"<!-- changed -->"), sized(page))
    update_index(root)
    extract(root)
    return root


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound archive; tests work on copies."""
    return build(tmp_path_factory.mktemp("sound"))


@pytest.fixture
def root(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / "archive", symlinks=True)


def faults(root: Path) -> list[Finding]:
    return [one for one in verify_archive(root).findings if one.severity == "fault"]


def codes(root: Path) -> list[tuple[str, str]]:
    return [(one.code, Path(one.file).name) for one in faults(root)]


def test_the_archive_is_sound_and_every_pointer_was_followed(root: Path) -> None:
    report = verify_archive(root)
    assert list(report.findings) == []
    files = [pq.read_table(path, partitioning=None) for path in latest(root).glob("*/*.parquet")]
    pointing = [rows["warc_filename"] for rows in files if "warc_record_id" in rows.column_names]
    rows = sum(len(column) - column.null_count for column in pointing)
    lines = (root / "index" / "kremlin.cdxj").read_bytes().count(b"\n")
    assert rows >= 4  # a document and its three captures
    assert lines == 3
    assert report.claims == rows + lines
    assert (report.files, report.records) == (1, 7)
    assert verify_archive(root, jobs=2).claims == report.claims


def test_no_index_and_no_snapshot_are_notes(root: Path) -> None:
    (root / "index" / "kremlin.cdxj").unlink()
    (root / "latest.json").unlink()
    report = verify_archive(root)
    assert report.is_sound
    assert {one.code for one in report.findings} == {"no-index", "no-snapshot"}


def test_an_open_file_is_a_note(root: Path) -> None:
    warc = next((root / "warc").rglob("*.warc.gz"))
    other = warc.with_name("kremlin-20261121130000123-00000-HOST.warc.gz.open")
    data = write(root.parent / "other", sized(b"x" * 300)).read_bytes()
    other.write_bytes(data[:-10])
    found = list(verify_archive(root).findings)
    assert ("note", "open-file") in [(one.severity, one.code) for one in found]
    assert ("fault", "cut") in [(one.severity, one.code) for one in found]


# The index -----------------------------------------------------------------------------------------------


def edit_index(root: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = root / "index" / "kremlin.cdxj"
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


INDEX = {
    "index-unsorted": lambda lines: lines[::-1],
    "index-line-repeated": lambda lines: [lines[0], *lines],
    "not-indexed": lambda lines: lines[1:],
    "index-line-broken": lambda lines: [*lines, b"ru,kremlin)/x no json\n"],
}


@pytest.mark.parametrize("code", INDEX)
def test_index_that_is_not_what_it_should_be(root: Path, code: str) -> None:
    edit_index(root, INDEX[code])
    assert code in [one[0] for one in codes(root)]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"status": "200"', b'"status": "404"', "status 404"),
        (b'"digest": "sha256:', b'"digest": "sha256:0', "digest"),
        (b" 20261121120000 ", b" 20261121120001 ", "time 20261121120001"),
        (b'"length": "', b'"length": "1', "length"),
        (b'"offset": "', b'"offset": "1', "no record begins"),
        (b'"filename": "kremlin', b'"filename": "gremlin', "no WARC file"),
        (b'news/1"', b'news/2"', "the key is not that"),
        (b'"offset": "', b'"offset": "-', "out of all range"),
        (b'"offset": "', b'"offset": "x', "no number"),
    ],
)
def test_index_line_that_is_wrong(root: Path, old: bytes, new: bytes, words: str) -> None:
    edit_index(root, lambda lines: [lines[0].replace(old, new, 1), *lines[1:]])
    wrong = [one for one in faults(root) if one.code in ("index-line-wrong", "index-line-broken")]
    assert [(one.file, one.row) for one in wrong] == [("index/kremlin.cdxj", 1)]
    assert words in wrong[0].problem


# Snapshots -----------------------------------------------------------------------------------------------


def latest(root: Path) -> Path:
    return (root / "latest").resolve()


def documents(root: Path) -> Path:
    return next((latest(root) / "documents").iterdir())


def flip(path: Path, at: int = -40) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.unlink()  # it may be a hard link to another snapshot's
    path.write_bytes(bytes(data))


def test_a_flipped_byte(root: Path) -> None:
    flip(latest(root) / "LICENSE")
    assert codes(root) == [("checksum-wrong", "LICENSE")]


def test_a_flipped_byte_in_a_table(root: Path) -> None:
    flip(documents(root), 4)
    assert ("checksum-wrong", documents(root).name) in codes(root)


def test_a_table_cut_short(root: Path) -> None:
    path = documents(root)
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[: len(data) // 2])
    found = [code for code, _ in codes(root)]
    assert set(found) == {"checksum-wrong", "snapshot-broken", "manifest-wrong"}


def test_a_missing_file(root: Path) -> None:
    name = documents(root).name
    documents(root).unlink()
    assert codes(root) == [("snapshot-file-missing", name)]


def test_a_stray_file(root: Path) -> None:
    (latest(root) / "documents" / "README.md").write_text("notes")
    assert codes(root) == [("stray-file", "README.md")]


def test_no_checksums(root: Path) -> None:
    (latest(root) / "SHA256SUMS").unlink()
    assert codes(root) == [("snapshot-broken", "SHA256SUMS")]


def test_latest_must_lead_somewhere(root: Path) -> None:
    (root / "latest").unlink()
    (root / "latest").symlink_to("snapshots/other")
    assert codes(root) == [("snapshot-broken", "latest")]
    (root / "latest.json").write_text('{"snapshot": "other"}')
    assert codes(root) == [("snapshot-broken", "latest.json")]
    (root / "latest.json").write_text("{")
    assert codes(root) == [("snapshot-broken", "latest.json")]


def reseal(snapshot: Path) -> None:
    """Make manifest and checksums agree with what is there now."""
    manifest = json.loads((snapshot / "manifest.json").read_text("utf-8"))
    for one in manifest["files"]:
        path = snapshot / one["path"]
        one |= {"sha256": sha256_of(path), "bytes": path.stat().st_size}
    (snapshot / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    names = read_checksums(snapshot)
    sums = "".join(f"{sha256_of(snapshot / name)}  {name}\n" for name in names)
    (snapshot / "SHA256SUMS").write_text(sums, "utf-8")


def manifest_with(root: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = latest(root) / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), "utf-8")
    sums = read_checksums(latest(root))
    sums["manifest.json"] = sha256_of(path)
    text = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
    (latest(root) / "SHA256SUMS").write_text(text, "utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(snapshot="other"),
        lambda manifest: manifest["rows"].update(documents=7),
        lambda manifest: manifest["files"][0].update(bytes=7),
        lambda manifest: manifest["files"][0].update(sha256="0" * 64),
        lambda manifest: manifest["files"].pop(),
    ],
)
def test_a_manifest_that_is_wrong(root: Path, change: Callable[[dict[str, Any]], object]) -> None:
    manifest_with(root, change)
    assert {code for code, _ in codes(root)} == {"manifest-wrong"}


def test_a_warc_that_is_not_the_one_the_snapshot_was_made_from(root: Path) -> None:
    warc = next((root / "warc").rglob("*.warc.gz"))
    with warc.open("ab") as file:
        file.write(
            warc.read_bytes()[:0] + b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x03\x00" + bytes(8)
        )
    assert codes(root) == [("file-changed", warc.name)]
    warc.unlink()
    found = {code for code, _ in codes(root)}
    assert found == {"file-missing", "row-wrong", "index-line-broken"}


def with_column(root: Path, table: str, name: str, value: object) -> None:
    """Give the first row of a table another value, and seal the snapshot again."""
    path = next((latest(root) / table).iterdir())
    rows = pq.read_table(path, partitioning=None)
    column = rows.schema.get_field_index(name)
    first = pa.array([row == 0 for row in range(rows.num_rows)])
    changed = pc.if_else(first, pa.scalar(value, rows.schema.field(name).type), rows[name])
    path.unlink()
    pq.write_table(rows.set_column(column, rows.schema.field(name), changed), path)
    reseal(latest(root))


@pytest.mark.parametrize("table", ["documents", "captures"])
@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("warc_record_offset", 7, "no record begins"),
        ("warc_record_length", 7, "length 7"),
        ("warc_record_id", "<urn:uuid:00000000-0000-4000-8000-000000000999>", "record id"),
        ("payload_digest", "sha256:0", "payload digest"),
        ("warc_filename", "2026/other.warc.gz", "no WARC file"),
    ],
)
def test_a_row_that_points_wrong(
    root: Path, table: str, column: str, value: object, words: str
) -> None:
    with_column(root, table, column, value)
    found = faults(root)
    assert [(one.code, one.row) for one in found] == [("row-wrong", 1)]
    assert f"/{table}/" in found[0].file
    assert words in found[0].problem


def test_a_capture_row_with_another_status(root: Path) -> None:
    with_column(root, "captures", "fetch_status", 404)
    assert [one.code for one in faults(root)] == ["row-wrong"]


def test_older_snapshots_are_looked_at_if_asked(root: Path) -> None:
    older = root / "snapshots" / "2026-01-01T000000Z"
    shutil.copytree(latest(root), older)
    assert verify_archive(root).is_sound
    report = verify_archive(root, every_snapshot=True)
    assert report.snapshots[0] == older.name
    found = {(one.code, one.file) for one in report.findings if one.severity == "fault"}
    assert found == {("manifest-wrong", f"snapshots/{older.name}/manifest.json")}


# The command ---------------------------------------------------------------------------------------------


def test_command_says_sound(root: Path, capsys: Capsys) -> None:
    assert main(["verify", "--root", str(root), "--jobs", "1"]) == 0
    assert "Verdict:   sound: no faults, 0 notes" in capsys.readouterr().out


def test_command_lists_faults_with_place_and_advice(root: Path, capsys: Capsys) -> None:
    (latest(root) / "documents" / "README.md").write_text("notes")
    (root / "index" / "kremlin.cdxj").unlink()
    assert main(["verify", "--root", str(root), "--jobs", "1"]) == 1
    words = capsys.readouterr().out
    assert f"FAULT snapshots/{latest(root).name}/documents/README.md: stray-file:" in words
    assert "→ remove it: readers of the folder fail on it" in words
    assert "note  no-index × 1: make one" in words
    assert "NOT SOUND: 1 faults, 1 notes" in words


def test_command_as_json(root: Path, capsys: Capsys) -> None:
    warc = next((root / "warc").rglob("*.warc.gz"))
    flip(warc)
    assert main(["verify", str(warc), "--json", "--jobs", "1"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["sound"], report["faults"], report["files"]) == (False, 1, 1)
    (one,) = report["findings"]
    assert (one["severity"], one["code"], one["file"]) == ("fault", "gzip-broken", str(warc))
    assert one["offset"] > 0
    assert one["advice"]


def test_command_on_what_is_not_there(tmp_path: Path, capsys: Capsys) -> None:
    assert main(["verify", str(tmp_path / "none.warc.gz")]) == 1
    assert "there is no such file" in capsys.readouterr().err
    assert main(["verify", "--root", str(tmp_path)]) == 1
    assert "neither a WARC file nor a snapshot" in capsys.readouterr().err


def test_nothing_in_the_archive_is_written(root: Path) -> None:
    def state() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in root.rglob("*")}

    before = state()
    report: Report = verify_archive(root, jobs=2)
    assert report.is_sound
    assert state() == before
