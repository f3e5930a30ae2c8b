"""The working state is a cache: whatever becomes of its file, no run fails by it twice, and each says so."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kremlin_archive.cli import main
from kremlin_archive.replica import Replica, Rule, serve
from kremlin_archive.replica.site import Site
from kremlin_archive.state import State
from kremlin_archive.state.file import seal
from tests.crawl.running import (
    ENGLISH_NEWS,
    PROJECT,
    Run,
    command,
    crawl_at,
    crawl_without_rights,
)

ENGLISH = {"languages": "en", "sections": "news"}
PAGE = 4096


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An archive of the English news, made once; each test has a copy."""
    root = tmp_path_factory.mktemp("made") / "archive"
    with serve(Site(), log=True) as site:
        assert crawl_at(root, site.connect_to, ENGLISH, {}).code == 0
    yield root
    shutil.rmtree(root)


@pytest.fixture
def root(archive: Path, tmp_path: Path) -> Path:
    shutil.copytree(archive, tmp_path / "archive", symlinks=True)
    return tmp_path / "archive"


# ---- damage --------------------------------------------------------------------------------------------


def flip_one(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def flip_many(data: bytearray, chance: random.Random) -> None:
    for _ in range(30):
        data[chance.randrange(len(data))] ^= 0xFF


def overwrite(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) - 64)
    data[at : at + 64] = b"\xff" * 64


def zero_a_page(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) // PAGE) * PAGE
    data[at : at + PAGE] = bytes(PAGE)


