from __future__ import annotations

import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.archive.cdxj_index import INDEX, update_index
from kremlin_archive.archive.cdxj_splice import splice
from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.writer import RunFacts, WarcWriter, open_path
from kremlin_archive.errors import LockedError, UsageError

indexer = pytest.importorskip("cdxj_indexer.main", reason="cdxj-indexer is not installed")

LINE = st.binary(max_size=12).map(lambda text: text.replace(b"\n", b"") + b"\n")
BEGAN = datetime(2026, 11, 21, 12, tzinfo=UTC)
FACTS = RunFacts("run", "test/1", "", "agent", "obey", "HOST", "test")


def add_warc(root: Path, number: int, pages: int = 5) -> Path:
    """A file of pages in no order; the same pages are in every file, at other times."""
    opened = BEGAN + timedelta(days=number)
    with WarcWriter(root, FACTS, max_bytes=10**9, now=lambda: opened) as writer:
        for page in random.Random(number).sample(range(pages), pages):  # noqa: S311
            received = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"
            url = f"http://en.kremlin.ru/{page}"
            began = opened + timedelta(seconds=page)
            writer.store(Exchange(url, began, b"GET / HTTP/1.1\r\n\r\n", received, None))
    return writer.paths[0]


def theirs(root: Path) -> bytes:
    """What ``cdxj-indexer --sort`` prints of all closed files."""
    out = root / "theirs.cdxj"
    warcs = [str(path) for path in sorted((root / "warc").rglob("*.warc.gz"))]
    with out.open("w", encoding="utf-8") as file:
        indexer.CDXJIndexer(file, warcs, sort=True).process_all()
    return out.read_bytes()


def index(root: Path) -> bytes:
    return (root / INDEX).read_bytes()


def test_an_index_that_grew_equals_one_made_anew(tmp_path: Path) -> None:
    for number in range(3):
        add_warc(tmp_path, number)
        report = update_index(tmp_path)
        assert (report.read, report.lines, len(report.warcs)) == (1, 5 * (number + 1), number + 1)
        assert index(tmp_path) == theirs(tmp_path)
    grown = index(tmp_path)
    assert update_index(tmp_path, fresh=True).read == 3
    assert index(tmp_path) == grown == b"".join(sorted(grown.splitlines(keepends=True)))


def test_nothing_new_means_nothing_is_read_or_written(tmp_path: Path) -> None:
    add_warc(tmp_path, 0)
    update_index(tmp_path)
    before = (tmp_path / INDEX).stat()
    report = update_index(tmp_path)
    assert (report.read, report.lines) == (0, 5)
    assert (tmp_path / INDEX).stat().st_ino == before.st_ino


def test_files_being_written_are_left_out(tmp_path: Path) -> None:
    add_warc(tmp_path, 0)
    being_written = add_warc(tmp_path, 1)
    being_written.rename(open_path(being_written))
    assert list(update_index(tmp_path).warcs) == [
        "2026/kremlin-20261121120000000-00000-HOST.warc.gz"
    ]


def test_an_archive_without_files_has_an_empty_index(tmp_path: Path) -> None:
    assert update_index(tmp_path).lines == 0
    assert index(tmp_path) == b""


@pytest.mark.parametrize(
    "harm",
    [
        lambda root: (root / INDEX).unlink(),
        lambda root: (root / INDEX).write_bytes(index(root)[:-100]),
        lambda root: (root / "cache/index.json").unlink(),
        lambda root: (root / "cache/index.json").write_text("{"),
        lambda root: (root / "cache/index.json").write_text('{"bytes": 1, "lines": 1}'),
        lambda root: (root / "cache/index.json").write_text("[]"),
        lambda root: shutil.rmtree(root / "cache"),
        lambda root: next((root / "warc").rglob("*.gz")).unlink(),
        lambda root: shutil.copy(*sorted((root / "warc").rglob("*.gz"))[::-1]),
    ],
    ids=[
        "no index",
        "cut index",
        "no list",
        "half a list",
        "part of a list",
        "another list",
        "no cache",
        "a file gone",
        "a file replaced",
    ],
)
def test_an_index_that_is_in_doubt_is_made_anew(tmp_path: Path, harm: object) -> None:
    add_warc(tmp_path, 0, pages=3)
    add_warc(tmp_path, 1, pages=4)
    update_index(tmp_path)
    harm(tmp_path)  # type: ignore[operator]
    add_warc(tmp_path, 2)
    update_index(tmp_path)
    assert index(tmp_path) == theirs(tmp_path)


