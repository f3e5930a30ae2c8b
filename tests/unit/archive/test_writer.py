from __future__ import annotations

import errno
import gzip
import itertools
import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from kremlin_archive.archive.captures import read_captures
from kremlin_archive.archive.digest import labelled
from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.reader import RawRecord, read_records
from kremlin_archive.archive.writer import RunFacts, WarcWriter, open_path

BEGAN = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
FACTS = RunFacts("2026-11-21T120000Z", "test/1", "", "agent", "obey", "HOST", "test")
SENT = b"GET /events/president/news/1 HTTP/1.1\r\nHost: en.kremlin.ru\r\n\r\n"
PAGE = b"<html><p>page</p></html>"


def exchange(received: bytes, **facts: object) -> Exchange:
    url = "http://en.kremlin.ru/events/president/news/1"
    return Exchange(url, BEGAN, SENT, received, "127.0.0.1", **facts)  # type: ignore[arg-type]


def plain(body: bytes = PAGE, *headers: bytes) -> bytes:
    head = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def writer(root: Path, max_bytes: int = 10**9) -> WarcWriter:
    numbers = itertools.count()
    return WarcWriter(
        root,
        FACTS,
        max_bytes=max_bytes,
        now=lambda: BEGAN,
        new_id=lambda: f"<urn:uuid:00000000-0000-4000-8000-{next(numbers):012d}>",
    )


def stored(root: Path, *exchanges: Exchange) -> list[RawRecord]:
    with writer(root) as warc:
        for one in exchanges:
            warc.store(one)
    return list(read_records(warc.paths[0]))


