"""``pack``: the archive, or some of it, in one file that carries it elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kremlin_archive.cli.options import DONE, listed, root_option
from kremlin_archive.errors import UsageError

if TYPE_CHECKING:
    from kremlin_archive.packing.output import Packed


@click.command()
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


def _packed_text(packed: Packed) -> str:
    lines = [
        f"Packed:   {packed.path}, {packed.bytes:,} bytes",
        f"Holds:    pages {packed.pages:,}, captures {packed.captures:,}, snapshot {packed.snapshot}",
        *listed("Left out, newer than the snapshot (run extract first)", list(packed.left_out)),
    ]
    return "\n".join(lines)
