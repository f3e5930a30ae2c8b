"""``make demo``: a crawl, then edits on the site, then two crawls that see them, all on this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pyarrow.compute as pc

from kremlin_archive import dataset
from kremlin_archive.cli import main as kremlin_archive
from kremlin_archive.dataset.snapshot import latest
from kremlin_archive.replica import Edition, Site, serve
from kremlin_archive.report.runs import read_reports
from kremlin_archive.report.tally import OUTCOMES

FAST = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "8",
    "LOG_LEVEL": "WARNING",
}
"""A local server needs no manners; the defaults are for the real site."""
ROOT = Path("output/demo")
PORT, NEWEST, TRANSLATED, REMOVED = 80600, 80650, 80406, 80431
UNANNOUNCED = f"63926,63940,{REMOVED},{PORT}"
"""Events whose pages change while listings and feeds say nothing of it."""
MEANWHILE = f"""\
   en:{PORT}  a sum is corrected, and the page says that it was updated
   ru:{PORT}  a sentence is added, and nothing tells of it
   ru:63926  gets another title (ru:63940 shows it on a card), en:63940 one more tag: nothing tells
   ru:{REMOVED}  is taken off the site
   en:{TRANSLATED}  appears: the translation of an event that had none
   ru:{NEWEST}  appears: a new event, not translated yet"""
_NEVER_WAS = "an edition that never was; asked for now and then, in case it has come"
_NOT_GONE_YET = "called gone if it is still not there six hours later, so not today"
_TABLES = ("documents", "paragraphs", "turns", "alignments", "revisions")
_LISTED, _TITLE = 12, 66


@click.command()
@click.argument("root", type=click.Path(path_type=Path), default=ROOT)
def main(root: Path) -> None:
    """Crawl the bundled site into ROOT, change it, crawl again; print what was seen and where to look."""
    site = Site()
    late = site.remove("en", TRANSLATED)
    with serve(site) as replica:
        click.echo(f"A local kremlin.ru is served at {replica.address}, both editions.")
        if latest(root):
            click.echo(f"{root} has an archive already: an empty folder shows more.")
        plain = "scrapy crawl events   (and settings: this archive, this address, no waiting)"
        _head("1. A crawl of both editions", plain)
        crawl(root, replica.connect_to)
        _head("2. Meanwhile editors work on the site")
        edit(site)
        replace_pages(site, late)
        click.echo(MEANWHILE)
        _head("3. The hourly run: what listings and feeds tell of", "scrapy crawl events")
        crawl(root, replica.connect_to, _NEVER_WAS)
        again = f"scrapy crawl events -a mode=recheck -a ids={UNANNOUNCED}"
        _head("4. Looked at again: what nothing tells of", again)
        crawl(root, replica.connect_to, _NOT_GONE_YET, mode="recheck", ids=UNANNOUNCED)
    _show_edits(root)
    click.echo(_where_to_look(root))


def edit(site: Site) -> None:
    """Edit as editors do: a sum, which the page admits; a sentence, a title and a tag, which it does not."""
    english, russian = site.edition("en", PORT), site.edition("ru", PORT)
    dearer = english.body.replace("47 billion", "48 billion")
    site.edit("en", PORT, body=dearer, updated="2026-08-14 09:30:00")
    site.edit("ru", PORT, body=f"{russian.body}<p>Порт назван именем адмирала Ушакова.</p>")
    site.edit("ru", 63926, title="Совещание с членами Совета Безопасности")
    site.edit("en", 63940, countries=("BY", "KZ"))


def replace_pages(site: Site, late: Edition) -> None:
    """Take a page away, publish the late translation, and an event that has none yet."""
    site.remove("ru", REMOVED)
    site.publish(late)
    title, day = "Поручение об открытии паромной переправы", "2026-08-15 12:00"
    body = (
        "<p>Паром свяжет набережную у нового порта с левым берегом и будет ходить круглый год.</p>"
    )
    site.publish(Edition(NEWEST, "ru", title, day, f"{day}:00", body, topics=(102,)))


def crawl(root: Path, connect_to: str, absent: str = "", **arguments: str) -> None:
    """Run the spider as cron would and print what it found; exits as the run did if it was not well.

    ``absent`` says what it means if a page is.
    """
    settings = {**FAST, "ARCHIVE_ROOT": str(root), "CONNECT_TO": connect_to}
    command = [sys.executable, "-m", "scrapy", "crawl", "events"]
    command += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    command += [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    run = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    if run.returncode:
        click.echo(run.stdout)
        sys.exit(run.returncode)
    report = next(read_reports(root / "runs", most=1))
    click.echo("\n".join(f"   {line}" for line in _findings(root, report)))
    if absent and report["pages"]["absent"]:
        click.echo(f"   (absent: {absent})")


def _findings(root: Path, report: dict[str, Any]) -> Iterator[str]:
    pages = ", ".join(
        f"{report['pages'][name]} {name}" for name in OUTCOMES if report["pages"][name]
    )
    yield f"pages     {pages or 'none asked for'} (in {report['seconds']:.0f} s)"
    yield f"stored    {report['exchanges']} exchanges as they came, in WARC"
    if report["published"]:
        rows = ", ".join(f"{report['snapshot_rows'][table]:,} {table}" for table in _TABLES)
        yield f"tables    {rows}"
    yield from _changes(root, report["run_id"])
    for miss in report["misses"][:_LISTED]:
        yield f"{miss['outcome']:<9} {miss['problem']}"


def _changes(root: Path, run_id: str) -> Iterator[str]:
    """What the run saw change, a line each; of a first crawl, where all is new, only how many."""
    snapshot = dataset.open(root)
    seen = snapshot.table("changes").filter(pc.field("run_id") == run_id).to_pylist()
    if len(seen) > _LISTED:
        return
    for row in seen:
        title = snapshot.document(row["doc_id"]).title
        yield f"{row['change']:<9} {row['doc_id']}  {title[:_TITLE]}"


def _show_edits(root: Path) -> None:
    click.secho("\n5. The words that changed", bold=True)
    for doc_id in (f"en:{PORT}", f"ru:{PORT}"):
        click.secho(f"\n   $ kremlin-archive diff {doc_id} --root {root}", dim=True)
        if code := kremlin_archive(["diff", doc_id, "--root", str(root)]):
            sys.exit(code)


def _head(title: str, command: str | None = None) -> None:
    click.secho(f"\n{title}", bold=True)
    if command is not None:
        click.secho(f"   $ {command}", dim=True)


def _where_to_look(root: Path) -> str:
    recipes = "make recipes" if root == ROOT else f"make recipes ARCHIVE_ROOT={root}"
    return f"""
Where to look
   the exact bytes      {root}/warc/
   the tables           {root}/latest/
   reports of the runs  {root}/runs/
   how it stands        .venv/bin/kremlin-archive status --root {root}
   from Python          from kremlin_archive import dataset; dataset.open("{root}").pair({PORT})
   seven questions      {recipes}    (figures in build/recipes/)
   the tables again, from the WARC files alone
                        .venv/bin/kremlin-archive extract --root {root}"""


if __name__ == "__main__":
    main()
