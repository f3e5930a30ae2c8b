from __future__ import annotations

import errno
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from kremlin_archive.archive.compose import NewRecord
from kremlin_archive.archive.reader import RawRecord, read_records
from kremlin_archive.archive.writer import serialise
from kremlin_archive.dataset.extract import extract
from kremlin_archive.errors import PackError, UsageError, WarcError
from kremlin_archive.packing.chosen_records import chosen_members
from kremlin_archive.packing.hashed_zip import HashedZip
from kremlin_archive.packing.selection import Selection
from kremlin_archive.packing.wacz import pack_wacz
from tests.unit.packing.conftest import EN, GONE, OLD, RU, SECOND, Crawl, Seen
from tests.unit.packing.opened import Wacz

pytest.importorskip("cdxj_indexer", reason="cdxj-indexer is not installed")

VALIDATOR = Path(sys.executable).with_name("wacz")
Pack = Callable[..., Wacz]


@pytest.fixture
def pack(kept: Path, tmp_path: Path) -> Pack:
    """Pack the archive and check what holds of every package."""

    def run(selection: Selection = Selection()) -> Wacz:  # noqa: B008
        out = tmp_path / "packed.wacz"
        pack_wacz(kept, out, selection)
        wacz = Wacz(out, tmp_path / "unpacked")
        wacz.check()
        return wacz

    return run


def url_of(record: RawRecord) -> str:
    return record.get("WARC-Target-URI") or ""


def test_the_whole_archive_is_in_it_byte_for_byte(pack: Pack, kept: Path) -> None:
    wacz = pack()
    warcs = sorted((kept / "warc").rglob("*.warc.gz"))
    assert [path.read_bytes() for path in wacz.warcs] == [path.read_bytes() for path in warcs]
    assert [path.name for path in wacz.warcs] == [path.name for path in warcs]
    assert wacz.package["wacz_version"] == "1.1.1"
    assert wacz.package["created"] == "2026-11-22T12:00:02Z"


def test_each_document_is_a_page_with_its_text(pack: Pack) -> None:
    pages = {page["id"]: page for page in pack().pages}
    assert list(pages) == ["en:100", "en:66419", "ru:66419"]
    assert pages["ru:66419"]["title"] == "Встреча с соседом"
    assert pages["ru:66419"]["text"].startswith("Встреча прошла в Кремле.\n")
    assert pages["en:66419"]["url"] == EN.url
    assert pages["en:100"]["ts"] == "2026-11-22T12:00:02Z", "the edited revision is the current one"
    assert pages["en:100"]["text"].startswith("An edited lead.\nLong ago.")


