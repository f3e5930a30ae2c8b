"""A document is taken down: nothing below snapshots/ has its words any more, whoever is killed on the way."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from kremlin_archive.cli import main
from kremlin_archive.dataset import takedown
from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.removals import Removal, add_removal, read_removals
from kremlin_archive.dataset.takedown import showing, take_down, unfinished
from kremlin_archive.dataset.withdrawals import note_withdrawn, read_withdrawn
from kremlin_archive.errors import SnapshotError, UsageError
from kremlin_archive.verify.snapshots import file_findings, latest_findings
from tests.unit.dataset.conftest import CARDS, PHOTO, Event, Site, rows_of

if TYPE_CHECKING:
    from pathlib import Path

REMOVAL = Removal("en:66419", datetime(2026, 12, 1, tzinfo=UTC), "Asked for", "GDPR art. 17")
TAGS = """<div class="read__tagscol"><h3>Persons</h3><ul class="read__taglist">
<li><a href="/catalog/persons/777/events" rel="tag">Quillfeather Zebulon</a></li></ul></div>"""
SECRET = Event(
    title="Quillfeather visits",
    lead="A quillfeather arrived.",
    place="Quillfeather Hall",
    body=f"{PHOTO.replace('With the guest', 'The quillfeather')}"
    f"{CARDS.replace('A trip', 'Quillfeathers elsewhere')}"
    "<p><b>Zebulon Quillfeather:</b> Quillfeathers are rare.</p>"
    "<p>More quillfeathers.</p>",
    tags=TAGS,
)
SEE_IT = CARDS.replace("trips/66418", "news/66419").replace("A trip", "Quillfeather visits")
PHRASE = "quillfeather"
IDS = ["2026-11-21T130000Z", "2026-11-21T140000Z", "2026-11-21T150000Z"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three snapshots; the document is in all, edited in the last, its other edition too."""
    root, site = tmp_path_factory.mktemp("published") / "archive", Site()
    old = Event(event_id=5, day="2001-01-01", body=f"<p>Something else.</p>{SEE_IT}")
    runs = [
        [site.event(old, hours=0), site.event(SECRET, hours=1)],
        [site.event(Event(language="ru", tags=""), hours=2)],
        [site.event(SECRET.but(title="Later"), hours=3)],
    ]
    for number, captures in enumerate(runs):
        site.warc(root / "warc" / f"{number}.warc.gz", captures)
        extract(root)
    return root


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    """A copy of it, hard links and times as they are."""
    copy = tmp_path / "archive"
    subprocess.run(["cp", "-a", str(published), str(copy)], check=True)
    assert names(copy) == IDS
    return copy


def names(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "snapshots").iterdir())