def swap_pages(data: bytearray, chance: random.Random) -> None:
    one, other = (at * PAGE for at in chance.sample(range(1, len(data) // PAGE), 2))
    data[one : one + PAGE], data[other : other + PAGE] = (
        data[other : other + PAGE],
        data[one : one + PAGE],
    )


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


DAMAGES = (flip_one, flip_many, overwrite, zero_a_page, swap_pages, cut)


def knowledge(root: Path) -> dict[str, list[Any]]:
    """All that the state knows, and that whoever asks can have it."""
    state = State(root)
    state.sync()
    state.close()
    with sqlite3.connect(root / "state.sqlite") as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        tables = [name for (name,) in names.fetchall()]
        told = {one: sorted(database.execute(f"SELECT * FROM {one}"), key=repr) for one in tables}  # noqa: S608
    database.close()
    return told


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_state_knows_what_it_knew(
    root: Path, damage: Callable[[bytearray, random.Random], None]
) -> None:
    expected = knowledge(root)
    sound = (root / "state.sqlite").read_bytes()
    sealed = (root / "state.sqlite.sha256").read_bytes()
    for seed in range(25):
        data = bytearray(sound)
        damage(data, random.Random(seed))  # noqa: S311 - damage, not secrets
        if data == sound:
            continue
        (root / "state.sqlite").write_bytes(data)
        (root / "state.sqlite.sha256").write_bytes(sealed)
        state = State(root)
        assert state.made_anew is not None, seed
        state.close()
        assert knowledge(root) == expected, seed


def first_of_two(root: Path, replica: Replica) -> str:
    """Two quiet runs after which every document is known; gives what the first one noted."""
    told = []
    for _ in range(2):
        run = crawl_at(root, replica.connect_to, ENGLISH, {})
        assert run.code == 0, run.log + run.words
        assert run.pages == {}
        assert len(run.documents) == ENGLISH_NEWS
        told.append("; ".join(run.report["notes"]))
        assert (told[-1] == "") == ("made anew from the WARC files" not in run.log)
    state = State(root)
    assert len([*state.watched()]) == ENGLISH_NEWS
    state.close()
    assert told[1] == ""
    return told[0]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_runs_with_a_damaged_state_know_every_document_and_say_so(
    root: Path, replica: Replica, damage: Callable[[bytearray, random.Random], None]
) -> None:
    data = bytearray((root / "state.sqlite").read_bytes())
    damage(data, random.Random(5))  # noqa: S311
    (root / "state.sqlite").write_bytes(data)
    assert "made anew from the WARC files: it was damaged" in first_of_two(root, replica)


def edited(statement: str) -> Callable[[Path], None]:
    """Somebody else's hand, with a seal that is right: SQLite finds nothing wrong."""

    def edit(path: Path) -> None:
        database = sqlite3.connect(path)
        database.executescript(statement)
        database.close()
        seal(path)

    return edit


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "somebody's").touch()


OTHERWISE: dict[str, tuple[Callable[[Path], object], str]] = {
    "deleted": (Path.unlink, "it was not there"),
    "empty": (lambda path: path.write_bytes(b""), "it was damaged"),
    "text": (lambda path: path.write_text("state"), "it was damaged: file is not a database"),
    "a folder": (to_folder, "it was no file"),
    "another version": (edited("UPDATE made_by SET versions = 'x'"), "by another version"),
    "nobody's": (edited("DELETE FROM made_by"), "by another version"),
    "without tables": (edited("DROP TABLE made_by"), "damaged: no such table"),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_a_state_that_is_not_what_was_left_is_made_anew_and_said(
    root: Path, replica: Replica, case: str
) -> None:
    change, words = OTHERWISE[case]
    change(root / "state.sqlite")
    assert words in first_of_two(root, replica)


def test_a_state_that_cannot_be_written_is_made_anew(root: Path, replica: Replica) -> None:
    """Somebody once ran it as another user."""
    (root / "state.sqlite").chmod(0o444)
    run = crawl_without_rights(root, replica.connect_to, ENGLISH)
    assert run.code == 0, run.log
    assert "it could not be written" in run.report["notes"][0]


def test_somebody_who_reads_the_state_keeps_no_run_from_beginning(
    root: Path, replica: Replica
) -> None:
    with closing(sqlite3.connect(root / "state.sqlite")) as reader:
        rows = reader.execute("SELECT doc_id FROM document")
        first = rows.fetchone()
        assert first_of_two(root, replica) == ""
        assert len([first, *rows]) == ENGLISH_NEWS


# ---- kills ---------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
left, connect = int(sys.argv[2]), sqlite3.connect
def count(_):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
def counted(*arguments, **options):
    database = connect(*arguments, **options)
    database.set_trace_callback(count)
    return database
sqlite3.connect = counted
from kremlin_archive.state import State
state = State(Path(sys.argv[1]))
state.sync()
state.close()
"""


def test_killed_before_any_statement_the_state_can_be_made_by_the_next(root: Path) -> None:
    expected = knowledge(root)
    for statement in range(1, 30):
        (root / "state.sqlite").unlink(missing_ok=True)
        arguments = [sys.executable, "-c", KILLED, str(root), str(statement)]
        done = subprocess.run(arguments, cwd=PROJECT, check=False)
        assert done.returncode == -signal.SIGKILL, statement
        assert knowledge(root) == expected, statement


# ---- in the middle of a run ----------------------------------------------------------------------------


def disturbed(root: Path, replica: Replica, disturb: Callable[[Path], object]) -> Run:
    """A run to whose state something happens when it has begun."""
    replica.rules = (Rule("delay", seconds=0.05),)
    given = {**ENGLISH, "mode": "recheck"}
    process = subprocess.Popen(
        command(root, replica.connect_to, given, {"LOG_LEVEL": "INFO"}),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "documents are in the archive" in line:
            break
    disturb(root / "state.sqlite")
    words, log = process.communicate(timeout=120)
    replica.rules = ()
    return Run(process.returncode, words, log, root)


def overwrite_it(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * path.stat().st_size)


def test_a_state_that_proves_damaged_ends_the_run_and_the_next_makes_it_anew(
    root: Path, replica: Replica
) -> None:
    run = disturbed(root, replica, overwrite_it)
    assert (run.code, run.report["ended"]) == (2, "state"), run.log
    assert "not a database" in run.report["problem"]
    assert "reached" not in run.report["problem"]
    assert "it was not there" in first_of_two(root, replica)


def test_a_disk_that_refuses_the_state_ends_the_run(root: Path, replica: Replica) -> None:
    """Here it refuses the journal, without which SQLite writes nothing."""
    journal = root / "state.sqlite-journal"
    run = disturbed(root, replica, lambda _: journal.mkdir())
    assert (run.code, run.report["ended"]) == (2, "disk"), run.log
    assert "the working state cannot be used" in run.report["problem"]
    assert "reached" not in run.report["problem"]
    journal.rmdir()
    first_of_two(root, replica)


def test_a_run_that_cannot_begin_does_not_go_on(root: Path, replica: Replica) -> None:
    """Scrapy would: it only logs what goes wrong in a signal."""
    shutil.rmtree(root / "cache/parts")
    (root / "cache/parts").write_text("in the way")
    (root / "state.sqlite").unlink()
    before = len(replica.exchanges)
    run = crawl_at(root, replica.connect_to, ENGLISH, {})
    assert run.code == 2, run.log
    assert run.report["ended"] == "crash"
    assert "could not begin" in run.report["problem"]
    assert len(replica.exchanges) == before


# ---- WARC files that are lost --------------------------------------------------------------------------


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("lose", "words"), [(Path.unlink, "is gone"), (cut_in_half, "bytes and had")]
)
def test_a_warc_file_that_is_lost_is_said_and_what_shows_it_stands(
    root: Path, replica: Replica, lose: Callable[[Path], None], words: str
) -> None:
    site = replica.source
    assert isinstance(site, Site)
    site.remove("en", 66419)  # only the archive has it now
    [warc] = (root / "warc").rglob("*.warc.gz")
    kept = warc.read_bytes()
    lose(warc)
    name = warc.relative_to(root / "warc").as_posix()
    for _ in range(2):
        run = crawl_at(root, replica.connect_to, ENGLISH, {})
        assert run.code == 2
        assert f"{name} {'is gone' if lose is Path.unlink else 'has'}" in run.report["problem"]
        assert words in run.log
        assert f"PROBLEM    WARC files are lost ({name}" in run.words
        assert "en:66419" in run.documents
    warc.write_bytes(kept)
    run = crawl_at(root, replica.connect_to, ENGLISH, {"PUBLISH": "always"})
    assert run.code == 0, run.words
    assert len(run.documents) == ENGLISH_NEWS


def test_what_a_person_publishes_without_the_lost_file_is_gone_on_with(
    root: Path, replica: Replica
) -> None:
    [warc] = (root / "warc").rglob("*.warc.gz")
    warc.unlink()
    assert crawl_at(root, replica.connect_to, ENGLISH, {}).pages == {"new": ENGLISH_NEWS}
    assert main(["extract", "--root", str(root)]) == 0
    run = crawl_at(root, replica.connect_to, ENGLISH, {})
    assert (run.code, run.report["problem"]) == (0, None)


def test_what_a_killed_run_left_is_not_lost(root: Path, replica: Replica) -> None:
    """Its file is cut at the last whole record before anybody has taken it in."""
    replica.rules = (Rule("stall", path="*/feed", at="start"),)
    words = command(root, replica.connect_to, ENGLISH, {"DOWNLOAD_TIMEOUT": "60"})
    with subprocess.Popen(words, cwd=PROJECT, stderr=subprocess.DEVNULL) as process:
        while not [*root.rglob("*.warc.gz.open")]:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    [left] = root.rglob("*.warc.gz.open")
    left.write_bytes(left.read_bytes() + b"half a record")
    replica.rules = ()
    run = crawl_at(root, replica.connect_to, ENGLISH, {})
    assert (run.code, run.report["problem"]) == (0, None)
    assert "left by a run that was killed" in run.log
