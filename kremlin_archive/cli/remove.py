"""``remove``: take a document down, out of every snapshot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kremlin_archive.cli.options import DONE, IN_PART, root_option
from kremlin_archive.errors import UsageError

if TYPE_CHECKING:
    from kremlin_archive.dataset.takedown import TakenDown


@click.command()
@click.argument("doc_id")
@root_option
@click.option("--reason", required=True, help="Why, for everybody to read in table removals.")
@click.option("--basis", required=True, help="Law or rule it rests on, such as 'GDPR art. 17'.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(doc_id: str, *, root: Path, reason: str, basis: str, yes: bool) -> int:
    """Take a document down: empty it in all snapshots, those published before too.

    DOC_ID is one edition, such as en:66419; its other edition is another document. The removal is
    written into ROOT/removals.toml, a new latest snapshot is published, and every snapshot that shows
    the document is made again without it under the same id with -r2 and then deleted. Who is
    interrupted calls it again. Exit code 2: some could not be made again and are deleted only, or WARC files
    are lost, and with them what the new snapshot lacks.

    The WARC files keep the page, and so do ROOT/cache and ROOT/index: keep those folders to yourself.
    Where the law demands that the bytes go too, stop the crawl, write the WARC files that hold the page
    anew without its records (kremlin-archive index URL names them), delete the old ones, ROOT/cache,
    ROOT/index and ROOT/state.sqlite, and run kremlin-archive extract. Copies that others have, exports,
    packages and mirrors are yours to call back.
    """
    from kremlin_archive.dataset.removals import Removal, check_doc_id, read_removals  # noqa: PLC0415
    from kremlin_archive.dataset.takedown import showing, take_down, unfinished  # noqa: PLC0415

    check_doc_id(doc_id)
    found = sorted({*showing(root, doc_id), *unfinished(root)})
    if not found and doc_id not in read_removals(root):
        raise UsageError(f"{doc_id}: no snapshot below {root} shows it")
    if not yes:
        listed = "\n".join(f"  {name}" for name in found) or "  none: this was done before"
        click.echo(f"Snapshots that will be issued again without {doc_id}:\n{listed}", err=True)
        click.confirm("Go on?", abort=True, err=True)
    now = datetime.now(UTC).replace(microsecond=0)
    done = take_down(root, Removal(doc_id, now, reason, basis))
    click.echo(_text(done))
    return DONE if all(done.reissued.values()) and not done.lost else IN_PART


def _text(done: TakenDown) -> str:
    removal = done.removal
    lines = [f"Removed:  {removal.doc_id}, {removal.removed_at:%Y-%m-%d}: {removal.reason}"]
    for old, new in done.reissued.items():
        told = f"issued again as {new}" if new else "its WARC files are not there: not issued again"
        lines.append(f"Deleted:  {old}; {told}")
    lines += [
        f"Lost:     {one}: what it alone held is not in the new snapshot" for one in done.lost
    ]
    return "\n".join([*lines, f"Latest:   {done.latest}"])
