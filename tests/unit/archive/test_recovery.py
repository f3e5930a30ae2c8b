from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.reader import read_records
from kremlin_archive.archive.recovery import recover
from kremlin_archive.archive.writer import RunFacts, WarcWriter, open_path

FACTS = RunFacts("run", "test/1", "", "agent", "obey", "HOST", "test")


def left_open(root: Path, exchanges: int) -> tuple[Path, list[int]]:
    """A file as a dead writer leaves it, and where each of its records ends."""
    writer = WarcWriter(root, FACTS, max_bytes=10**9)
    for number in range(exchanges):
        url = f"http://en.kremlin.ru/{number}"
        received = b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + bytes(300)
        writer.store(Exchange(url, datetime.now(UTC), b"GET / HTTP/1.1\r\n\r\n", received, None))
    writer.close()
    path = writer.paths[0].rename(open_path(writer.paths[0]))
    return path, [record.offset + record.length for record in read_records(path)]


def test_a_file_cut_anywhere_keeps_every_record_that_is_whole(tmp_path: Path) -> None:
    path, ends = left_open(tmp_path, 3)
    data = path.read_bytes()
    for cut in itertools.chain(range(1, len(data), 37), ends, [e - 1 for e in ends]):
        path.write_bytes(data[:cut])
        (one,) = recover(tmp_path)
        whole = [end for end in ends if end <= cut]
        assert one.records == len(whole)
        assert one.cut_bytes == cut - (whole[-1] if whole else 0)
        assert not path.exists()
        if one.path is not None:
            assert one.path.read_bytes() == data[: whole[-1]]
            one.path.unlink()


@pytest.mark.parametrize("tail", [bytes(4096), b"garbage", b"\x1f\x8b\x08\x00" + b"\xff" * 40])
def test_what_a_power_loss_leaves_behind_is_cut(tmp_path: Path, tail: bytes) -> None:
    path, ends = left_open(tmp_path, 2)
    with path.open("ab") as file:
        file.write(tail)
    (one,) = recover(tmp_path)
    assert (one.records, one.cut_bytes) == (len(ends), len(tail))


def test_a_file_without_a_whole_record_is_removed(tmp_path: Path) -> None:
    path, _ = left_open(tmp_path, 1)
    path.write_bytes(b"")
    (one,) = recover(tmp_path)
    assert one.path is None
    assert not list((tmp_path / "warc").rglob("*.gz*"))


def test_closed_files_are_left_alone(tmp_path: Path) -> None:
    left_open(tmp_path, 1)
    (one,) = recover(tmp_path)
    assert one.path is not None
    before = one.path.stat()
    assert recover(tmp_path) == []
    assert one.path.stat() == before
