from __future__ import annotations

import gzip
import io
import warnings
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kremlin_archive.archive.cdxj import parse_line, read_entries
from kremlin_archive.archive.compose import NewRecord
from kremlin_archive.archive.warcfields import FIELDS, HTTP_RESPONSE, REVISIT_IDENTICAL
from kremlin_archive.archive.writer import serialise
from kremlin_archive.errors import WarcError

indexer = pytest.importorskip("cdxj_indexer.main", reason="cdxj-indexer is not installed")

URL = "http://en.kremlin.ru/events/president/news/66419"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
DIGEST = ("WARC-Payload-Digest", "sha256:" + "0" * 64)


def record(
    kind: str,
    block: bytes,
    *fields: tuple[str, str],
    url: str = URL,
    date: str = "2026-11-21T12:00:00.123456Z",
    content_type: str = HTTP_RESPONSE,
) -> NewRecord:
    identity = ("WARC-Record-ID", "<urn:uuid:00000000-0000-4000-8000-000000000000>")
    named = [("WARC-Type", kind), identity, ("WARC-Date", date), ("WARC-Target-URI", url)]
    return NewRecord([*named, *fields], block, content_type)


def written(path: Path, records: Iterable[NewRecord]) -> Path:
    path.write_bytes(serialise(records, 0)[0])
    return path


def ours(warc: Path) -> list[str]:
    return sorted({entry.line.decode() for entry in read_entries(warc)})


def theirs(*warcs: Path) -> list[str]:
    """What ``cdxj-indexer --sort`` prints."""
    out = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        indexer.CDXJIndexer(out, [str(warc) for warc in warcs], sort=True).process_all()
    return out.getvalue().splitlines(keepends=True)


