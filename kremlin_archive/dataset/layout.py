"""Where an archive keeps its snapshots, and which was published last. Reads no table and no archive."""

from __future__ import annotations

import json
from pathlib import Path

SNAPSHOTS = "snapshots"
LATEST = "latest"
LATEST_JSON = "latest.json"


def latest_id(root: Path) -> str | None:
    """Id of the snapshot that ``latest.json`` names; None where that is missing or damaged.

    Raises OSError when it is there and cannot be read.
    """
    path = root / LATEST_JSON
    if not path.is_file():
        return None
    try:
        return str(json.loads(path.read_text("utf-8"))["snapshot"])
    except (ValueError, KeyError, TypeError):
        return None
