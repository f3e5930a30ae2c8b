"""The ``kremlin-archive`` command: everything that needs no network.

Exit codes: 0 done · 1 wrong use or configuration, the result could not be written, or ``verify``
found a fault · 2 done, but some records or pages could not be read · 4 another process is working
on the archive · 130 interrupted. What the commands need is imported when they run, so that
``--help`` answers at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from kremlin_archive.cli.diff import diff
from kremlin_archive.cli.export import export
from kremlin_archive.cli.extract import extract
from kremlin_archive.cli.import_ import import_
from kremlin_archive.cli.index import index
from kremlin_archive.cli.options import DONE, INTERRUPTED, LOCKED, WRONG_USE
from kremlin_archive.cli.pack import pack
from kremlin_archive.cli.page import page
from kremlin_archive.cli.prune import prune
from kremlin_archive.cli.remove import remove
from kremlin_archive.cli.replay import replay
from kremlin_archive.cli.status import status
from kremlin_archive.cli.verify import verify
from kremlin_archive.errors import ArchiveError, LockedError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kremlin-archive")
def cli() -> None:
    """Archive of the Kremlin's event pages: exact bytes in WARC, typed tables in Parquet.

    These commands work on what is archived already and need no network. To crawl: scrapy crawl
    events.
    """


for _verb in (
    extract,
    page,
    verify,
    index,
    pack,
    replay,
    import_,
    diff,
    status,
    export,
    prune,
    remove,
):
    cli.add_command(_verb)


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
