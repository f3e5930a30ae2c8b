"""``extract``: the tables again, from WARC files alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kremlin_archive.cli.options import DONE, IN_PART, jobs_option, listed, root_option

if TYPE_CHECKING:
    from kremlin_archive.dataset.extract import ExtractReport
    from kremlin_archive.dataset.plan import Problem


@click.command()
@click.argument("warcs", metavar="[WARC]...", nargs=-1, type=click.Path(path_type=Path))
@root_option
@jobs_option
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


def _report_json(report: ExtractReport) -> dict[str, Any]:
    return {
        "snapshot": report.published.snapshot,
        "path": str(report.published.path),
        "is_new": report.published.is_new,
        "rows": dict(report.published.rows),
        "gate": {
            "checked": {check.name: check.looked_at for check in report.published.gate.checks},
            "warnings": list(report.published.gate.warnings),
        },
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
        f"Gate:     {report.published.gate}",
        f"Snapshot: {report.published.path}{state}",
        *listed("Warnings of the release gate", list(report.published.gate.warnings)),
        *listed("WARC records that could not be read", list(report.faults)),
        *listed(
            "Pages that could not be read",
            [_place(p) for p in report.problems if not p.healed and p.kind != "challenge"],
        ),
        *listed(
            "Challenges instead of pages, which are refusals",
            [_place(p) for p in report.problems if p.kind == "challenge"],
        ),
    ]
    return "\n".join(lines)


def _place(problem: Problem) -> str:
    return f"{problem.warc}: offset {problem.offset}: {problem.problem}"