RECORDS = {
    "response": record("response", HEAD + b"page", DIGEST),
    "no digest": record("response", HEAD + b"page"),
    "chunked, no digest": record(
        "response", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n"
    ),
    "no content type": record("response", b"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n", DIGEST),
    "no reason": record("response", b"HTTP/1.1 404\r\nX: 1\r\n\r\n", DIGEST),
    "no status": record("response", b"HTTP/1.1\r\nX: 1\r\n\r\n", DIGEST),
    "two spaces": record("response", b"HTTP/1.1  200  OK\r\nX: 1\r\n\r\n", DIGEST),
    "folded type": record("response", b"HTTP/1.1 200 OK\r\nContent-Type: text/\r\n html\r\n\r\n"),
    "bare lf": record("response", b"HTTP/1.1 200 OK\nContent-Type: text/plain;a=b\n\nx"),
    "cyrillic": record(
        "response", b"HTTP/1.1 404 \xd0\x9d\xd0\xb5\r\nX: \xcf\xf3\r\n\r\nno", DIGEST
    ),
    "type with a space": record("response", b"HTTP/1.1 200 OK\r\nContent-Type: a/b c\r\n\r\n"),
    "empty type": record("response", b"HTTP/1.1 200 OK\r\nContent-Type:\r\n\r\n"),
    "empty block": record("response", b"", DIGEST),
    "revisit": record("revisit", HEAD, DIGEST, ("WARC-Profile", REVISIT_IDENTICAL)),
    "revisit without a head": record("revisit", b"", ("WARC-Profile", REVISIT_IDENTICAL)),
    "resource": record("resource", b"<p>", content_type="text/html; charset=utf-8"),
    "about the crawl": record("metadata", b"a: b\r\n", content_type=FIELDS),
    "resource of fields": record("resource", b"a: b\r\n", content_type=FIELDS),
    "metadata": record("metadata", b"\x00\x01", content_type="application/octet-stream"),
    "interim head": record("metadata", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "request": record("request", b"GET / HTTP/1.1\r\n\r\n"),
    "conversion": record("conversion", b"text", content_type="text/plain"),
    "bracketed address": record("response", HEAD, DIGEST, url=f"<{URL}>"),
    "address with spaces": record("response", HEAD, DIGEST, url="http://kremlin.ru/a b"),
    "cyrillic address": record("response", HEAD, DIGEST, url="http://кремль.рф/Новости?б=в"),
    "port out of range": record("response", HEAD, DIGEST, url="http://kremlin.ru:99999999/"),
    "https, www, capitals": record(
        "response", HEAD, DIGEST, url="https://WWW.Kremlin.ru/A?b=2&a=1"
    ),
    "dns": record(
        "response", b"20261121 kremlin.ru", url="dns:kremlin.ru", content_type="text/dns"
    ),
    "seconds": record("response", HEAD, DIGEST, date="2017-06-09T10:11:12Z"),
    "nanoseconds": record("response", HEAD, DIGEST, date="2017-06-09T10:11:12.999999999Z"),
}


@pytest.mark.parametrize("shape", RECORDS)
def test_a_line_is_that_of_cdxj_indexer(tmp_path: Path, shape: str) -> None:
    warc = written(tmp_path / "a.warc.gz", [RECORDS["response"], RECORDS[shape]])
    assert ours(warc) == theirs(warc)


def test_a_file_of_all_shapes_is_indexed_as_cdxj_indexer_does(tmp_path: Path) -> None:
    warc = written(tmp_path / "a.warc.gz", RECORDS.values())
    assert ours(warc) == theirs(warc)
    assert len(ours(warc)) == len(RECORDS) - 4  # requests, conversions and fields are left out


def test_an_uncompressed_file_is_indexed_as_cdxj_indexer_does(tmp_path: Path) -> None:
    packed = written(tmp_path / "a.warc.gz", RECORDS.values())
    plain = tmp_path / "a.warc"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    assert ours(plain) == theirs(plain)


@settings(max_examples=150, deadline=None)
@given(
    path=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    status=st.from_regex(rb"[ -~]{0,12}", fullmatch=True),
    content_type=st.from_regex(rb"[ -~\xc0-\xff]{0,20}", fullmatch=True),
    body=st.binary(max_size=40),
)
def test_whatever_a_server_says_the_line_is_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    path: str,
    status: bytes,
    content_type: bytes,
    body: bytes,
) -> None:
    block = b"HTTP/1.1 " + status + b"\r\nContent-Type: " + content_type + b"\r\n\r\n" + body
    url = f"http://kremlin.ru/{path.strip('<> ')}"
    warc = written(
        tmp_path_factory.mktemp("any") / "a.warc.gz", [record("response", block, url=url)]
    )
    assert ours(warc) == theirs(warc)


def test_a_line_reads_back(tmp_path: Path) -> None:
    warc = written(tmp_path / "a.warc.gz", RECORDS.values())
    for entry in read_entries(warc):
        assert parse_line(entry.line) == entry


@pytest.mark.parametrize("line", [b"", b"a b c\n", b"key 20261121 [1]\n", b'k now {"url": 1}\n'])
def test_what_is_not_cdxj_is_said_so(line: bytes) -> None:
    with pytest.raises(WarcError, match="not a line of CDXJ"):
        parse_line(line)


def test_a_record_that_cannot_be_indexed_is_named_and_the_others_are(tmp_path: Path) -> None:
    no_address = NewRecord(RECORDS["response"].fields[:3], HEAD, HTTP_RESPONSE)
    bad_date = record("response", HEAD, date="yesterday")
    warc = written(tmp_path / "a.warc.gz", [no_address, bad_date, RECORDS["response"]])
    faults: list[WarcError] = []
    (entry,) = read_entries(warc, faults.append)
    assert entry.fields["url"] == URL
    second = int(entry.fields["offset"]) - _length(bad_date)
    assert [str(fault) for fault in faults] == [
        "a.warc.gz: offset 0: the response has no WARC-Target-URI",
        f"a.warc.gz: offset {second}: {URL}: WARC-Date is not a date",
    ]
    with pytest.raises(WarcError, match="no WARC-Target-URI"):
        list(read_entries(warc))


def _length(one: NewRecord) -> int:
    return len(serialise([one], 0)[0])
