from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from kremlin_archive.archive.captures import read_captures
from kremlin_archive.archive.digest import labelled
from kremlin_archive.archive.originals import SMALLEST, Original
from kremlin_archive.archive.reader import RawRecord, read_records
from kremlin_archive.errors import UsageError, WarcError
from kremlin_archive.importing.adopt import Adopted, adopt
from kremlin_archive.importing.sources import Source, open_sources
from kremlin_archive.records import Capture
from kremlin_archive.verify.salvage import salvageable_records

PAGE = "http://en.kremlin.ru/events/president/news/1"
BODY = b"<p>" + b"x" * SMALLEST


class Holdings:
    """An archive that holds some records and some payloads."""

    def __init__(self, ids: tuple[str, ...] = (), payloads: tuple[bytes, ...] = ()) -> None:
        self.ids = ids
        self.digests = {labelled(payload) for payload in payloads}

    def holds(self, capture: Capture) -> bool:
        return capture.pointer.record_id in self.ids

    def find(self, payload_digest: str, url: str) -> Original | None:
        first = Original("<urn:uuid:first>", url, "2017-12-14T10:00:00Z")
        return first if payload_digest in self.digests else None

    def latest(self, url: str) -> Original | None:
        raise AssertionError(url)


TYPES = {
    "response": "application/http;msgtype=response",
    "revisit": "application/http;msgtype=response",
    "request": "application/http;msgtype=request",
    "warcinfo": "application/warc-fields",
}


def name_of(number: int) -> str:
    return f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>"


def record(kind: str, number: int, url: str = PAGE, block: bytes = b"", **more: str) -> bytes:
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": name_of(number),
        "WARC-Date": f"2017-12-14T10:00:{number % 60:02d}Z",
        "WARC-Target-URI": url,
        **{name.replace("_", "-"): value for name, value in more.items()},
        "Content-Type": TYPES[kind],
        "Content-Length": str(len(block)),
    }
    if kind == "warcinfo":
        del fields["WARC-Target-URI"]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def response(number: int, url: str = PAGE, body: bytes = BODY) -> bytes:
    return record("response", number, url, b"HTTP/1.1 200 OK\r\nX: 1\r\n\r\n" + body)


def request(number: int, answer: int, url: str = PAGE) -> bytes:
    block = b"GET / HTTP/1.1\r\n\r\n"
    return record("request", number, url, block, WARC_Concurrent_To=name_of(answer))


def source(folder: Path, *records: bytes, packed: bool = True) -> Source:
    path = folder / ("theirs.warc.gz" if packed else "theirs.warc")
    path.write_bytes(b"".join(gzip.compress(one) if packed else one for one in records))
    return Source(path, path.name)


def imported(adopted: Adopted) -> list[RawRecord]:
    assert adopted.path is not None
    return list(read_records(adopted.path))


def test_captures_of_the_site_are_copied_byte_for_byte(tmp_path: Path) -> None:
    theirs = source(tmp_path, record("warcinfo", 9), response(1), request(2, 1))
    adopted = adopt(tmp_path / "root", theirs, Holdings())
    assert adopted.counts == {"taken": 1}
    assert adopted.path is not None
    assert theirs.path.read_bytes() in adopted.path.read_bytes()


def test_the_file_says_where_it_came_from(tmp_path: Path) -> None:
    adopted = adopt(tmp_path / "root", source(tmp_path, response(1)), Holdings())
    info = imported(adopted)[0]
    assert b"isPartOf: import/theirs.warc.gz\r\n" in info.block
    assert adopted.path is not None
    assert adopted.path.parent == tmp_path / "root/warc/2017"
    assert adopted.path.name == info.get("WARC-Filename")
    (capture,) = read_captures(adopted.path, name="x")
    assert capture.run_id == "import/theirs.warc.gz"


def test_uncompressed_files_are_compressed_record_by_record(tmp_path: Path) -> None:
    adopted = adopt(tmp_path / "root", source(tmp_path, response(1), packed=False), Holdings())
    assert [one.type for one in imported(adopted)] == ["warcinfo", "response"]


def test_other_sites_are_left_out(tmp_path: Path) -> None:
    other = "http://example.com/"
    theirs = source(tmp_path, response(1), response(2, other), request(3, 2, other))
    adopted = adopt(tmp_path / "root", theirs, Holdings())
    assert adopted.counts == {"taken": 1, "other_site": 1}
    assert [one.get("WARC-Target-URI") for one in imported(adopted)[1:]] == [PAGE]


def test_what_is_here_already_is_not_stored_again(tmp_path: Path) -> None:
    theirs = source(tmp_path, response(1), request(2, 1))
    adopted = adopt(tmp_path / "root", theirs, Holdings(ids=(name_of(1),)))
    assert (adopted.path, adopted.counts) == (None, {"here_already": 1})
    assert not (tmp_path / "root").exists()


def test_a_payload_that_is_here_already_is_kept_as_a_revisit(tmp_path: Path) -> None:
    adopted = adopt(tmp_path / "root", source(tmp_path, response(1)), Holdings(payloads=(BODY,)))
    assert adopted.counts == {"as_revisit": 1}
    revisit = imported(adopted)[1]
    assert revisit.type == "revisit"
    assert revisit.get("WARC-Date") == "2017-12-14T10:00:01Z"
    assert revisit.get("WARC-Refers-To") == "<urn:uuid:first>"
    assert revisit.block == b"HTTP/1.1 200 OK\r\nX: 1\r\n\r\n"
    names = [name.lower() for name, _ in revisit.fields]
    assert len(names) == len(set(names))


