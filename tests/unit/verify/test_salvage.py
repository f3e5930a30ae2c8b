from __future__ import annotations

from pathlib import Path

import pytest

from kremlin_archive.archive.reader import read_records
from kremlin_archive.archive.rewrite import rewritten
from kremlin_archive.errors import WarcError
from kremlin_archive.verify.files import verify_files
from kremlin_archive.verify.salvage import salvageable_records
from tests.unit.verify.faults import FAULTS, GZIPPED, RESPONSE, Fault, valid
from tests.unit.verify.planting import NAME, setting

ALL = 7
LOST = {
    "whole file one gzip stream": 0,
    "dechunked body under a chunked header": 1,
    "duplicate Record-ID": 0,
    "dangling Concurrent-To": 0,
    "4 KiB of zeros at the end": 0,
    "no CRLFCRLF": 0,
    "empty file": ALL,
}
"""Records lost to a fault; all others cost the one they are in."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.words.replace(" ", "-"))
def test_what_is_sound_in_a_broken_file_is_given(tmp_path: Path, fault: Fault) -> None:
    path, offset = fault.write(tmp_path)
    told: list[WarcError] = []
    records = list(salvageable_records(path, told.append))
    every = 3 if fault.is_chunked else ALL
    assert len(records) == every - LOST.get(fault.words, 1)
    if fault.words not in ("duplicate Record-ID", "dangling Concurrent-To"):  # not of one record
        assert any(f"offset {offset}" in str(one) for one in told)


def test_records_are_those_of_the_reader(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(valid(tmp_path / "valid").data)
    assert list(salvageable_records(path)) == list(read_records(path))


def test_a_length_is_given_only_where_the_bytes_can_be_copied(tmp_path: Path) -> None:
    path = tmp_path / NAME
    plot = valid(tmp_path / "valid").record(GZIPPED, lambda record: record[:-4])
    path.write_bytes(plot.data)
    lengths = [record.length for record in salvageable_records(path)]
    assert [number for number, length in enumerate(lengths) if length == 0] == [GZIPPED]
    whole = {fault.words: fault for fault in FAULTS}["whole file one gzip stream"].write(tmp_path)[
        0
    ]
    assert {record.length for record in salvageable_records(whole)} == {0}


def test_a_record_too_large_for_memory_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kremlin_archive.verify.salvage.MAX_RECORD", 600)
    path = tmp_path / NAME
    path.write_bytes(valid(tmp_path / "valid").record(RESPONSE, setting(b"X-A", b"1")).data)
    told: list[WarcError] = []
    assert len(list(salvageable_records(path, told.append))) == ALL - 1
    assert "at most 600 are taken" in str(told[0])


def test_records_that_cannot_be_copied_can_be_written_anew(tmp_path: Path) -> None:
    broken = {fault.words: fault for fault in FAULTS}["whole file one gzip stream"].write(tmp_path)[
        0
    ]
    again = tmp_path / "again" / NAME
    again.parent.mkdir()
    again.write_bytes(b"".join(rewritten(record) for record in salvageable_records(broken)))
    assert list(verify_files([again]).findings) == []
    assert [record.fields for record in read_records(again)] == [
        record.fields for record in salvageable_records(broken)
    ]
