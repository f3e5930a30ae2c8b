from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kremlin_archive.archive.captures import read_captures
from kremlin_archive.archive.reader import read_records
from kremlin_archive.errors import WarcError
from kremlin_archive.replica import Folder, serve


def record(
    block: bytes, *fields: bytes, length: int | None = None, end: bytes = b"\r\n\r\n"
) -> bytes:
    size = len(block) if length is None else length
    head = [b"WARC/1.1", *fields, b"Content-Length: %d" % size]
    return b"\r\n".join(head) + b"\r\n\r\n" + block + end


RESPONSE = (
    b"WARC-Type: response",
    b"WARC-Record-ID: <urn:uuid:1>",
    b"WARC-Date: 2020-08-27T12:20:00Z",
    b"WARC-Target-URI: http://en.kremlin.ru/events/president/news/1",
    b"Content-Type: application/http;msgtype=response",
)
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>1</p>"


def written(path: Path, *records: bytes) -> Path:
    path.write_bytes(b"".join(gzip.compress(one) for one in records))
    return path


def test_offsets_and_lengths_lead_back_to_each_record(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", record(b"x"), record(HTTP, *RESPONSE), record(b"y"))
    data = path.read_bytes()
    for one in read_records(path):
        alone = gzip.decompress(data[one.offset : one.offset + one.length])
        assert alone.endswith(one.block + b"\r\n\r\n")


def test_plain_files_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record(b"x") + record(HTTP, *RESPONSE))
    first, second = read_records(path)
    assert (first.block, second.block) == (b"x", HTTP)
    assert second.offset == len(record(b"x"))


FAULTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut in the last member": (lambda: gzip.compress(record(b"x"))[:-9], "ends inside a record"),
    "zeros at the end": (lambda: gzip.compress(record(b"x")) + bytes(4096), "broken gzip member"),
    "a flipped byte": (
        lambda: (
            gzip.compress(record(b"x" * 50))[:40] + b"\xff\xff" + gzip.compress(record(b"x"))[42:]
        ),
        "broken gzip member",
    ),
    "length too short": (lambda: gzip.compress(record(b"x" * 50, length=30)), "does not end there"),
    "length too long": (lambda: gzip.compress(record(b"x", length=21)), "does not end there"),
    "no length": (
        lambda: gzip.compress(b"WARC/1.1\r\nA: b\r\n\r\n\r\n\r\n"),
        "Content-Length is None",
    ),
    "no closing lines": (lambda: gzip.compress(record(b"x", end=b"")), "does not end there"),
    "another version": (
        lambda: gzip.compress(record(b"x").replace(b"WARC/1.1", b"WARC/2.0")),
        "no WARC record begins here",
    ),
    "not a WARC": (lambda: gzip.compress(b"<html>"), "no WARC record begins here"),
    "one gzip stream": (lambda: gzip.compress(record(b"x") * 2), "more than one record"),
    "empty": (lambda: b"", "the file is empty"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_file_is_named_with_file_and_offset(tmp_path: Path, fault: str) -> None:
    make, words = FAULTS[fault]
    path = tmp_path / "broken.warc.gz"
    path.write_bytes(make())
    with pytest.raises(WarcError, match=words) as caught:
        list(read_records(path))
    assert str(path) in str(caught.value)


def test_whole_records_before_the_fault_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", record(HTTP, *RESPONSE), record(b"x"))
    path.write_bytes(path.read_bytes()[:-5])
    faults: list[WarcError] = []
    captures = list(read_captures(path, name="a.warc.gz", on_fault=faults.append))
    assert [capture.content for capture in captures] == [b"<p>1</p>"]
    assert len(faults) == 1


def _without(name: bytes) -> tuple[bytes, ...]:
    return tuple(field for field in RESPONSE if not field.startswith(name))


@pytest.mark.parametrize(
    ("fields", "block", "words"),
    [
        (_without(b"WARC-Date"), HTTP, "no WARC-Date"),
        (_without(b"WARC-Record-ID"), HTTP, "no WARC-Record-ID"),
        (_without(b"WARC-Target-URI"), HTTP, "no WARC-Target-URI"),
        ((*_without(b"WARC-Date"), b"WARC-Date: yesterday"), HTTP, "not a date"),
        (RESPONSE, b"<html>", "holds no HTTP head"),
    ],
    ids=["no date", "no id", "no target", "bad date", "no head"],
)
def test_a_record_that_cannot_be_understood_is_named_and_the_rest_is_read(
    tmp_path: Path, fields: tuple[bytes, ...], block: bytes, words: str
) -> None:
    path = written(tmp_path / "a.warc.gz", record(block, *fields), record(HTTP, *RESPONSE))
    faults: list[WarcError] = []
    captures = list(read_captures(path, name="a.warc.gz", on_fault=faults.append))
    assert len(captures) == 1
    assert len(faults) == 1
    assert words in str(faults[0])
    with pytest.raises(WarcError, match=words):
        list(read_captures(path, name="a.warc.gz"))


def test_a_revisit_without_a_block_is_a_capture(tmp_path: Path) -> None:
    fields = (b"WARC-Type: revisit", *RESPONSE[1:], b"WARC-Payload-Digest: sha256:ab")
    path = written(tmp_path / "a.warc.gz", record(b"", *fields, b"WARC-Refers-To: <urn:uuid:0>"))
    (capture,) = read_captures(path, name="a.warc.gz")
    assert (capture.record_type, capture.status, capture.refers_to) == (
        "revisit",
        200,
        "<urn:uuid:0>",
    )
    assert capture.payload_sha256 == "ab"


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_a_file_written_by_wget_is_read(tmp_path: Path) -> None:
    page = tmp_path / "site/en.kremlin.ru/events/president/news/1.html"
    page.parent.mkdir(parents=True)
    page.write_bytes(b"<html><p>" + b"page " * 2000 + b"</p></html>")
    with serve(Folder(tmp_path / "site"), log=True) as replica:
        command = [
            "wget",
            "-q",
            "--header=Host: en.kremlin.ru",
            "--warc-file=w",
            "--no-warc-keep-log",
        ]
        url = f"{replica.address}/events/president/news/1"
        subprocess.run([*command, "-O", "/dev/null", url], cwd=tmp_path, check=True)
        answers = [one.response for one in replica.exchanges]
    captures = list(read_captures(tmp_path / "w.warc.gz", name="w.warc.gz"))
    assert [capture.content for capture in captures] == [page.read_bytes()]
    records = [one for one in read_records(tmp_path / "w.warc.gz") if one.type == "response"]
    assert [one.block for one in records] == answers
