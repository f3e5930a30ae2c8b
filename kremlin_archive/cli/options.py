"""What the verbs share: options, exit codes, lists in reports."""

from __future__ import annotations

import os
from pathlib import Path

import click

DONE, WRONG_USE, NOT_SOUND, IN_PART, LOCKED, INTERRUPTED = 0, 1, 1, 2, 4, 130
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
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="all processors",
    help="WARC files read at the same time.",
)


def listed(what: str, items: list[str]) -> list[str]:
    """A heading with a count and the first items; nothing when there are none."""
    if not items:
        return []
    more = len(items) - _LISTED
    last = [f"  … and {more:,} more; --json lists them all"] if more > 0 else []
    return [f"{what}: {len(items):,}", *(f"  {item}" for item in items[:_LISTED]), *last]
