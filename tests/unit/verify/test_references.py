from __future__ import annotations

from pathlib import Path

import pytest

from kremlin_archive.verify.archive import verify_archive
from kremlin_archive.verify.files import verify_files
from kremlin_archive.verify.findings import Finding
from kremlin_archive.verify.identities import short
from tests.unit.verify.faults import GZIPPED, REVISIT, valid
from tests.unit.verify.planting import NAME, Plot, setting, without


def place(root: Path, plot: Plot, name: str = NAME) -> Path:
    path = root / "warc" / "2026" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plot.data)
    return path


def faults(root: Path) -> list[Finding]:
    return [one for one in verify_archive(root).findings if one.severity == "fault"]


TARGET = b"WARC-Refers-To"
REVISITS = {
    "refers-to-other-uri": setting(b"WARC-Refers-To-Target-URI", b"http://kremlin.ru/other"),
    "refers-to-other-date": setting(b"WARC-Refers-To-Date", b"2026-11-21T12:00:00Z"),
    "refers-to-other-digest": setting(b"WARC-Payload-Digest", b"sha256:" + b"0" * 64),
    "refers-to-no-response": setting(TARGET, b"<urn:uuid:00000000-0000-4000-8000-000000000002>"),
    "refers-to-a-revisit": setting(TARGET, b"<urn:uuid:00000000-0000-4000-8000-000000000005>"),
    "dangling-refers-to": setting(TARGET, b"<urn:uuid:00000000-0000-4000-8000-000000000999>"),
    "revisit-unresolvable": without(b"WARC-Refers-To-Date"),
    "missing-field": without(b"WARC-Payload-Digest"),
}


@pytest.mark.parametrize("code", REVISITS)
def test_a_revisit_must_name_its_original_exactly(tmp_path: Path, code: str) -> None:
    plot = valid(tmp_path / "valid")
    place(tmp_path, plot.record(REVISIT, REVISITS[code]))
    found = [(one.code, one.offset) for one in faults(tmp_path)]
    assert (code, plot.offset(REVISIT)) in found
    assert all(other == code or other.startswith("refers-to-") for other, _ in found)


def two_files(tmp_path: Path) -> tuple[Path, Path, Plot]:
    """The valid file, cut in two before its revisit."""
    plot = valid(tmp_path / "valid")
    first = Plot(plot.records[:REVISIT], plot.raw[:REVISIT])
    second = Plot(
        (plot.records[0], *plot.records[REVISIT:]), (None,) * (len(plot.records) - REVISIT + 1)
    )
    second = second.record(
        0, setting(b"WARC-Record-ID", b"<urn:uuid:00000000-0000-4000-8000-00000000000f>")
    )
    second = second.record(0, setting(b"WARC-Filename", b"second.warc.gz"))
    return place(tmp_path, first), place(tmp_path, second, "second.warc.gz"), plot


def test_references_reach_across_files(tmp_path: Path) -> None:
    first, second, _ = two_files(tmp_path)
    assert verify_files([first, second]).is_sound
    assert faults(tmp_path) == []
    report = verify_files([second])
    assert report.is_sound  # the others may be elsewhere
    assert {one.code for one in report.findings} == {"dangling-refers-to", "dangling-warcinfo-id"}
    first.unlink()
    assert {one.code for one in faults(tmp_path)} == {"dangling-refers-to", "dangling-warcinfo-id"}


def test_jobs_change_nothing(tmp_path: Path) -> None:
    first, second, plot = two_files(tmp_path)
    first.write_bytes(plot.record(GZIPPED, without(b"WARC-Date")).data)
    alone, together = (verify_files([first, second], jobs=jobs) for jobs in (1, 2))
    assert list(alone.findings) == list(together.findings)
    assert alone.records == together.records
    assert not alone.is_sound


def test_an_id_may_be_there_once_only_in_all_files(tmp_path: Path) -> None:
    plot = valid(tmp_path / "valid")
    first, again = place(tmp_path, plot), place(tmp_path, plot, "again.warc.gz")
    twice = [
        one for one in verify_files([first, again]).findings if one.code == "duplicate-record-id"
    ]
    assert [one.offset for one in twice] == [plot.offset(n) for n in range(len(plot.records))]
    assert {one.file for one in twice} == {str(again)}
    assert str(first) in twice[0].problem
    assert twice[0].record_id == "<urn:uuid:00000000-0000-4000-8000-000000000000>"


def test_the_same_file_twice_is_one(tmp_path: Path) -> None:
    path = place(tmp_path, valid(tmp_path / "valid"))
    assert verify_files([path, path.parent / ".." / "2026" / NAME]).files == 1


def test_ids_of_other_forms_are_told_apart() -> None:
    forms = ["<urn:uuid:00000000-0000-4000-8000-000000000001>", "<urn:x:1>", "<urn:x:2>"]
    assert len({short(form)[0] for form in forms}) == 3
    assert [short(form)[1] for form in forms] == [True, False, False]
