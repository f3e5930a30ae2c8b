"""``import``: other people's captures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kremlin_archive.cli.options import DONE, IN_PART, WRONG_USE, listed, root_option

if TYPE_CHECKING:
    from kremlin_archive.importing.run import Imported

_WORDS = {
    "taken": "taken in",
    "as_revisit": "kept as revisits of what is here",
    "here_already": "here already",
    "other_site": "of other sites, left out",
    "unlinked": "revisits of what nobody has, left out",
    "faulty": "broken, left out",
}


@click.command(name="import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@root_option
@click.option(
    "--salvage", is_flag=True, help="Take the sound records of a file that is partly broken."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_(files: tuple[Path, ...], *, root: Path, salvage: bool, as_json: bool) -> int:
    """Add other people's captures of the site to the archive, as they are.

    FILE is a WARC (.warc, .warc.gz) or a WACZ package on this machine. What is of other sites or here
    already is left out; what the archive holds already is kept as a revisit. A broken file is refused
    whole, and nothing of the archive is touched, unless --salvage is given.

    Exit code 2: some files or records were left out because they are broken; they are named. Or a WARC
    file of the archive is lost: nothing is published until it is back, or extract publishes what is there.
    """
    from kremlin_archive.importing.run import import_files  # noqa: PLC0415
    from kremlin_archive.report.progress import Progress  # noqa: PLC0415
    from kremlin_archive.verify.salvage import salvageable_records  # noqa: PLC0415

    with Progress("import", "files") as progress:
        imported = import_files(
            root,
            files,
            salvage=salvageable_records if salvage else None,
            on_source=lambda done, total, _: progress.update(done, total),
        )
    if as_json:
        click.echo(json.dumps(_report_json(imported), ensure_ascii=False, indent=2).encode())
    else:
        click.echo(_report_text(imported))
    if not imported.adopted and imported.refused:
        return WRONG_USE
    return DONE if imported.is_complete else IN_PART


def _report_json(imported: Imported) -> dict[str, Any]:
    published = imported.extracted.published if imported.extracted else None
    return {
        "sources": [
            {
                "origin": one.origin,
                "warc": one.path and str(one.path),
                "records": one.counts,
                "faults": list(one.faults),
            }
            for one in imported.adopted
        ],
        "refused": list(imported.refused),
        "lost": list(imported.lost),
        "snapshot": published and published.snapshot,
    }


def _report_text(imported: Imported) -> str:
    lines: list[str] = []
    for one in imported.adopted:
        counts = ", ".join(f"{count:,} {_WORDS[fate]}" for fate, count in one.counts.items())
        lines.append(f"{one.origin}: {counts or 'no captures'}")
        lines.append(f"  in {one.path}" if one.path else "  nothing new")
        lines += listed("  Records left out because they are broken", list(one.faults))
    lines += listed("Files refused", list(imported.refused))
    lost = "Not published, because WARC files that the latest snapshot was made from are lost"
    lines += listed(lost, list(imported.lost))
    if imported.extracted is not None:
        lines.append(f"Snapshot: {imported.extracted.published.path}")
    return "\n".join(lines)
