"""``make bench``: the archival crawl against a bare spider, extraction against reading and parsing alone,
the snapshot against other formats of the same rows, ten weekly snapshots against one.

Needs a folder of saved pages laid out as HOST/PATH.html, or the archive of one: ``KREMLIN_PAGES`` or
``../shared/pages``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from benchmarks.formats import compare_formats
from benchmarks.growth import measure_growth
from benchmarks.measure import Contest, compare
from kremlin_archive.pages import parse_listing
from kremlin_archive.replica import serve
from tests.saved_pages.corpus import saved_site

NEWS = "en.kremlin.ru/events/president/news"
FAST = (
    "DOWNLOAD_DELAY=0",
    "AUTOTHROTTLE_ENABLED=False",
    "CONCURRENT_REQUESTS_PER_DOMAIN=8",
    "LOG_LEVEL=ERROR",
)


@click.command()
@click.option("--runs", default=3, show_default=True, help="Counted pairs of runs.")
@click.option(
    "--listings", default=150, show_default=True, help="Listing pages crawled, 20 events each."
)
def main(runs: int, listings: int) -> None:
    """Print ratios, each with its spread."""
    saved = saved_site()
    if saved is None:
        sys.exit("no saved pages: set KREMLIN_PAGES to a folder laid out as HOST/PATH.html")
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pages = _excerpt(saved, work / "site", listings)
        replica = stack.enter_context(serve(work / "site", log=False))
        root = work / "archive"
        crawl = [sys.executable, "-m", "scrapy", "crawl", "events", "-a", "languages=en"]
        crawl += ["-a", "sections=news", "-a", "mode=backfill"]
        settings = (*FAST, f"ARCHIVE_ROOT={root}", f"CONNECT_TO={replica.connect_to}")
        crawl += [part for setting in settings for part in ("-s", setting)]
        bare = [sys.executable, "-m", "benchmarks.bare_spider", str(replica.port), str(listings)]
        print(compare(Contest("crawl", crawl, bare, pages, lambda: _clear(root)), runs))
        warcs = [str(path) for path in (root / "warc").rglob("*.warc.gz")]
        extract = [
            sys.executable,
            "-m",
            "kremlin_archive",
            "extract",
            "--root",
            str(root),
            "--fresh",
        ]
        floor = [sys.executable, "-m", "benchmarks.floor", *warcs]
        print(compare(Contest("extract", extract, floor, pages, lambda: None), runs))
        print(compare_formats(root, runs))
        print(measure_growth(root, weeks=10, new=35, edited=3))


def _excerpt(saved: Path, site: Path, listings: int) -> int:
    """A site of the first listing pages, renumbered 2, 3, 4 …, and the events they name."""
    (site / NEWS / "page").mkdir(parents=True)
    wanted = sorted((saved / NEWS / "page").glob("*.html"), key=lambda path: int(path.stem))
    events = 0
    for number, path in enumerate(wanted[:listings], 2):
        content = path.read_bytes()
        listing = parse_listing(content, f"http://{NEWS}/page/{path.stem}")
        renumbered = content.replace(b'data-page="%d"' % listing.page, b'data-page="%d"' % number)
        count = f'data-pages="{listing.page_count}"'.encode()
        renumbered = renumbered.replace(count, b'data-pages="%d"' % (listings + 1))
        (site / NEWS / "page" / f"{number}.html").write_bytes(renumbered)
        if number == 2:
            (site / f"{NEWS}.html").write_bytes(
                renumbered.replace(b'data-page="2"', b'data-page="1"')
            )
        for item in listing.items:
            page = saved / NEWS / f"{item.event_id}.html"
            if page.exists() and not (site / NEWS / page.name).exists():
                shutil.copy(page, site / NEWS / page.name)
                events += 1
    return events


def _clear(root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
