"""What the end of a run costs after so many hourly runs, each of which left a WARC file and a part.

python -m benchmarks.many_runs 100 1000 9000

A made-up archive: every run looks at four listings and two pages that did not change, every third finds a new
event. CPU seconds of: the first publication, which reads every part; the next one, without anything new; a
run with news; the decision of a quiet run that nothing is due; index and working state for one more run.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from kremlin_archive.archive.cdxj_index import update_index
from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.originals import Original
from kremlin_archive.archive.writer import RunFacts
from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.intake import Intake
from kremlin_archive.dataset.publishing import publish_if_due
from kremlin_archive.records import Capture
from kremlin_archive.replica import Site
from kremlin_archive.replica.http import Request
from kremlin_archive.state import State

NEWS = "/events/president/news"
LISTINGS = (NEWS, "/events/president/transcripts")
HOSTS = ("en.kremlin.ru", "kremlin.ru")
BEGAN = datetime(2025, 11, 1, tzinfo=UTC)


@dataclass
class Hours:
    """An archive that grows hour by hour; it remembers what it stored, as the working state does."""

    root: Path
    hour: int = 0
    site: Site = field(default_factory=Site)
    stored: dict[tuple[str, str], Original] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)

    def find(self, payload_digest: str, url: str) -> Original | None:
        return self.stored.get((payload_digest, url))

    def latest(self, url: str) -> Original | None:  # noqa: ARG002 - the protocol's
        return None

    def remember(self, capture: Capture) -> None:
        if capture.record_type == "response":
            original = Original(capture.pointer.record_id, capture.url, capture.warc_date)
            self.stored.setdefault((capture.payload_digest, capture.url), original)

    @property
    def now(self) -> datetime:
        return BEGAN + timedelta(hours=self.hour)

    def run(self, *, is_quiet: bool) -> None:
        facts = RunFacts(f"{self.now:%Y-%m-%dT%H%M%SZ}", "benchmark", "", "", "", "host", "")
        intake = Intake(self.root, facts, max_bytes=10**9, originals=self)
        addresses = [f"http://{host}{path}" for host in HOSTS for path in LISTINGS]
        for second, url in enumerate([*addresses, *self.known[-2:]]):
            intake.take(self._exchange(url, second))
        if not is_quiet:
            seed = self.site.edition("en", 66419)
            number, shown = 200_000 + self.hour, f"{self.now:%Y-%m-%d %H:%M}"
            self.site.publish(replace(seed, event_id=number, published=shown))
            self.known.append(f"http://en.kremlin.ru{NEWS}/{number}")
            intake.take(self._exchange(self.known[-1], 30))
        intake.close()
        self.hour += 1

    def _exchange(self, url: str, second: int) -> Exchange:
        host, _, path = url.removeprefix("http://").partition("/")
        body = f"<html>A listing of {path}.</html>".encode() + b" " * 300
        if f"/{path}" not in LISTINGS:
            body = self.site.answer(Request("GET", f"/{path}", (("Host", host),), b"")).entity
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
        sent = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        at = self.now + timedelta(seconds=second)
        return Exchange(url, at, sent, head.encode() + body, "127.0.0.1")


def measure(root: Path, runs: int) -> dict[str, float]:
    """CPU seconds by what was done."""
    archive = Hours(root)
    for number in range(runs):
        archive.run(is_quiet=bool(number % 3))
    costs = {"first": _cost(lambda: extract(root)), "again": _cost(lambda: extract(root))}
    update_index(root)
    _sync(root)
    archive.run(is_quiet=False)
    costs["news"] = _cost(lambda: extract(root))
    archive.run(is_quiet=True)
    costs["quiet"] = _cost(lambda: publish_if_due(root, "changed", archive.now))
    costs["index"] = _cost(lambda: update_index(root))
    costs["state"] = _cost(lambda: _sync(root))
    return costs


def _cost(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _sync(root: Path) -> None:
    state = State(root)
    state.sync()
    state.close()


@click.command()
@click.argument("runs", type=click.IntRange(min=3), nargs=-1, required=True)
def main(runs: tuple[int, ...]) -> None:
    """Print a line of CPU seconds for each number of RUNS."""
    print(f"{'runs':>8}  first   again    news   quiet   index   state")
    for count in runs:
        with tempfile.TemporaryDirectory() as folder:
            costs = measure(Path(folder), count)
        print(f"{count:>8}" + "".join(f"{cost:8.2f}" for cost in costs.values()), flush=True)


if __name__ == "__main__":
    main()