def test_a_crash_between_the_two_renames_costs_one_reading(tmp_path: Path) -> None:
    add_warc(tmp_path, 0)
    update_index(tmp_path)
    old_list = (tmp_path / "cache/index.json").read_bytes()
    add_warc(tmp_path, 1)
    update_index(tmp_path)
    (tmp_path / "cache/index.json").write_bytes(old_list)
    assert update_index(tmp_path).read == 2
    assert index(tmp_path) == theirs(tmp_path)


def test_a_crash_while_merging_leaves_the_index_there_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_warc(tmp_path, 0)
    update_index(tmp_path)
    before = index(tmp_path)
    add_warc(tmp_path, 1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kremlin_archive.archive.cdxj_index.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        update_index(tmp_path)
    monkeypatch.undo()
    assert index(tmp_path) == before
    assert not (tmp_path / "index/staging").exists()
    assert update_index(tmp_path).read == 1
    assert index(tmp_path) == theirs(tmp_path)


@given(st.sets(LINE), st.sets(LINE))
def test_lines_are_spliced_into_a_file_as_sorting_all_would_put_them(
    tmp_path_factory: pytest.TempPathFactory, before: set[bytes], new: set[bytes]
) -> None:
    old = tmp_path_factory.mktemp("splice") / "old"
    old.write_bytes(b"".join(sorted(before)))
    into = BytesIO()
    assert splice(old, sorted(new), into) == len(new - before)
    assert into.getvalue() == b"".join(sorted(before | new))


def test_what_a_broken_file_still_holds_is_indexed_and_the_fault_is_remembered(
    tmp_path: Path,
) -> None:
    warc = add_warc(tmp_path, 0)
    warc.write_bytes(warc.read_bytes()[:-10])
    first = update_index(tmp_path)
    assert first.lines == 5
    assert len(first.faults) == 1
    assert first.faults[0].startswith(f"{warc.name}: offset ")
    assert "ends inside a record" in first.faults[0]
    add_warc(tmp_path, 1)
    assert update_index(tmp_path).faults == first.faults


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    warc = add_warc(tmp_path, 0)
    other = tmp_path / "warc/2027" / warc.name
    other.parent.mkdir()
    shutil.copy(warc, other)
    with pytest.raises(UsageError, match=f"{warc.name} is there more than once"):
        update_index(tmp_path)


def test_two_at_a_time_are_refused(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    with (
        FileLock(tmp_path / "cache/index.lock"),
        pytest.raises(LockedError, match="another process is indexing"),
    ):
        update_index(tmp_path)


def test_progress_names_each_file_read(tmp_path: Path) -> None:
    warcs = [add_warc(tmp_path, number) for number in range(2)]
    told: list[tuple[int, int, str]] = []
    update_index(tmp_path, on_progress=lambda *step: told.append(step))
    assert told == [(n, 2, f"2026/{warc.name}") for n, warc in enumerate(warcs, 1)]


def test_the_list_beside_the_index_names_sizes(tmp_path: Path) -> None:
    warc = add_warc(tmp_path, 0)
    update_index(tmp_path)
    held = json.loads((tmp_path / "cache/index.json").read_text())
    assert held["bytes"] == len(index(tmp_path))
    assert held["warcs"][f"2026/{warc.name}"]["bytes"] == warc.stat().st_size
