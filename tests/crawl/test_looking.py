"""``status`` of an archive that cannot be written: somebody else's, or on a medium that is read only."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kremlin_archive.cli import main
from kremlin_archive.replica import Rule
from tests.crawl.running import NEWS, Crawl

NOBODY = 65534
STATE = "state.sqlite"


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that everybody may go into, as those of ``tmp_path`` are not."""
    folder = Path(tempfile.mkdtemp(prefix="kremlin-archive-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def read_only(root: Path) -> Iterator[None]:
    """An archive that this process cannot write; root, who may do everything, becomes nobody for it."""
    every = [root, *root.rglob("*")]
    for path in every:
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        with pytest.raises(PermissionError):
            (root / "probe").write_bytes(b"")
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path in every:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)


def everything(root: Path) -> dict[str, int]:
    return {
        str(path.relative_to(root)): path.stat().st_mtime_ns for path in [root, *root.rglob("*")]
    }


def told(root: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["status", "--root", str(root), "--json"]) == 0
    status: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {name: value for name, value in status.items() if name != "root"}


@pytest.mark.parametrize(
    "case", ["as it was left", "no state", "an older state", "no state and no parts"]
)
def test_status_of_an_archive_that_cannot_be_written_is_the_same(
    crawl: Crawl,
    elsewhere: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    case: str,
) -> None:
    written = crawl(Rule("status", path=f"{NEWS}/54279", status=403), ids="66419,54279").root
    older = (written / STATE).read_bytes()
    crawl(ids="66419,54279")
    root = elsewhere / "archive"
    shutil.copytree(written, root, symlinks=True)
    expected = told(written, capsys)
    if case.startswith("no state"):
        (root / STATE).unlink()
    if case == "an older state":
        (root / STATE).write_bytes(older)
    if case.endswith("no parts"):
        shutil.rmtree(root / "cache")
    before = everything(root)
    temporary = elsewhere / "temporary"
    temporary.mkdir()
    temporary.chmod(0o777)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with read_only(root):
        assert told(root, capsys) == expected
    assert everything(root) == before
    assert not [*temporary.iterdir()]


def test_status_of_an_archive_that_cannot_be_written_says_when_a_run_holds_it(
    crawl: Crawl, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = elsewhere / "archive"
    shutil.copytree(crawl(ids=66419).root, root, symlinks=True)
    (root / ".lock").touch()
    with (root / ".lock").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with read_only(root):
            assert told(root, capsys)["run_in_progress"] is True
        (root / STATE).unlink()
        with read_only(root):
            assert main(["status", "--root", str(root)]) == 4
    assert "ask again when the run has ended" in capsys.readouterr().err


def test_status_where_nothing_can_be_written_at_all_says_so(
    crawl: Crawl,
    elsewhere: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = elsewhere / "archive"
    shutil.copytree(crawl(ids=66419).root, root, symlinks=True)
    monkeypatch.setattr(tempfile, "tempdir", str(root))
    with read_only(root):
        assert main(["status", "--root", str(root)]) == 1
    assert "it cannot be written, nor its state made elsewhere" in capsys.readouterr().err
