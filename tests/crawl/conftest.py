"""The bundled site and a way to crawl it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kremlin_archive.replica import Replica, Rule, serve
from kremlin_archive.replica.site import Site
from tests.crawl.running import Crawl, Run, crawl_at


@pytest.fixture
def site() -> Site:
    """The bundled site."""
    return Site()


@pytest.fixture
def replica(site: Site) -> Iterator[Replica]:
    """It, served."""
    with serve(site, log=True) as served:
        yield served


@pytest.fixture
def crawl(tmp_path: Path, replica: Replica) -> Crawl:
    """Crawl the bundled site into ``tmp_path``; ``rules`` make it misbehave."""

    def run(
        *rules: Rule,
        root: Path = tmp_path / "archive",
        settings: dict[str, str] | None = None,
        **arguments: object,
    ) -> Run:
        if rules:
            replica.rules = rules
        given = {name: str(value) for name, value in arguments.items()}
        return crawl_at(root, replica.connect_to, given, settings or {})

    return run


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 KB."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not allow mounting")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