SHAPES = {
    "length": plain(),
    "gzip": plain(gzip.compress(PAGE, mtime=0), b"content-encoding: gzip"),
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n",
    "no content": b"HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n",
    "moved": b"HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
    "cyrillic reason": b"HTTP/1.1 404 \xd0\x9d\xd0\xb5\xd1\x82\r\nContent-Length: 2\r\n\r\nno",
    "folded": b"HTTP/1.1 200 OK\r\nX: one\r\n   two\r\nX-Trail: v   \r\nContent-Length: 2\r\n\r\nok",
    "raw bytes": b"HTTP/1.1 200 OK\r\nX: \xcf\xf3\xf2\r\nno colon\r\nContent-Length: 2\r\n\r\nok",
    "bare lf": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_byte_of_an_exchange_is_in_the_file(tmp_path: Path, shape: str) -> None:
    records = stored(tmp_path, exchange(SHAPES[shape]))
    blocks = {record.type: record.block for record in records}
    assert blocks["response"] == SHAPES[shape]
    assert blocks["request"] == SENT


@pytest.mark.parametrize("shape", SHAPES)
def test_other_readers_find_the_same_blocks(tmp_path: Path, shape: str) -> None:
    with writer(tmp_path) as warc:
        warc.store(exchange(SHAPES[shape]))
    data = warc.paths[0].read_bytes()
    ours = [record.block for record in read_records(warc.paths[0])]
    theirs = [r.raw_stream.read() for r in ArchiveIterator(BytesIO(data), no_record_parse=True)]
    fast = [record.reader.read() for record in FastIterator(BytesIO(data), parse_http=False)]
    assert ours == theirs == fast


def test_fields_are_those_the_standard_asks_for(tmp_path: Path) -> None:
    info, response, request = stored(tmp_path, exchange(plain()))
    assert info.get("WARC-Filename") == "kremlin-20261121120000123-00000-HOST.warc.gz"
    assert b"isPartOf: 2026-11-21T120000Z\r\n" in info.block
    assert info.get("WARC-Target-URI") is None
    assert info.get("WARC-Payload-Digest") is None
    for record in (response, request):
        assert record.get("WARC-Date") == "2026-11-21T12:00:00.123456Z"
        assert record.get("WARC-Target-URI") == "http://en.kremlin.ru/events/president/news/1"
        assert record.get("WARC-Warcinfo-ID") == info.get("WARC-Record-ID")
        assert record.get("WARC-IP-Address") == "127.0.0.1"
        assert record.get("WARC-Block-Digest") == labelled(record.block)
    assert response.get("WARC-Payload-Digest") == labelled(PAGE)
    assert request.get("WARC-Concurrent-To") == response.get("WARC-Record-ID")
    assert response.get("Content-Type") == "application/http;msgtype=response"


def test_payload_digest_is_of_the_entity_body_without_chunk_framing(tmp_path: Path) -> None:
    _, response, _ = stored(tmp_path, exchange(SHAPES["chunked"]))
    assert response.get("WARC-Payload-Digest") == labelled(b"page")


def test_interim_heads_become_metadata_and_are_not_lost(tmp_path: Path) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    _, response, request, metadata = stored(tmp_path, exchange(hints + plain()))
    assert response.block == plain()
    assert (metadata.type, metadata.block) == ("metadata", hints)
    assert metadata.get("WARC-Concurrent-To") == response.get("WARC-Record-ID")
    assert metadata.get("WARC-Payload-Digest") is None
    assert request.type == "request"


def test_a_cut_body_is_kept_and_marked(tmp_path: Path) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<html>"
    with writer(tmp_path) as warc:
        stored = warc.store(exchange(cut, truncated="disconnect", error="gone"))
    assert stored is not None
    capture = stored.capture
    assert (capture.truncated, capture.content) == ("disconnect", b"<html>")
    response = list(read_records(warc.paths[0]))[1]
    assert response.get("WARC-Truncated") == "disconnect"
    assert response.block == cut


@pytest.mark.parametrize(
    "received", [b"", b"HTTP/1.1 200 OK\r\nContent-"], ids=["nothing", "half a head"]
)
def test_an_unanswered_request_is_kept_with_the_reason(tmp_path: Path, received: bytes) -> None:
    with writer(tmp_path) as warc:
        assert warc.store(exchange(received, truncated="time", error="timed out")) is None
    _, request, *metadata = read_records(warc.paths[0])
    assert request.get("WARC-Concurrent-To") is None
    assert b"reason: timed out" in metadata[0].block
    assert [record.block for record in metadata[1:]] == ([received] if received else [])


def test_a_capture_just_written_equals_the_same_read_back(tmp_path: Path) -> None:
    with writer(tmp_path) as warc:
        stored = [warc.store(exchange(raw)) for raw in SHAPES.values()]
    written = [one.capture for one in stored if one]
    name = f"2026/{warc.paths[0].name}"
    assert list(read_captures(warc.paths[0], name=name)) == written


def test_files_rotate_by_size_and_are_open_only_while_written(tmp_path: Path) -> None:
    warc = writer(tmp_path, max_bytes=1500)
    for _ in range(4):
        warc.store(exchange(plain()))
    assert len(list(tmp_path.rglob("*.open"))) == 1
    warc.close()
    names = sorted(path.name for path in warc.paths)
    assert names == [f"kremlin-20261121120000123-{n:05d}-HOST.warc.gz" for n in range(len(names))]
    assert len(names) > 1
    assert not list(tmp_path.rglob("*.open"))
    for path in warc.paths:
        assert next(read_records(path)).type == "warcinfo"


def test_a_write_that_fails_leaves_whole_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warc = writer(tmp_path)
    warc.store(exchange(plain()))
    before = open_path(
        tmp_path / "warc/2026/kremlin-20261121120000123-00000-HOST.warc.gz"
    ).read_bytes()

    def full(file: object, data: bytes) -> None:
        file.write(data[:100])  # type: ignore[attr-defined]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("kremlin_archive.archive.writer._write_all", full)
    with pytest.raises(OSError, match="No space left"):
        warc.store(exchange(plain()))
    monkeypatch.undo()
    warc.close()
    assert warc.paths[0].read_bytes() == before


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.from_regex(rb"[A-Za-z-]{1,12}", fullmatch=True), st.binary(max_size=30)),
        max_size=5,
    ),
    st.binary(max_size=400),
)
def test_any_headers_and_body_survive(
    tmp_path_factory: pytest.TempPathFactory, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    lines = [name + b": " + value.translate(None, b"\r\n") for name, value in headers]
    raw = b"\r\n".join([b"HTTP/1.1 200 OK", *lines]) + b"\r\n\r\n" + body
    records = stored(tmp_path_factory.mktemp("any"), exchange(raw))
    assert records[1].block == raw


def test_bytes_are_the_same_as_ever(tmp_path: Path) -> None:
    """A golden of the uncompressed records: a change here changes what archives look like."""
    with writer(tmp_path) as warc:
        warc.store(exchange(plain(b"<p>1</p>")))
    golden = Path(__file__).with_name("golden.warc")
    assert gzip.decompress(warc.paths[0].read_bytes()) == golden.read_bytes()
