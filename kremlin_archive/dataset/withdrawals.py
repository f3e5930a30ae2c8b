"""Snapshots that were withdrawn: ``<root>/withdrawn.json``, why by id. Kept for good, like the removals.

An id in it is never given to a snapshot again, also when its folder is deleted; the re-issue under
the same instant (``-r2`` …) names it in its manifest. An id is written down before its folder goes:
one whose folder is still there is being withdrawn, and who was killed on the way goes on with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from kremlin_archive.archive.durable import replace_text
from kremlin_archive.dataset.retention import base_of
from kremlin_archive.errors import SnapshotError

WITHDRAWN_FILE = "withdrawn.json"


def read_withdrawn(root: Path) -> dict[str, str]:
    """Read why snapshots were withdrawn, by id; none where there is no file.

    Raises SnapshotError when it cannot be understood: an id might be given twice.
    """
    path = root / WITHDRAWN_FILE
    if not path.exists():
        return {}
    try:
        said = json.loads(path.read_text("utf-8"))
        return {str(snapshot): str(why) for snapshot, why in sorted(said.items())}
    except (ValueError, AttributeError) as error:
        raise SnapshotError(f"{path}: it cannot be understood: {error}") from error


def note_withdrawn(root: Path, snapshots: Iterable[str], why: str) -> None:
    """Write down that these snapshots are withdrawn; of those that are already the first reason stays."""
    known = read_withdrawn(root)
    noted = {**dict.fromkeys(snapshots, why), **known}
    if noted == known:
        return
    text = json.dumps(dict(sorted(noted.items())), indent=2) + "\n"
    replace_text(root / WITHDRAWN_FILE, text)


def of_instant(withdrawn: Mapping[str, str], base: str) -> dict[str, str]:
    """Those that a snapshot of this instant (an id without ``-r2``) takes the place of."""
    return {snapshot: why for snapshot, why in withdrawn.items() if base_of(snapshot) == base}
