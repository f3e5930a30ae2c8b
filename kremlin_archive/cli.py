"""The ``kremlin-archive`` command: everything that needs no network.

Exit codes: 0 done · 1 wrong use or configuration, or the result could not be written · 2 done, but
some records or pages could not be read · 4 another process is working on the archive · 130
interrupted. What the commands need is imported when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kremlin_archive.errors import ArchiveError, LockedError, UsageError

if TYPE_CHECKING:
    from kremlin_archive.dataset.extract import ExtractReport

DONE, WRONG_USE, IN_PART, LOCKED, INTERRUPTED = 0, 1, 2, 4, 130
_LISTED = 20


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kremlin-archive")
def cli() -> None:
    """Archive of the Kremlin's event pages: exact bytes in WARC, typed tables in Parquet.

    These commands work on what is archived already and need no network. To crawl: scrapy crawl
    events.
    """


@cli.command()
@click.argument("warcs", metavar="[WARC]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output"),
    envvar="ARCHIVE_ROOT",
    show_default=True,
    show_envvar=True,
    help="Folder of the archive; the snapshot is published below it.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="all processors",
    help="WARC files read at the same time.",
)
@click.option("--fresh", is_flag=True, help="Read every WARC file anew, whatever is cached.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def extract(
    warcs: tuple[Path, ...],
    *,
    root: Path,
    jobs: int,
    fresh: bool,
    as_json: bool,
) -> int:
    """Make tables from WARC files and publish them as a snapshot.

    Without WARC: from all closed files of the archive (ROOT/warc/**/*.warc.gz). With WARC: from
    exactly those, ours or anybody's (wget, browsertrix, warcio), wherever they lie.

    The result depends on the files alone: the same files give the same snapshot, byte for byte.
    Exit code 2: published, but some records or pages could not be read; they are named.
    """
    from kremlin_archive.dataset.extract import extract as run  # noqa: PLC0415
    from kremlin_archive.report.progress import Progress  # noqa: PLC0415

    with Progress("extract", "WARC files") as progress:
        report = run(
            root,
            warcs or None,
            jobs=jobs,
            fresh=fresh,
            on_progress=lambda done, total, _: progress.update(done, total),
        )
    if as_json:
        click.echo(json.dumps(_report_json(report), ensure_ascii=False, indent=2).encode())
    else:
        click.echo(_report_text(report))
    return DONE if report.is_complete else IN_PART


@cli.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--url", required=True, help="Address the page was saved from; it says what kind it is."
)
def page(file: Any, url: str) -> int:  # noqa: ANN401 - click opens it
    """Read one saved page (event, text version, listing or feed) and print its record as JSON.

    FILE may be - for standard input.

    Example: kremlin-archive page 66419.html --url http://en.kremlin.ru/events/president/news/66419
    """
    from kremlin_archive.pages import parse_page  # noqa: PLC0415
    from kremlin_archive.records import to_json  # noqa: PLC0415

    record = parse_page(file.read(), url)
    if record is None:
        raise UsageError(f"{url}: not the address of an event, a text version, a listing or a feed")
    click.echo(json.dumps(to_json(record), ensure_ascii=False, indent=2).encode())
    return DONE


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; wrong use is 1 here, not click's 2."""
    try:
        code = cli.main(args=args, prog_name="kremlin-archive", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return WRONG_USE
    except click.Abort:
        return INTERRUPTED
    except ArchiveError as error:
        click.echo(f"kremlin-archive: {error}", err=True)
        return LOCKED if isinstance(error, LockedError) else WRONG_USE
    return int(code or DONE)


def _report_json(report: ExtractReport) -> dict[str, Any]:
    return {
        "snapshot": report.published.snapshot,
        "path": str(report.published.path),
        "is_new": report.published.is_new,
        "rows": dict(report.published.rows),
        "warcs": report.warcs,
        "parts_reused": report.parts_reused,
        "complete": report.is_complete,
        "faults": list(report.faults),
        "problems": [asdict(problem) for problem in report.problems],
    }


def _report_text(report: ExtractReport) -> str:
    rows = ", ".join(f"{table} {count:,}" for table, count in report.published.rows.items())
    state = "" if report.published.is_new else " (it was there already: nothing has changed)"
    reused = f", {report.parts_reused:,} of them unchanged since they were last read"
    lines = [
        f"Rows:     {rows}",
        f"From:     WARC files {report.warcs:,}{reused if report.parts_reused else ''}",
        f"Snapshot: {report.published.path}{state}",
        *_listed("WARC records that could not be read", list(report.faults)),
        *_listed(
            "Pages that could not be read",
            [f"{p.warc}: offset {p.offset}: {p.problem}" for p in report.problems if not p.healed],
        ),
    ]
    return "\n".join(lines)


def _listed(what: str, items: list[str]) -> list[str]:
    if not items:
        return []
    more = len(items) - _LISTED
    last = [f"  … and {more:,} more; --json lists them all"] if more > 0 else []
    return [f"{what}: {len(items):,}", *(f"  {item}" for item in items[:_LISTED]), *last]
