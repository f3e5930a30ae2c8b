"""``make demo``: the real spider crawls both editions of the bundled site; nothing leaves this machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from kremlin_archive.dataset.snapshot import latest
from kremlin_archive.replica import Site, serve

FAST = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "8",
    "LOG_LEVEL": "WARNING",
}
"""A local server needs no manners; the defaults are for the real site."""


@click.command()
@click.argument("root", type=click.Path(path_type=Path), default=Path("output/demo"))
def main(root: Path) -> None:
    """Crawl the bundled site into ROOT and print what was archived and where to look."""
    with serve(Site()) as replica:
        click.echo(
            f"A local kremlin.ru is served at {replica.address}; crawling both its editions ..."
        )
        code = crawl(root, replica.connect_to)
    if code == 0:
        click.echo(_where_to_look(root))
    sys.exit(code)


def crawl(root: Path, connect_to: str) -> int:
    """Run the spider as cron would; returns its exit code."""
    settings = {**FAST, "ARCHIVE_ROOT": str(root), "CONNECT_TO": connect_to}
    options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    command = [sys.executable, "-m", "scrapy", "crawl", "events", *options]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command


def _where_to_look(root: Path) -> str:
    snapshot = latest(root)
    return f"""
Where to look:
  the exact bytes    {root}/warc/
  the tables         {snapshot}/
  the run's report   {root}/runs/

The same tables again, from the WARC files alone:
  .venv/bin/kremlin-archive extract --root {root}"""


if __name__ == "__main__":
    main()
