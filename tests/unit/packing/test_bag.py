from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from kremlin_archive.archive.cdxj_index import INDEX, update_index
from kremlin_archive.dataset.extract import extract
from kremlin_archive.errors import SnapshotError, UsageError, WarcError
from kremlin_archive.packing.bag import pack_bag
from tests.unit.packing.conftest import EN, SECOND, Crawl, Seen


@pytest.fixture
def bag(kept: Path, tmp_path: Path) -> Path:
    pack_bag(kept, tmp_path / "bag")
    return tmp_path / "bag"


def entries(path: Path) -> dict[str, str]:
    pairs = (line.split("  ", 1) for line in path.read_text("utf-8").splitlines())
    return {name: digest for digest, name in pairs}


def test_bagit_accepts_it_and_sees_a_changed_file(bag: Path) -> None:
    pytest.importorskip("bagit", reason="bagit is not installed")
    command = [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", str(bag)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    (bag / "data/latest.json").write_text("{}")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_manifests_name_every_file(bag: Path) -> None:
    payload = entries(bag / "manifest-sha256.txt")
    files = {
        path.relative_to(bag).as_posix() for path in (bag / "data").rglob("*") if path.is_file()
    }
    assert payload.keys() == files
    tags = entries(bag / "tagmanifest-sha256.txt")
    assert tags.keys() == {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}
    for name, digest in (payload | tags).items():
        assert hashlib.sha256((bag / name).read_bytes()).hexdigest() == digest


def test_the_counts_are_those_of_the_payload(bag: Path) -> None:
    lines = (bag / "bag-info.txt").read_text("utf-8").splitlines()
    info = dict(line.split(": ", 1) for line in lines)
    files = [path for path in (bag / "data").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    assert info["Payload-Oxum"] == f"{size}.{len(files)}"
    assert info["External-Identifier"] == "kremlin-archive 2026-11-22T120002Z"
    assert (info["WARC-Files"], info["Rows-documents"], info["Rows-captures"]) == ("2", "3", "7")
    assert info["Newest-Capture"] == "2026-11-22T12:00:02.123456+00:00"


def test_the_payload_is_an_archive_that_gives_the_same_snapshot(bag: Path, kept: Path) -> None:
    report = update_index(bag / "data")
    assert report.lines == 7
    assert (bag / "data" / INDEX).read_bytes() == (kept / INDEX).read_bytes()
    published = extract(bag / "data").published
    assert not published.is_new
    assert published.path.name == "2026-11-22T120002Z"


def test_the_same_archive_gives_the_same_bag(bag: Path, kept: Path, tmp_path: Path) -> None:
    pack_bag(kept, tmp_path / "again")
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        assert (tmp_path / "again" / name).read_bytes() == (bag / name).read_bytes()


def test_the_index_holds_what_the_bag_holds(archive: Path, tmp_path: Path) -> None:
    newer = Crawl(archive, SECOND.replace(hour=18), Seen())
    newer.fetch(EN.url, b"<p>newer</p>")
    newer.close()
    packed = pack_bag(archive, tmp_path / "bag")
    assert len(packed.left_out) == 1
    index = (tmp_path / "bag/data" / INDEX).read_text("utf-8")
    assert len(index.splitlines()) == 7
    assert "20261122180000" not in index


def test_what_is_damaged_is_not_packed(archive: Path, tmp_path: Path) -> None:
    snapshot = archive / "snapshots/2026-11-22T120002Z"
    readme = (snapshot / "README.md").read_bytes()
    (snapshot / "README.md").write_bytes(b"x")
    with pytest.raises(SnapshotError, match=r"README\.md: is not what"):
        pack_bag(archive, tmp_path / "bag")
    (snapshot / "README.md").write_bytes(readme)
    warc = min((archive / "warc").rglob("*.gz"))
    data = bytearray(warc.read_bytes())
    data[50] ^= 1
    warc.write_bytes(data)
    with pytest.raises(WarcError, match="its sha256 is"):
        pack_bag(archive, tmp_path / "bag")
    (tmp_path / "bag").mkdir()
    with pytest.raises(UsageError, match="nothing is overwritten"):
        pack_bag(archive, tmp_path / "bag")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("bag.")]