def holding(folder: Path, phrase: str) -> list[str]:
    """Files below a folder that hold a phrase, tables and packed files unpacked."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        if path.suffix == ".parquet":
            text = repr(pq.ParquetFile(path).read().to_pylist()) + repr(pq.read_metadata(path))
        else:
            data = path.read_bytes()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            text = data.decode("utf-8", "replace")
        if phrase in text.lower():
            found.append(path.relative_to(folder).as_posix())
    return found


def manifest(root: Path, snapshot: str) -> dict[str, object]:
    said: dict[str, object] = json.loads(
        (root / "snapshots" / snapshot / "manifest.json").read_text()
    )
    return said


def assert_taken_down(root: Path) -> None:
    assert holding(root / "snapshots", PHRASE) == []
    assert names(root) == [f"{each}-r2" for each in IDS]
    assert (root / "latest").resolve().name == f"{IDS[2]}-r2"
    assert not (root / "staging").exists()
    assert unfinished(root) == []
    assert set(read_withdrawn(root)) == set(IDS)
    for each in IDS:
        folder = root / "snapshots" / f"{each}-r2"
        assert list(file_findings(root, folder, lambda _: None)) == []
    assert list(latest_findings(root)) == []


def test_its_words_are_everywhere_before(root: Path) -> None:
    tables = {path.split("/")[1] for path in holding(root / "snapshots", PHRASE)}
    assert {"documents", "paragraphs", "turns", "revisions", "links", "media", "tags"} <= tables
    assert {"persons", "document_tags", "alignments"} <= tables


def test_its_words_are_nowhere_afterwards(root: Path) -> None:
    done = take_down(root, REMOVAL)
    assert_taken_down(root)
    assert done.latest == f"{IDS[2]}-r2"
    assert done.reissued == {each: f"{each}-r2" for each in IDS}
    for each in (root / "snapshots").iterdir():
        (row,) = (row for row in rows_of(each, "documents") if row["doc_id"] == "en:66419")
        assert (row["status"], row["title"], row["text"]) == ("removed_by_us", "", "")
        (removed,) = rows_of(each, "removals")
        assert (removed["reason"], removed["basis"]) == ("Asked for", "GDPR art. 17")
    why = "en:66419 was removed on request: GDPR art. 17"
    assert manifest(root, f"{IDS[0]}-r2")["withdrawn"] == [{"snapshot": IDS[0], "why": why}]


def test_what_else_a_snapshot_held_it_holds_still(root: Path) -> None:
    before = {
        each: [
            row for row in rows_of(root / "snapshots" / each, "documents") if row["event_id"] == 5
        ]
        for each in IDS
    }
    captures = {each: rows_of(root / "snapshots" / each, "captures") for each in IDS}
    take_down(root, REMOVAL)
    for each in IDS:
        folder = root / "snapshots" / f"{each}-r2"
        assert [row for row in rows_of(folder, "documents") if row["event_id"] == 5] == before[each]
        assert rows_of(folder, "captures") == captures[each]
    shared = "documents/documents-en-2001.parquet"
    assert (root / "snapshots" / f"{IDS[0]}-r2" / shared).samefile(root / "latest" / shared)


def test_a_snapshot_that_shows_it_on_a_card_only_is_issued_again(tmp_path: Path) -> None:
    root, site = tmp_path / "archive", Site()
    site.warc(root / "warc" / "0.warc.gz", [site.event(Event(event_id=5, body=SEE_IT))])
    extract(root)
    take_down(root, REMOVAL)
    assert holding(root / "snapshots", PHRASE) == []
    (card, *_) = rows_of((root / "latest").resolve(), "links")
    assert (card["target_doc_id"], card["anchor_text"], card["shown_date"]) == (
        "en:66419",
        None,
        None,
    )
    assert showing(root, "en:66419") == []


def test_what_is_lost_with_its_file_is_said(root: Path) -> None:
    (root / "warc" / "0.warc.gz").unlink()
    assert take_down(root, REMOVAL).lost == ("0.warc.gz is gone",)


class Killed(BaseException):
    """As ``kill -9`` would: nothing below may catch it."""


STEPS = [
    *(("note_withdrawn", 1), ("extract", 1), ("put_away", 1), ("put_away", 2)),
    *(("make_draft", 2), ("pass_gate", 1), ("settle", 2)),
]


@pytest.mark.parametrize(("step", "call"), STEPS)
def test_who_was_killed_goes_on(
    root: Path, monkeypatch: pytest.MonkeyPatch, step: str, call: int
) -> None:
    calls = 0
    real = getattr(takedown, step)

    def killed(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == call:
            raise Killed
        return real(*arguments, **named)

    monkeypatch.setattr(takedown, step, killed)
    with pytest.raises(Killed):
        take_down(root, REMOVAL)
    monkeypatch.setattr(takedown, step, real)
    take_down(root, REMOVAL)
    assert_taken_down(root)


def test_killed_before_the_files_are_deleted(root: Path) -> None:
    """The folder is aside by then; whoever takes the lock next empties that place."""
    code = (
        "import os, sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from kremlin_archive.dataset import pruning\n"
        "from kremlin_archive.dataset.removals import Removal\n"
        "from kremlin_archive.dataset.takedown import take_down\n"
        "pruning.sync = lambda _: os.kill(os.getpid(), 9)\n"
        "take_down(Path(sys.argv[1]), Removal('en:66419', datetime(2026, 12, 1, tzinfo=UTC), 'r', 'b'))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert holding(root / "staging", PHRASE)
    take_down(root, REMOVAL)
    assert_taken_down(root)


def test_of_the_caches_only_what_is_read_from_the_warc_files_has_the_words(root: Path) -> None:
    take_down(root, REMOVAL)
    places = {path.partition("/")[0] for path in holding(root / "cache", PHRASE)}
    assert places == {"light", "parts"}


def test_doing_it_again_changes_nothing(root: Path) -> None:
    take_down(root, REMOVAL)
    files = {path: path.stat().st_mtime_ns for path in (root / "snapshots").rglob("*")}
    text = (root / "removals.toml").read_text()
    later = Removal(REMOVAL.doc_id, datetime(2027, 1, 1, tzinfo=UTC), "Other", "Other")
    done = take_down(root, later)
    assert (done.removal, done.reissued) == (REMOVAL, {})
    assert {path: path.stat().st_mtime_ns for path in (root / "snapshots").rglob("*")} == files
    assert (root / "removals.toml").read_text() == text


def test_the_ids_that_were_withdrawn_are_never_given_again(root: Path) -> None:
    take_down(root, REMOVAL)
    sums = (root / "latest/SHA256SUMS").read_text()
    assert extract(root, fresh=True).published.snapshot == f"{IDS[2]}-r2"
    assert (root / "latest/SHA256SUMS").read_text() == sums


def test_a_second_takedown_counts_on(root: Path) -> None:
    take_down(root, REMOVAL)
    done = take_down(root, Removal("en:5", REMOVAL.removed_at, "r", "b"))
    assert done.reissued == {f"{each}-r2": f"{each}-r3" for each in IDS}
    said = manifest(root, f"{IDS[2]}-r3")["withdrawn"]
    assert isinstance(said, list)
    assert [one["snapshot"] for one in said] == [IDS[2], f"{IDS[2]}-r2"]


def test_two_snapshots_of_one_instant_become_one(root: Path) -> None:
    """One made by another parser before: both show the document."""
    (root / "snapshots" / IDS[0]).rename(root / "snapshots" / f"{IDS[1]}-r2")
    done = take_down(root, REMOVAL)
    assert done.reissued == {
        IDS[1]: f"{IDS[1]}-r3",
        f"{IDS[1]}-r2": f"{IDS[1]}-r3",
        IDS[2]: f"{IDS[2]}-r2",
    }
    assert holding(root / "snapshots", PHRASE) == []


def test_snapshots_that_do_not_show_it_stay(root: Path) -> None:
    extra = Removal("ru:66419", REMOVAL.removed_at, "r", "b")
    assert showing(root, "ru:66419") == IDS[1:]
    kept = (root / "snapshots" / IDS[0] / "SHA256SUMS").read_text()
    take_down(root, extra)
    assert names(root) == [IDS[0], f"{IDS[1]}-r2", f"{IDS[2]}-r2"]
    assert (root / "snapshots" / IDS[0] / "SHA256SUMS").read_text() == kept


def test_a_snapshot_that_cannot_be_read_may_show_it(root: Path) -> None:
    (path,) = (root / "snapshots" / IDS[0]).glob("documents/*-en-2021.parquet")
    path.write_bytes(b"damaged")
    assert showing(root, "en:4") == [IDS[0]]
    take_down(root, REMOVAL)
    assert_taken_down(root)


def test_without_its_warc_files_a_snapshot_is_only_withdrawn(root: Path) -> None:
    (root / "warc/0.warc.gz").unlink()
    done = take_down(root, REMOVAL)
    assert done.reissued[IDS[0]] is None
    assert done.reissued[IDS[1]] == f"{IDS[1]}-r2"
    assert holding(root / "snapshots", PHRASE) == []
    assert IDS[0] in read_withdrawn(root)


def test_with_no_warc_file_at_all_nothing_is_touched(root: Path) -> None:
    for path in (root / "warc").iterdir():
        path.unlink()
    with pytest.raises(UsageError, match="no WARC files"):
        take_down(root, REMOVAL)
    assert names(root) == IDS
    assert not (root / "removals.toml").exists()


def test_a_withdrawn_list_that_cannot_be_understood(root: Path) -> None:
    (root / "withdrawn.json").write_text("[]")
    with pytest.raises(SnapshotError, match=r"withdrawn\.json"):
        take_down(root, REMOVAL)
    assert names(root) == IDS


def test_the_first_reason_of_a_withdrawal_stays(tmp_path: Path) -> None:
    assert read_withdrawn(tmp_path) == {}
    note_withdrawn(tmp_path, ["b", "a"], "first")
    note_withdrawn(tmp_path, ["b", "c"], "second")
    assert read_withdrawn(tmp_path) == {"a": "first", "b": "first", "c": "second"}


OTHERS = """# Kept by hand.
[[removal]]
doc_id = "ru:1"          # a remark
removed_at = 2026-11-21
reason = "r"
basis = "b"
"""


def test_adding_a_removal_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "removals.toml").write_text(OTHERS)
    said = Removal("en:66419", REMOVAL.removed_at, 'She said: "no" — \\ «нет»', "§ 17")
    assert add_removal(tmp_path, said) == said
    text = (tmp_path / "removals.toml").read_text("utf-8")
    assert text.startswith(OTHERS)
    assert list(tomllib.loads(text)) == ["removal"]
    assert read_removals(tmp_path)["en:66419"] == said
    assert set(read_removals(tmp_path)) == {"en:66419", "ru:1"}
    assert [path.name for path in tmp_path.iterdir()] == ["removals.toml"]


@pytest.mark.parametrize(
    ("doc_id", "reason", "basis", "problem"),
    [
        ("66419", "r", "b", "no document"),
        ("de:66419", "r", "b", "no document"),
        ("en:66419#p1", "r", "b", "no document"),
        ("en:66419", " ", "b", "the reason must say something"),
        ("en:66419", "r", "two\nlines", "the basis must say something, in one line"),
        ("en:66419", "r", "\x7f", "the basis must say something, in one line"),
    ],
)
def test_what_cannot_be_added(
    tmp_path: Path, doc_id: str, reason: str, basis: str, problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):
        add_removal(tmp_path, Removal(doc_id, REMOVAL.removed_at, reason, basis))
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_understood_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "removals.toml").write_text("[[removals]]\n")
    with pytest.raises(SnapshotError):
        add_removal(tmp_path, REMOVAL)
    assert (tmp_path / "removals.toml").read_text() == "[[removals]]\n"


def test_a_file_that_no_table_can_be_added_to(tmp_path: Path) -> None:
    (tmp_path / "removals.toml").write_text("removal = []\n")
    with pytest.raises(UsageError, match="add en:66419 by hand"):
        add_removal(tmp_path, REMOVAL)
    assert (tmp_path / "removals.toml").read_text() == "removal = []\n"


def command(root: Path, doc_id: str, *more: str) -> list[str]:
    return ["remove", doc_id, "--root", str(root), "--reason", "r", "--basis", "b", *more]


def test_the_command(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(root, "en:66419", "--yes")) == 0
    said = capsys.readouterr().out
    assert f"Deleted:  {IDS[0]}; issued again as {IDS[0]}-r2" in said
    assert f"Latest:   {IDS[2]}-r2" in said
    assert_taken_down(root)
    assert main(command(root, "en:66419", "--yes")) == 0


def test_the_command_says_what_was_not_issued_again(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "warc/0.warc.gz").unlink()
    assert main(command(root, "en:66419", "--yes")) == 2
    assert "its WARC files are not there" in capsys.readouterr().out


@pytest.mark.parametrize("doc_id", ["en:4", "66419", "xx"])
def test_the_command_with_an_id_that_is_nowhere(root: Path, doc_id: str) -> None:
    assert main(command(root, doc_id, "--yes")) == 1
    assert not (root / "removals.toml").exists()


def test_the_command_while_somebody_publishes(root: Path) -> None:
    with FileLock(root / "cache/publish.lock"):
        assert main(command(root, "en:66419", "--yes")) == 4
    assert names(root) == IDS
    assert main(command(root, "en:66419", "--yes")) == 0
    assert_taken_down(root)


def test_the_command_asks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    assert main(command(root, "en:66419")) == 130
    assert names(root) == IDS
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "y")
    assert main(command(root, "en:66419")) == 0
    assert_taken_down(root)
