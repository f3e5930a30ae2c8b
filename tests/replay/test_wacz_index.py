"""Pointing into WACZ files, ours and other people's, good and bad."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from kremlin_archive.errors import ReplayError
from kremlin_archive.replay.wacz_index import entries_of

RECORDS = b"first record" + b"second record"
WARC = "archive/data.warc.gz"


def line(offset: int, length: int, filename: str = "data.warc.gz") -> bytes:
    place = {"url": "http://kremlin.ru/", "offset": offset, "length": length, "filename": filename}
    return f"ru,kremlin)/ 20261121120000 {json.dumps(place)}\n".encode()


LINES = line(0, 12) + line(12, 13)


def make(path: Path, members: dict[str, bytes], compression: int = ZIP_STORED) -> Path:
    with ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("indexes/index.cdxj", LINES),
        ("indexes/index.cdx", LINES.rstrip(b"\n")),
        ("indexes/index.cdx.gz", gzip.compress(LINES)),
        ("indexes/index.cdx.gz", gzip.compress(LINES[:100]) + gzip.compress(LINES[100:])),
        ("indexes/index.cdxj.gz", gzip.compress(b"!meta 0 {}\n" + LINES)),
    ],
    ids=["cdxj", "cdx without last line feed", "gzip", "gzip members", "with a header"],
)
@pytest.mark.parametrize("first", [True, False], ids=["index first", "archive first"])
def test_entries_point_at_the_records_inside_the_file(
    tmp_path: Path, name: str, content: bytes, *, first: bool
) -> None:
    members = [(WARC, RECORDS), (name, content)]
    wacz = make(tmp_path / "a.wacz", dict(reversed(members) if first else members))
    data = wacz.read_bytes()
    places = [
        (entry.fields["filename"], int(entry.fields["offset"]), int(entry.fields["length"]))
        for entry in entries_of(wacz)
    ]
    assert [data[start : start + length] for _, start, length in places] == [
        b"first record",
        b"second record",
    ]
    assert {name for name, _, _ in places} == {"a.wacz"}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"indexes/index.cdx": line(0, 12, "../../etc/passwd")}, r"names '\.\./\.\./etc/passwd'"),
        ({"indexes/index.cdx": line(0, 12, "/etc/passwd")}, "there is none in it"),
        ({"indexes/index.cdx": line(-1, 12)}, "offset '-1'"),
        ({"indexes/index.cdx": b"not an index\n"}, "not a line of CDXJ"),
        ({"indexes/index.cdx.gz": b"not gzip"}, "cannot|not a WACZ"),
        ({"indexes/index.cdx.gz": gzip.compress(b"x" * 10_000_000)}, "a line of its index"),
        ({"indexes/index.cdx.gz": gzip.compress(LINES * 10_000)}, "more lines than"),
    ],
    ids=["path trick", "absolute", "negative", "no lines", "no gzip", "endless line", "bomb"],
)
def test_a_bad_index_is_refused(tmp_path: Path, members: dict[str, bytes], said: str) -> None:
    wacz = make(tmp_path / "a.wacz", {WARC: RECORDS, **members})
    with pytest.raises(ReplayError, match=said) as raised:
        list(entries_of(wacz))
    assert "a.wacz" in str(raised.value)


def test_deflated_records_are_refused(tmp_path: Path) -> None:
    members = {WARC: RECORDS, "indexes/index.cdx": LINES}
    wacz = make(tmp_path / "a.wacz", members, ZIP_DEFLATED)
    with pytest.raises(ReplayError, match="is deflated"):
        list(entries_of(wacz))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip file" * 100])
def test_what_is_no_zip_is_said_so(tmp_path: Path, content: bytes) -> None:
    wacz = tmp_path / "a.wacz"
    wacz.write_bytes(content)
    with pytest.raises(ReplayError, match=r"a\.wacz: not a WACZ"):
        list(entries_of(wacz))
