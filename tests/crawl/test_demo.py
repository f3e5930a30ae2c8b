"""The demo tells what its runs found, and its exit code is theirs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kremlin_archive import dataset
from kremlin_archive.archive.lock import lock_archive
from tests.crawl.running import PROJECT

TOLD = (
    "pages     2 new, 1 changed, 3 absent",
    "pages     4 changed, 3 unchanged, 1 absent",
    "added     en:80406  Meeting with locomotive crews",
    "added     ru:80650  ",
    "text      en:80600  Opening of the river port",
    "text      ru:80600  ",
    "tags      en:63940  ",
    "metadata  ru:63926  ",
    "absent    http://kremlin.ru/events/president/news/80431: answered 404",
    "It has cost [-47-]{+48+} billion roubles.",
    "{+Порт назван именем адмирала Ушакова.+}",
)


def demo(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kremlin_archive.demo", str(root)]
    return subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def shown(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    root = tmp_path_factory.mktemp("demo")
    return root, demo(root)


def test_it_tells_of_every_edit(
    shown: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = shown
    assert done.returncode == 0, done.stdout + done.stderr
    for line in TOLD:
        assert line in done.stdout


def test_it_fits_a_terminal(shown: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    root, done = shown
    lines = done.stdout.replace(str(root), "output/demo").splitlines()
    assert 40 < len(lines) < 75
    assert [line for line in lines if len(line) > 100] == []


def test_the_archive_has_what_it_told(
    shown: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, _ = shown
    snapshot = dataset.open(root)
    assert [len(snapshot.revisions(one)) for one in ("en:80600", "ru:80600", "ru:80431")] == [
        2,
        2,
        1,
    ]
    assert snapshot.pair(80406).ru is not None


def test_a_run_that_did_not_go_well_ends_it_with_its_code(tmp_path: Path) -> None:
    with lock_archive(tmp_path):
        done = demo(tmp_path)
    assert done.returncode == 4
    assert "2. Meanwhile" not in done.stdout
