from __future__ import annotations

import io

from kremlin_archive.report.progress import Progress, describe


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_log_gets_one_line_a_minute_and_the_last() -> None:
    log, clock = io.StringIO(), Clock()
    with Progress("crawl", "pages", stream=log, clock=clock) as progress:
        for done in range(1, 181):
            clock.now = float(done)
            progress.update(done, 200, {"failed": done // 100})
    assert log.getvalue().splitlines() == [
        "crawl: 60 of 200 pages, 30 %, 1 min 0 s",
        "crawl: 120 of 200 pages, 60 %, 2 min 0 s; 1 failed",
        "crawl: 180 of 200 pages, 90 %, 3 min 0 s; 1 failed",
    ]


def test_a_short_job_gets_one_line() -> None:
    log = io.StringIO()
    with Progress("extract", "WARC files", stream=log, clock=Clock()) as progress:
        progress.update(1, 2)
        progress.update(2, 2)
    assert log.getvalue() == "extract: 2 of 2 WARC files, 100 %, 0 s\n"


def test_nothing_done_is_nothing_said() -> None:
    log = io.StringIO()
    with Progress("extract", "WARC files", stream=log):
        pass
    assert log.getvalue() == ""


def test_a_terminal_gets_a_live_line() -> None:
    terminal = Terminal()
    with Progress("crawl", "pages", stream=terminal, clock=Clock()) as progress:
        progress.update(7)
    assert "crawl: 7 pages, 0 s" in terminal.getvalue()


def test_the_line_in_words() -> None:
    line = describe("crawl", "pages", done=1234, total=None, counts={"new": 5, "x": 0}, seconds=61)
    assert line == "crawl: 1,234 pages, 1 min 1 s; 5 new"
