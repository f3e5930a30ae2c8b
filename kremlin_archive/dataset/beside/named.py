"""Write what names the snapshot: ``README.md``, ``CITATION.cff`` and ``croissant.json``."""

from __future__ import annotations

import json

from kremlin_archive.dataset.agreement import agreement_warnings
from kremlin_archive.dataset.beside.card import card
from kremlin_archive.dataset.beside.citation import citation
from kremlin_archive.dataset.beside.croissant import croissant
from kremlin_archive.dataset.beside.facts import Facts
from kremlin_archive.dataset.beside.files import STATS, write_json
from kremlin_archive.dataset.draft import Draft


def write_named_texts(draft: Draft, snapshot: str) -> None:
    """Write them beside the tables; ``stats.json`` must be there."""
    stats = json.loads((draft.folder / STATS).read_text("utf-8"))
    facts = Facts(
        snapshot=snapshot,
        newest=draft.plan.newest,
        files=draft.files,
        rows={name: table["rows"] for name, table in stats["tables"].items()},
        stats=stats,
        warnings=agreement_warnings(draft.agreements),
    )
    (draft.folder / "README.md").write_text(card(facts), encoding="utf-8")
    (draft.folder / "CITATION.cff").write_text(citation(facts), encoding="utf-8")
    write_json(draft.folder / "croissant.json", croissant(facts))
