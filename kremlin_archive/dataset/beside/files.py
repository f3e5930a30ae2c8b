"""Write what does not name the snapshot: words that never change, and what is drawn from the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kremlin_archive.dataset.beside.changes_text import changes_text
from kremlin_archive.dataset.beside.counting import Counted, count_file
from kremlin_archive.dataset.beside.licence import LICENCE_TEXT
from kremlin_archive.dataset.beside.memory import Memory
from kremlin_archive.dataset.beside.sample import draw_sample
from kremlin_archive.dataset.beside.stats import statistics
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.draft import Draft
from kremlin_archive.dataset.expectations import expectations

STATS = "stats.json"
PANDERA = "pandera"


def write_unnamed_texts(folder: Path) -> None:
    """Write ``LICENSE`` and ``pandera/``, which are the same in every snapshot of a schema version."""
    (folder / "LICENSE").write_text(LICENCE_TEXT, encoding="utf-8")
    (folder / PANDERA).mkdir()
    for table in TABLES:
        write_json(folder / PANDERA / f"{table.name}.json", expectations(table))


def write_drawn_files(draft: Draft, root: Path, before: Path | None) -> None:
    """Write ``stats.json``, ``sample/`` and ``CHANGES.md`` from the tables of a snapshot.

    What was counted and drawn for the snapshot ``before`` is taken over where its inputs are the
    same; without one, everything is made anew.
    """
    memory = Memory() if before is None else Memory.of(root, before)
    counted = _counted(draft, memory.counted)
    write_json(draft.folder / STATS, statistics(draft.files, counted))
    drawn = draw_sample(draft.folder, draft.files, memory.drawn)
    (draft.folder / "CHANGES.md").write_text(changes_text(draft), encoding="utf-8")
    Memory(counted, drawn).save(root)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a value as JSON for people too: indented, letters as they are."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", encoding="utf-8")


def _counted(draft: Draft, known: Mapping[str, Counted]) -> dict[str, Counted]:
    tables = {table.name: table for table in TABLES}
    return {
        file["sha256"]: known.get(file["sha256"])
        or count_file(draft.folder / file["path"], tables[file["table"]])
        for file in draft.files
    }