def test_the_same_archive_gives_the_same_bytes(kept: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        pack_wacz(kept, tmp_path / f"{name}.wacz")
        pack_wacz(kept, tmp_path / f"{name}-ru.wacz", Selection(languages=frozenset({"ru"})))
    assert (tmp_path / "one.wacz").read_bytes() == (tmp_path / "two.wacz").read_bytes()
    assert (tmp_path / "one-ru.wacz").read_bytes() == (tmp_path / "two-ru.wacz").read_bytes()


@pytest.mark.parametrize(
    ("selection", "pages", "urls"),
    [
        (Selection(languages=frozenset({"ru"})), ["ru:66419"], [RU.url]),
        (Selection(ids=frozenset({100})), ["en:100"], [OLD.url, OLD.url]),
        (
            Selection(ids=frozenset({66419})),
            ["en:66419", "ru:66419"],
            [EN.url, RU.url, EN.url],
        ),
        (Selection(until=date(2004, 2, 1)), ["en:100"], [OLD.url, OLD.url]),
        (Selection(since=date(2004, 2, 2)), ["en:66419", "ru:66419"], [EN.url, RU.url, EN.url]),
        (
            Selection(languages=frozenset({"en"})),
            ["en:100", "en:66419"],
            [EN.url, OLD.url, EN.url, GONE.url, OLD.url],
        ),
        (Selection(ids=frozenset({101})), [], [GONE.url]),
    ],
    ids=["edition", "edited event", "event", "until", "since", "with refusals", "refusal"],
)
def test_a_selection_holds_all_captures_of_its_documents(
    pack: Pack, selection: Selection, pages: list[str], urls: list[str]
) -> None:
    wacz = pack(selection)
    assert [page["id"] for page in wacz.pages] == pages
    answers = [one for one in wacz.records if one.type in ("response", "revisit")]
    assert [url_of(one) for one in answers] == urls
    ids = {one.get("WARC-Record-ID") for one in answers}
    requests = [one for one in wacz.records if one.type == "request"]
    assert {one.get("WARC-Concurrent-To") for one in requests} == ids


def test_chosen_records_are_those_of_the_archive(pack: Pack, kept: Path) -> None:
    stored = {
        record.get("WARC-Record-ID"): warc.read_bytes()[record.offset :][: record.length]
        for warc in (kept / "warc").rglob("*.warc.gz")
        for record in read_records(warc)
    }
    wacz = pack(Selection(ids=frozenset({66419})))
    (warc,) = wacz.warcs
    data = warc.read_bytes()
    for record in wacz.records:
        here = data[record.offset : record.offset + record.length]
        assert here == stored[record.get("WARC-Record-ID")]
    kinds = [record.type for record in wacz.records]
    assert kinds == ["warcinfo", *["response", "request"] * 2, "warcinfo", "revisit", "request"]


def test_a_revisit_takes_its_original_along_whoever_asked_for_it(archive: Path) -> None:
    """The same bytes under another address: the original belongs to a document that is not chosen."""
    seen = Seen()
    for warc in (archive / "warc").rglob("*.gz"):
        warc.unlink()
    page = b"<p>one page for two addresses</p>" * 20
    first = Crawl(archive, SECOND, seen)
    first.fetch(EN.url, page)
    first.close()
    later = Crawl(archive, SECOND.replace(hour=13), seen)
    later.fetch(GONE.url, page)
    later.close()
    extract(archive)
    pack_wacz(archive, archive / "out.wacz", Selection(ids=frozenset({GONE.event_id})))
    wacz = Wacz(archive / "out.wacz", archive / "unpacked")
    wacz.check()
    answers = {one.type: one for one in wacz.records if one.type in ("response", "revisit")}
    assert url_of(answers["revisit"]) == GONE.url
    assert url_of(answers["response"]) == EN.url
    assert answers["revisit"].get("WARC-Refers-To") == answers["response"].get("WARC-Record-ID")


def test_an_original_is_found_by_its_digest_where_the_revisit_names_none(archive: Path) -> None:
    revisit = sorted((archive / "warc").rglob("*.gz"))[1]
    _without_field(revisit, b"WARC-Refers-To: ")
    extract(archive, fresh=True)
    pack_wacz(archive, archive / "out.wacz", Selection(ids=frozenset({66419})))
    kinds = [one.type for one in Wacz(archive / "out.wacz", archive / "unpacked").records]
    assert sorted(kinds) == sorted(
        ["warcinfo", *["response", "request"] * 2, "warcinfo", "revisit", "request"]
    )


def _without_field(warc: Path, field: bytes) -> None:
    members = []
    for record in read_records(warc):
        data = gzip.decompress(warc.read_bytes()[record.offset :][: record.length])
        head, _, block = data.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.startswith(field)]
        members.append(gzip.compress(b"\r\n".join(lines) + b"\r\n\r\n" + block, mtime=0))
    warc.write_bytes(b"".join(members))


def test_a_request_that_comes_before_its_answer_goes_along(archive: Path) -> None:
    warc = min((archive / "warc").rglob("*.gz"))
    data = warc.read_bytes()
    info, *rest = [data[r.offset : r.offset + r.length] for r in read_records(warc)]
    turned = [member for pair in zip(rest[1::2], rest[::2], strict=True) for member in pair]
    warc.write_bytes(b"".join([info, *turned]))
    extract(archive, fresh=True)
    pack_wacz(archive, archive / "out.wacz", Selection(ids=frozenset({66419}), since=None))
    kinds = [one.type for one in Wacz(archive / "out.wacz", archive / "unpacked").records]
    assert kinds == ["warcinfo", *["request", "response"] * 2, "warcinfo", "revisit", "request"]


def test_a_request_that_only_the_answer_names_goes_along(tmp_path: Path) -> None:
    """wget writes it so: request first, and the answer is concurrent to it."""
    shared = [("WARC-Date", "2026-11-21T12:00:00Z"), ("WARC-Target-URI", EN.url)]

    def record(kind: str, number: int, *names: int) -> NewRecord:
        ids = [f"<urn:uuid:00000000-0000-4000-8000-{n:012d}>" for n in (number, *names)]
        fields = [("WARC-Type", kind), ("WARC-Record-ID", ids[0]), *shared]
        fields += [("WARC-Concurrent-To", name) for name in ids[1:]]
        return NewRecord(fields, b"HTTP/1.1 200 OK\r\n\r\n", "application/http")

    records = [
        record("request", 1),
        record("response", 2, 1, 3),
        record("metadata", 3),
        record("request", 4),
        record("response", 5, 4),
    ]
    warc = tmp_path / "a.warc.gz"
    warc.write_bytes(serialise(records, 0)[0])
    members = chosen_members(warc, frozenset({"00000000-0000-4000-8000-000000000002"}))
    placed = serialise(records, 0)[1]
    assert [member.offset for member in members] == [one.offset for one in placed[:3]]
    assert chosen_members(warc, frozenset()) == []


