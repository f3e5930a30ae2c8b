"""``verify``: every byte and every pointer."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kremlin_archive.cli.options import DONE, NOT_SOUND, jobs_option, root_option


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@root_option
@jobs_option
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
    from kremlin_archive.verify.files import verify_files  # noqa: PLC0415
    from kremlin_archive.verify.words import report_json, report_text  # noqa: PLC0415

    with Progress("verify", "MB") as progress:

        def show(done: int, total: int) -> None:
            progress.update(-(-done // 10**6), -(-total // 10**6))

        if files:
            report = verify_files(files, jobs=jobs, on_progress=show)
        else:
            from kremlin_archive.verify.archive import verify_archive  # noqa: PLC0415

            report = verify_archive(root, every_snapshot=all_snapshots, jobs=jobs, on_progress=show)
    if as_json:
        click.echo(json.dumps(report_json(report), ensure_ascii=False, indent=2).encode())
    else:
        click.echo(report_text(report))
    return DONE if report.is_sound else NOT_SOUND
