"""The ``kremlin-archive`` command: everything that needs no network.

Exit codes: 0 done · 1 wrong use or configuration, the result could not be written, or ``verify``
found a fault · 2 done, but some records or pages could not be read · 4 another process is working
on the archive · 130 interrupted. What the commands need is imported when they run, so that
``--help`` answers at once.
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
    from kremlin_archive.archive.cdxj_index import IndexReport
    from kremlin_archive.dataset.extract import ExtractReport
    from kremlin_archive.packing.output import Packed
    from kremlin_archive.replay.collection import Collection

DONE, WRONG_USE, IN_PART, LOCKED, INTERRUPTED = 0, 1, 2, 4, 130
NOT_SOUND = 1
_LISTED = 20

root_option = click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output"),
    envvar="ARCHIVE_ROOT",
    show_default=True,
    show_envvar=True,
    help="Folder of the archive.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kremlin-archive")
def cli() -> None:
    """Archive of the Kremlin's event pages: exact bytes in WARC, typed tables in Parquet.

    These commands work on what is archived already and need no network. To crawl: scrapy crawl
    events.
    """


@cli.command()
@click.argument("warcs", metavar="[WARC]...", nargs=-1, type=click.Path(path_type=Path))
@root_option
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


@cli.command()
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


@cli.command()
@click.argument("out", type=click.Path(path_type=Path))
@root_option
@click.option(
    "--format",
    "shape",
    type=click.Choice(["wacz", "bag"]),
    default="wacz",
    show_default=True,
    help="A WACZ file, or a BagIt bag of the whole archive (a folder) for deposit.",
)
@click.option("--since", metavar="DAY", help="Only events published on DAY (Moscow's) or later.")
@click.option("--until", metavar="DAY", help="Only events published on DAY or earlier.")
@click.option("--languages", metavar="LIST", help="Only these editions: en, ru.")
@click.option("--ids", metavar="LIST", help="Only these events: 66419,66400-66410.")
def pack(out: Path, *, root: Path, shape: str, **chosen: str | None) -> int:
    """Pack the archive, or some of its events, as one WACZ file that carries it elsewhere.

    It holds the latest snapshot's WARC files and index, and a page list with titles and texts; any
    WACZ reader (ReplayWeb.page, pywb) opens it. Nothing is overwritten.
    """
    from kremlin_archive.packing.bag import pack_bag  # noqa: PLC0415
    from kremlin_archive.packing.selection import read_selection  # noqa: PLC0415
    from kremlin_archive.packing.wacz import pack_wacz  # noqa: PLC0415
    from kremlin_archive.report.progress import Progress  # noqa: PLC0415

    selection = read_selection({name: value for name, value in chosen.items() if value is not None})
    if shape == "bag" and not selection.is_everything:
        raise UsageError("a bag holds the whole archive; choose events with --format wacz")
    with Progress("pack", "WARC files") as progress:

        def tell(done: int, total: int, _: str) -> None:
            progress.update(done, total)

        if shape == "bag":
            packed = pack_bag(root, out, on_progress=tell)
        else:
            packed = pack_wacz(root, out, selection, on_progress=tell)
    click.echo(_packed_text(packed))
    return DONE


@cli.command()
@root_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8090,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option(
    "--wacz",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Replay this WACZ file instead of the archive.",
)
def replay(*, root: Path, port: int, wacz: Path | None) -> int:
    """Show the archived pages in a browser, on this machine only, until Ctrl-C.

    Prints the address of the archive and that of an example page. Needs pywb:
    pip install 'kremlin-archive[replay]'.
    """
    from kremlin_archive.replay.collection import (  # noqa: PLC0415
        archive_collection,
        wacz_collection,
    )
    from kremlin_archive.replay.server import serve  # noqa: PLC0415

    def configure(folder: Path) -> Collection:
        return wacz_collection(wacz, folder) if wacz else archive_collection(root, folder)

    serve(configure, port=port, say=click.echo)
    return DONE


@cli.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@root_option
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="all processors",
    help="WARC files read at the same time.",
)
@click.option("--all-snapshots", is_flag=True, help="Verify every snapshot, not only the latest.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(
    files: tuple[Path, ...], *, root: Path, jobs: int, all_snapshots: bool, as_json: bool
) -> int:
    """Prove that every byte and every pointer is sound; exit code 1 and a list if any is not.

    Without FILE: the archive's WARC files, its index, the latest snapshot, and the pointers between
    them. With FILE: those WARC files, ours or anybody's, by themselves and against each other.

    Faults say where, what is wrong and what to do; notes are worth knowing and change nothing.
    """
    from kremlin_archive.report.progress import Progress  # noqa: PLC0415
    from kremlin_archive.verify.run import verify_archive, verify_files  # noqa: PLC0415
    from kremlin_archive.verify.words import report_json, report_text  # noqa: PLC0415

    with Progress("verify", "MB") as progress:

        def show(done: int, total: int) -> None:
            progress.update(done // 10**6, -(-total // 10**6))

        report = (
            verify_files(files, jobs=jobs, on_progress=show)
            if files
            else verify_archive(root, every_snapshot=all_snapshots, jobs=jobs, on_progress=show)
        )
    if as_json:
        click.echo(json.dumps(report_json(report), ensure_ascii=False, indent=2).encode())
    else:
        click.echo(report_text(report))
    return DONE if report.is_sound else NOT_SOUND


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
        *_listed("WARC records that could not be indexed", list(report.faults)),
    ]
    return "\n".join(lines)


def _packed_text(packed: Packed) -> str:
    lines = [
        f"Packed:   {packed.path}, {packed.bytes:,} bytes",
        f"Holds:    pages {packed.pages:,}, captures {packed.captures:,}, snapshot {packed.snapshot}",
        *_listed("Left out, newer than the snapshot (run extract first)", list(packed.left_out)),
    ]
    return "\n".join(lines)


def _listed(what: str, items: list[str]) -> list[str]:
    if not items:
        return []
    more = len(items) - _LISTED
    last = [f"  … and {more:,} more; --json lists them all"] if more > 0 else []
    return [f"{what}: {len(items):,}", *(f"  {item}" for item in items[:_LISTED]), *last]
