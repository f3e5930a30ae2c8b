"""``index``: the CDXJ index, made or looked up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kremlin_archive.cli.options import DONE, IN_PART, listed, root_option
from kremlin_archive.errors import UsageError

if TYPE_CHECKING:
    from kremlin_archive.archive.cdxj_index import IndexReport


@click.command()
@click.argument("url", required=False)
@root_option
@click.option("--fresh", is_flag=True, help="Read every WARC file anew.")
@click.option("--at", "time", metavar="TIME", help="Only the capture that was the newest at TIME.")
@click.option("--closest", is_flag=True, help="With --at: the nearest one, be it later.")
def index(url: str | None, *, root: Path, fresh: bool, time: str | None, closest: bool) -> int:
    """Bring the archive's index (ROOT/index/kremlin.cdxj) up to date, or look an address up in it.

    Without URL: read the WARC files that are new since the last time and merge them in. With URL:
    print its captures as CDXJ lines, oldest first. TIME is UTC, such as 2026-11-21T12:00:03Z; a
    year, month or day means its last second.
    """
    if url is not None:
        if fresh or (closest and time is None):
            raise UsageError("--fresh goes without URL; --closest goes with --at")
        for entry in _found(root, url, time, closest=closest):
            click.echo(entry, nl=False)
        return DONE
    if time is not None or closest:
        raise UsageError("--at and --closest go with URL")
    from kremlin_archive.archive.cdxj_index import update_index  # noqa: PLC0415
    from kremlin_archive.report.progress import Progress  # noqa: PLC0415

    with Progress("index", "WARC files") as progress:
        report = update_index(
            root, fresh=fresh, on_progress=lambda done, total, _: progress.update(done, total)
        )
    click.echo(_index_text(report))
    return IN_PART if report.faults else DONE


def _found(root: Path, url: str, time: str | None, *, closest: bool) -> list[bytes]:
    from kremlin_archive.archive import cdxj_lookup as lookup  # noqa: PLC0415
    from kremlin_archive.archive.cdxj_index import INDEX  # noqa: PLC0415

    entries = lookup.captures_of(root / INDEX, url)
    if time is not None:
        pick = lookup.closest if closest else lookup.at
        one = pick(entries, lookup.instant(time))
        entries = [] if one is None else [one]
    if not entries:
        raise UsageError(f"{url}: the index has no capture of it" + (" by then" if time else ""))
    return [entry.line for entry in entries]


def _index_text(report: IndexReport) -> str:
    lines = [
        f"Captures: {report.lines:,}",
        f"From:     WARC files {len(report.warcs):,}, {report.read:,} of them read now",
        f"Index:    {report.path}",
        *listed("WARC records that could not be indexed", list(report.faults)),
    ]
    return "\n".join(lines)
