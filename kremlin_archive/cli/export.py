"""``export``: the latest snapshot, or some of it, in the forms that other people's tools open."""

from __future__ import annotations

from pathlib import Path

import click

from kremlin_archive.cli.options import DONE, root_option
from kremlin_archive.exporting import NAMES


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(NAMES),
    required=True,
    help="TEI corpus (a folder) · JSON lines (.gz by the name; {lang} in it: a file an edition) · plain "
    "texts (a folder) · DuckDB file · TMX 1.4 · Moses (OUT.en, OUT.ru, OUT.ids) · OPUS XCES.",
)
@root_option
@click.option("--snapshot", metavar="ID", help="A snapshot by its id; without it, the latest.")
@click.option("--since", metavar="DAY", help="Only events published on DAY (Moscow's) or later.")
@click.option("--until", metavar="DAY", help="Only events published on DAY or earlier.")
@click.option("--languages", metavar="LIST", help="Only these editions: en, ru.")
@click.option("--ids", metavar="LIST", help="Only these events: 66419,66400-66410.")
def export(out: Path, *, form: str, root: Path, snapshot: str | None, **wanted: str | None) -> int:
    """Write a snapshot to OUT in another format.

    Only the snapshot's tables are read, not the archive. Files are replaced, folders are not. The same
    snapshot gives the same bytes (a DuckDB file: the same content).
    """
    from kremlin_archive.exporting.formats import export_snapshot  # noqa: PLC0415
    from kremlin_archive.exporting.snapshot import open_snapshot  # noqa: PLC0415
    from kremlin_archive.packing.selection import read_selection  # noqa: PLC0415
    from kremlin_archive.report.progress import Progress  # noqa: PLC0415

    selection = read_selection({name: value for name, value in wanted.items() if value is not None})
    opened = open_snapshot(root, snapshot)
    with Progress("export", "documents") as progress:
        paths = export_snapshot(opened, form, out, selection, progress.update)
    click.echo("\n".join(map(str, paths)))
    return DONE
