"""What is remembered from one publication to the next, in ``<root>/cache/beside.json``.

It can be deleted: everything is then counted and drawn anew, with the same bytes. What was made by
other code is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kremlin_archive.archive.durable import replace_text
from kremlin_archive.dataset.beside.counting import Counted
from kremlin_archive.dataset.beside.sample import FOLDER, Drawn
from kremlin_archive.dataset.shelf import code_key

CACHE = "cache/beside.json"


@dataclass(frozen=True, slots=True)
class Memory:
    """What was counted of table files, by their sha256, and the sample drawn last."""

    counted: Mapping[str, Counted] = field(default_factory=dict)
    drawn: Drawn = field(default_factory=Drawn)

    @classmethod
    def of(cls, root: Path, before: Path) -> Memory:
        """Read it; empty where it is missing, damaged, or of other code.

        ``before`` is the snapshot that was published last.
        """
        try:
            said = json.loads((root / CACHE).read_text("utf-8"))
            if said["code"] == code_key():
                drawn = Drawn(before / FOLDER, dict(said["sample"]), dict(said["shards"]))
                counted = {str(digest): dict(each) for digest, each in said["counted"].items()}
                return cls(counted, drawn)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return cls()

    def save(self, root: Path) -> None:
        """Write it down for the next publication."""
        value = {
            "code": code_key(),
            "counted": self.counted,
            "sample": self.drawn.files,
            "shards": self.drawn.shards,
        }
        path = root / CACHE
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps(value, ensure_ascii=False), durably=False)