def test_the_same_payload_twice_in_a_source_is_stored_once(tmp_path: Path) -> None:
    adopted = adopt(tmp_path / "root", source(tmp_path, response(1), response(2)), Holdings())
    assert adopted.counts == {"taken": 1, "as_revisit": 1}


def test_a_revisit_of_something_nobody_has_is_left_out_and_counted(tmp_path: Path) -> None:
    revisit = record("revisit", 5, WARC_Refers_To=name_of(77))
    adopted = adopt(tmp_path / "root", source(tmp_path, response(1), revisit), Holdings())
    assert adopted.counts == {"taken": 1, "unlinked": 1}


def test_the_same_source_gives_the_same_file(tmp_path: Path) -> None:
    theirs = source(tmp_path, response(1), response(2))
    first, second = (adopt(tmp_path / name, theirs, Holdings()).path for name in ("a", "b"))
    assert first is not None
    assert second is not None
    assert first.read_bytes() == second.read_bytes()


def test_a_broken_file_is_refused_whole(tmp_path: Path) -> None:
    theirs = source(tmp_path, response(1), response(2))
    theirs.path.write_bytes(theirs.path.read_bytes()[:-7])
    with pytest.raises(WarcError, match="ends inside a record"):
        adopt(tmp_path / "root", theirs, Holdings())
    assert not (tmp_path / "root").exists()


def test_a_record_that_cannot_be_understood_refuses_the_file(tmp_path: Path) -> None:
    theirs = source(tmp_path, response(1), record("response", 2, block=b"<html>"))
    with pytest.raises(WarcError, match="--salvage"):
        adopt(tmp_path / "root", theirs, Holdings())
    assert not (tmp_path / "root").exists()


def test_what_is_sound_of_a_broken_file_can_be_salvaged(tmp_path: Path) -> None:
    theirs = source(tmp_path, response(1), record("response", 2, block=b"<html>"), response(3))
    theirs.path.write_bytes(theirs.path.read_bytes()[:-7])
    adopted = adopt(tmp_path / "root", theirs, Holdings(), salvage=salvageable_records)
    assert adopted.counts["taken"] == 1
    assert len(adopted.faults) >= 2
    assert all("theirs.warc.gz" in fault for fault in adopted.faults)
    assert [one.get("WARC-Record-ID") for one in imported(adopted)[1:]] == [name_of(1)]


def test_one_gzip_stream_can_be_salvaged_record_by_record(tmp_path: Path) -> None:
    path = tmp_path / "stream.warc.gz"
    path.write_bytes(gzip.compress(response(1) + response(2, body=BODY + b"y")))
    theirs = Source(path, path.name)
    adopted = adopt(tmp_path / "root", theirs, Holdings(), salvage=salvageable_records)
    assert len(imported(adopted)) == 3


def test_of_two_records_with_one_id_the_first_is_taken(tmp_path: Path) -> None:
    theirs = source(tmp_path, response(1), response(1, body=BODY + b"y"))
    adopted = adopt(tmp_path / "root", theirs, Holdings())
    assert adopted.counts == {"taken": 1, "here_already": 1}
    assert len(imported(adopted)) == 2


def wacz(folder: Path, **members: bytes) -> Path:
    path = folder / "theirs.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return path


def test_the_warcs_of_a_wacz_are_found_whatever_their_names(tmp_path: Path) -> None:
    package = wacz(
        tmp_path,
        **{
            "archive/../../../evil.warc.gz": gzip.compress(response(1)),
            "datapackage.json": b"{}",
            "/etc/other.warc.gz": b"",
        },
    )
    with open_sources(package, tmp_path / "scratch") as found:
        assert [one.origin for one in found] == ["theirs.wacz/evil.warc.gz"]
        assert found[0].path.is_relative_to(tmp_path / "scratch")
        assert len(list(read_records(found[0].path))) == 1
    assert not list((tmp_path / "scratch").iterdir())
    assert not (tmp_path.parent / "evil.warc.gz").exists()


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    package = wacz(tmp_path, **{"archive/bomb.warc": bytes(200 << 20)})
    with (
        pytest.raises(WarcError, match="zip bomb"),
        open_sources(package, tmp_path / "scratch"),
    ):
        pass


@pytest.mark.parametrize("content", [b"PK\x03\x04garbage", b"", b"plain text"])
def test_a_package_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.wacz"
    path.write_bytes(content)
    with pytest.raises(WarcError, match=r"x\.wacz"), open_sources(path, tmp_path / "scratch"):
        pass


def test_a_wacz_with_a_broken_member_is_named(tmp_path: Path) -> None:
    path = wacz(tmp_path, **{"archive/a.warc.gz": gzip.compress(response(1))})
    data = bytearray(path.read_bytes())
    at = data.index(b"a.warc.gz") + 40
    data[at] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(WarcError, match="not a sound WACZ"), open_sources(path, tmp_path / "s"):
        pass


@pytest.mark.parametrize("name", ["missing.warc", "http://example.com/a.warc.gz", "notes.txt"])
def test_only_files_on_this_machine_are_imported(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UsageError), open_sources(tmp_path / name, tmp_path / "scratch"):
        pass
