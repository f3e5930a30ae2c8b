"""``replay``: the archived pages in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kremlin_archive.cli.options import DONE, root_option

if TYPE_CHECKING:
    from kremlin_archive.replay.collection import Collection


@click.command()
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
