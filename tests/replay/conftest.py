"""A small archive crawled twice from the bundled site, and ways to look into it."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import pytest
from selectolax.lexbor import LexborHTMLParser

from kremlin_archive.replica import serve
from kremlin_archive.replica.site import Site
from tests.crawl.running import Run, crawl_at

PROJECT = Path(__file__).parents[2]
EVENT = 66419

needs_pywb = pytest.mark.skipif(
    importlib.util.find_spec("pywb") is None, reason="pywb is not installed"
)


@dataclass(frozen=True)
class Served:
    """A running replay: its process and the two addresses it printed."""

    process: subprocess.Popen[str]
    base: str
    example: str

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of an address below the collection."""
        try:
            with urllib.request.urlopen(f"{self.base}{path}", timeout=30) as answer:  # noqa: S310
                return answer.status, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does; returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(20)


def shown_text(html: bytes) -> str:
    """Text of a page with whitespace collapsed; what blocks say is not told apart."""
    body = LexborHTMLParser(html.decode("utf-8")).body
    assert body is not None
    return " ".join(body.text(separator="").split())


@contextmanager
def replaying(*options: str | Path, log: Path) -> Iterator[Served]:
    """Run the command on a free port."""
    command = [sys.executable, "-m", "kremlin_archive", "replay", "--port", "0"]
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [*command, *map(str, options)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline().strip() for _ in range(2)]
            assert lines[0], log.read_text("utf-8")
            yield Served(process, *lines)
        finally:
            if process.poll() is None:
                process.terminate()


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Both editions of some events, fetched twice: the second time everything is a revisit."""
    root = tmp_path_factory.mktemp("replay") / "archive"
    with serve(Site(), log=True) as replica:
        for mode in ("backfill", "recheck"):
            run = crawl_at(
                root, replica.connect_to, {"ids": str(EVENT), "mode": mode}, {"PUBLISH": "always"}
            )
            assert run.code == 0, run.log
    return run


@pytest.fixture(scope="session")
def served(crawled: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The archive, replayed."""
    log = tmp_path_factory.mktemp("log") / "pywb.log"
    with replaying("--root", crawled.root, log=log) as running:
        yield running
