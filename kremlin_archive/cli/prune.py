"""``prune``: delete the snapshots that the rule of retention does not keep."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kremlin_archive.cli.options import DONE, root_option

if TYPE_CHECKING:
    from kremlin_archive.dataset.pruning import Pruned


@click.command()
@root_option
@click.option("--dry-run", is_flag=True, help="Only say what would go and what stays.")
def prune(*, root: Path, dry_run: bool) -> int:
    """Delete the snapshots that nobody needs to keep.

    What stays: the latest one, those that ROOT/keep.toml names, all of the last 48 hours, and the
    last one of each of the newest 14 days, the newest 8 weeks, and every month. WARC files are
    never touched: whatever was in a snapshot that goes can be made from them again.
    """
    from kremlin_archive.dataset.pruning import prune as run  # noqa: PLC0415

    click.echo(_text(run(root, datetime.now(UTC), is_rehearsal=dry_run), dry_run=dry_run))
    return DONE


def _text(pruned: Pruned, *, dry_run: bool) -> str:
    lines = [f"stays     {name}  {reason}" for name, reason in pruned.kept.items()]
    lines += [f"stays     {name}  not a snapshot's name" for name in pruned.foreign]
    lines += [f"{'would go' if dry_run else 'gone    '}  {name}" for name in pruned.deleted]
    stay = len(pruned.kept) + len(pruned.foreign)
    verb = "would be deleted" if dry_run else "deleted"
    return "\n".join([*lines, f"{len(pruned.deleted):,} {verb}, {stay:,} stay"])
