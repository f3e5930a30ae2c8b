from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kremlin_archive.verify.files import verify_files
from kremlin_archive.verify.findings import KINDS, Finding
from tests.unit.verify.faults import FAULTS, GZIPPED, LAST, RESPONSE, Fault, valid
from tests.unit.verify.judges import documented, table
from tests.unit.verify.planting import NAME, PAGE, chunked, sized, swap, write


def found(path: Path) -> list[Finding]:
    return list(verify_files([path]).findings)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.words.replace(" ", "-"))
def test_each_fault_is_found_with_its_code_and_place(tmp_path: Path, fault: Fault) -> None:
    path, offset = fault.write(tmp_path)
    faults = [one for one in found(path) if one.severity == "fault"]
    assert (fault.code, offset) in [(one.code, one.offset) for one in faults]
    assert all(one.advice and one.problem and one.file == str(path) for one in faults)


def test_there_are_26_faults() -> None:
    assert len({fault.words for fault in FAULTS}) == 26
    assert {fault.code for fault in FAULTS} <= KINDS.keys()


@pytest.mark.parametrize("is_chunked", [False, True])
def test_the_valid_files_have_none(tmp_path: Path, *, is_chunked: bool) -> None:
    path = tmp_path / NAME
    path.write_bytes(valid(tmp_path / "valid", is_chunked=is_chunked).data)
    assert found(path) == []


def test_the_documented_table_is_what_the_judges_say() -> None:
    assert shutil.which("gzip"), "gzip is one of the judges"
    assert documented() == table()


def test_a_fault_does_not_hide_those_behind_it(tmp_path: Path) -> None:
    plot = valid(tmp_path / "valid")
    plot = plot.member(RESPONSE, lambda member: member[:40] + b"\xff" * 40 + member[80:])
    plot = plot.record(GZIPPED, lambda record: record[:-4])
    path = tmp_path / NAME
    path.write_bytes(b"junk" + plot.data[:-4])
    codes = [one.code for one in found(path)]
    assert codes[0] == "garbage"
    assert {"gzip-broken", "no-record-end", "cut"} <= set(codes)


PLAIN: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda raw: raw[:-30],
    "zeros": lambda raw: raw + bytes(100),
    "content-length-wrong": swap(b"Content-Length: ", b"Content-Length: 9"),
    "no-record-end": swap(b"\r\n\r\nWARC/", b"WARC/"),
    "content-length-missing": swap(b"\r\nContent-Length: ", b"\r\nContent-Size: "),
}


@pytest.mark.parametrize("code", PLAIN)
def test_faults_of_plain_files(tmp_path: Path, code: str) -> None:
    plot = valid(tmp_path / "valid")
    path = tmp_path / "plain.warc"
    path.write_bytes(PLAIN[code](b"".join(plot.records)))
    report = verify_files([path])
    assert code in [one.code for one in report.findings if one.severity == "fault"]
    assert report.records == len(plot.records)


def test_a_plain_file_is_as_good_as_a_compressed_one(tmp_path: Path) -> None:
    path = tmp_path / "plain.warc"
    path.write_bytes(b"".join(valid(tmp_path / "valid").records))
    assert [one.code for one in found(path)] == ["warc-filename"]


def test_mixed_compression(tmp_path: Path) -> None:
    plot = valid(tmp_path / "valid")
    path = tmp_path / NAME
    path.write_bytes(plot.data + plot.records[LAST].replace(b"000000006", b"000000007"))
    assert "mixed-compression" in [one.code for one in found(path)]


def test_what_is_no_warc_is_said_once(tmp_path: Path) -> None:
    for data in (b"GIF89a" * 10_000, gzip.compress(b"filedesc://x.arc") * 50):
        path = tmp_path / "other"
        path.write_bytes(data)
        assert [one.code for one in found(path)] == ["not-a-warc"]


def test_a_gzip_file_of_nothing_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "other.warc.gz"
    path.write_bytes(gzip.compress(b""))
    assert [one.code for one in found(path)] == ["empty-file"]


HTTP = {
    "body short": (sized(PAGE)[:-5], "body-short"),
    "body long": (sized(PAGE) + b"more", "body-long"),
    "no body": (sized(PAGE).partition(b"\r\n\r\n")[0] + b"\r\n\r\n", "body-absent"),
    "closing chunk lost": (chunked(PAGE)[:-5], "body-short"),
    "chunk size lost": (chunked(PAGE).replace(b"\r\n2", b"\r\nzz2", 1), "chunks-broken"),
    "more than chunks": (chunked(PAGE) + b"more", "body-long"),
}


@pytest.mark.parametrize("shape", HTTP)
def test_http_that_is_not_what_its_header_says(tmp_path: Path, shape: str) -> None:
    received, code = HTTP[shape]
    assert code in [one.code for one in found(write(tmp_path, received))]


def test_a_body_said_to_be_truncated_may_be_short(tmp_path: Path) -> None:
    plot = valid(tmp_path / "valid").record(
        RESPONSE, swap(b"WARC-Type: response", b"WARC-Type: response\r\nWARC-Truncated: length")
    )
    path = tmp_path / NAME
    path.write_bytes(plot.data)
    assert found(path) == []


def test_many_findings_of_a_kind_are_counted_not_kept(tmp_path: Path) -> None:
    record = valid(tmp_path / "valid").records[RESPONSE].replace(b"WARC-Date", b"WARC-Dote")
    path = tmp_path / "many.warc"
    path.write_bytes(record * 150)
    findings = verify_files([path]).findings
    dates = [one for one in findings if one.code == "missing-field"]
    assert len(dates) == 100
    assert findings.counts()["fault", str(path), "missing-field"] == 150
    assert findings.counts()["fault", str(path), "duplicate-record-id"] == 149
