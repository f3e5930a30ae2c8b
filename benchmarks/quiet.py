"""What an hourly run costs that finds nothing new, by the size of the archive.

python -m benchmarks.quiet 500 1000 2000 7000

A made-up site of so many documents, half of them in each edition, is crawled whole. Then two passes without
any change: one while all sections are lively (minutes after the crawl), one after a day of silence, when the
feed of everything stands in for them. Both shall cost the same whatever the size.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from benchmarks.measure import Cost, cost
from kremlin_archive import seeds
from kremlin_archive.replica import Edition, Replica, Site, serve
from tests.crawl.running import command

_SECTIONS = [section.path for section in seeds.sections() if section.part_of is None]
_BEGAN = datetime(2003, 1, 1, 12)  # noqa: DTZ001 - Moscow's wall clock, as the site writes it
_DAY = 24 * 3600.0


@click.command()
@click.argument("sizes", type=click.IntRange(min=40), nargs=-1, required=True)
def main(sizes: tuple[int, ...]) -> None:
    """Print a line for each pass."""
    print("documents  pass        requests   CPU s  wall s")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for line in _passes(size, Path(folder)):
                print(f"{size:9,}  {line}", flush=True)


def _passes(size: int, root: Path) -> Iterator[str]:
    with serve(Site(_editions(size)), log=False) as replica:
        _run(root, replica, 0.0)
        yield _line("lively", *_run(root, replica, 0.0))
        _run(root, replica, _DAY)
        yield _line("silent", *_run(root, replica, _DAY + 3600))


def _editions(size: int) -> Iterator[Edition]:
    """Events of many years, in the news and, in turn, in another section."""
    for number in range(size // 2):
        when = _BEGAN + timedelta(hours=15 * number)
        russian = Edition(
            event_id=1000 + number,
            language="ru",
            title=f"Event {number}",
            published=f"{when:%Y-%m-%d %H:%M}",
            updated=f"{when:%Y-%m-%d %H:%M:%S}",
            body="".join(f"<p>Paragraph {n} of event {number}.</p>" for n in range(9)),
            sections=tuple(dict.fromkeys(("president/news", _SECTIONS[number % len(_SECTIONS)]))),
        )
        yield russian
        yield replace(russian, language="en")


def _run(root: Path, replica: Replica, ahead: float) -> tuple[Cost, int]:
    replica.clock = lambda: time.time() + ahead
    before = replica.served
    words = command(root, replica.connect_to, {}, {"LOG_LEVEL": "ERROR"})[3:]
    took = cost([sys.executable, "-m", "tests.crawl.shifted_clock", str(ahead), *words])
    return took, replica.served - before


def _line(name: str, took: Cost, asked: int) -> str:
    return f"{name:<10}  {asked:8}  {took.cpu:6.2f}  {took.wall:6.2f}"


if __name__ == "__main__":
    main()