def test_files_newer_than_the_snapshot_are_left_out_and_named(archive: Path) -> None:
    before = sorted((archive / "warc").rglob("*.gz"))
    newer = Crawl(archive, SECOND.replace(hour=18), Seen())
    newer.fetch(EN.url, b"<p>newer</p>")
    newer.close()
    packed = pack_wacz(archive, archive / "out.wacz")
    assert packed.left_out == ("2026/kremlin-20261122180000000-00000-HOST.warc.gz",)
    wacz = Wacz(archive / "out.wacz", archive / "unpacked")
    wacz.check()
    assert [path.name for path in wacz.warcs] == [path.name for path in before]


def test_a_file_that_changed_is_not_packed(archive: Path) -> None:
    warc = min((archive / "warc").rglob("*.gz"))
    data = bytearray(warc.read_bytes())
    data[len(data) // 2] ^= 1
    warc.write_bytes(data)
    with pytest.raises(WarcError, match="its sha256 is"):
        pack_wacz(archive, archive / "out.wacz")
    warc.write_bytes(data[:-1])
    with pytest.raises(WarcError, match="bytes; snapshot 2026-11-22T120002Z was made from"):
        pack_wacz(archive, archive / "out.wacz")
    warc.unlink()
    with pytest.raises(WarcError, match="is not there"):
        pack_wacz(archive, archive / "out.wacz")
    assert not list(archive.glob("out.wacz*"))


def test_wrong_use_is_said_and_nothing_is_overwritten(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wacz"
    with pytest.raises(UsageError, match="no document of the archive is in this selection"):
        pack_wacz(kept, out, Selection(ids=frozenset({1})))
    with pytest.raises(UsageError, match="there is no such folder"):
        pack_wacz(kept, tmp_path / "none" / "out.wacz")
    with pytest.raises(UsageError, match="there is no snapshot to pack"):
        pack_wacz(tmp_path, out)
    out.write_bytes(b"mine")
    with pytest.raises(UsageError, match="nothing is overwritten"):
        pack_wacz(kept, out)
    assert out.read_bytes() == b"mine"
    assert os.listdir(tmp_path) == ["out.wacz"]  # noqa: PTH208


def test_a_full_disk_leaves_nothing_behind(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("kremlin_archive.packing.output.os.fsync", full)
    with pytest.raises(PackError, match=r"out\.wacz: cannot be written: .*No space left"):
        pack_wacz(kept, tmp_path / "out.wacz")
    assert not list(tmp_path.iterdir())


def test_members_of_more_than_32_bits_can_be_announced(tmp_path: Path) -> None:
    """Each member has an extra field in the directory: without one, ReplayWeb.page misreads large ones."""
    with HashedZip(tmp_path / "a.zip", SECOND) as file:
        for name, at_most in (("small", 10), ("large", 10**12)):
            with file.member(name, at_most=at_most) as member:
                member.write(b"content")
    with ZipFile(tmp_path / "a.zip") as opened:
        assert opened.testzip() is None
        assert all(info.extra for info in opened.infolist())
        assert {info.date_time for info in opened.infolist()} == {(2026, 11, 22, 12, 0, 0)}


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_finds_nothing_wrong(pack: Pack) -> None:
    done = subprocess.run(["unzip", "-tq", pack().path], capture_output=True, text=True, check=True)
    assert "No errors detected" in done.stdout


@pytest.mark.skipif(not VALIDATOR.exists(), reason="wacz is not installed")
def test_the_validator_accepts_it(pack: Pack, kept: Path, tmp_path: Path) -> None:
    pack_wacz(kept, tmp_path / "ru.wacz", Selection(languages=frozenset({"ru"})))
    for path in (pack().path, tmp_path / "ru.wacz"):
        command = [str(VALIDATOR), "validate", "-f", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "Validation succeeded" in done.stdout, done.stdout + done.stderr
