"""What a user should know of a snapshot as a whole: documents that are odd, counted by what is odd.

None of it is a fault. It depends on the tables alone, so it is the same for the same archive.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from kremlin_archive.dataset.parquet import read_table
from kremlin_archive.dataset.tables.documents import DOCUMENTS

LONG_CHARS = 1_000_000
"""Texts above this are named ``long``; the longest address known has under 250,000 characters."""

_WORDS = {
    "id_clash": "stand under a number that two different events bear; they are read as one document",
    "long": f"have a text of more than {LONG_CHARS:,} characters",
    "no_body": "have no body",
    "no_date": "show no day; published_date is the day of the first capture",
    "no_pair": "have no other edition in this snapshot",
    "short": "have a body of less than a hundred characters",
    "text_version_only": "are known from their text version alone",
    "unknown_tag": "carry a tag whose address names no catalogue known; it is left out",
    "wrong_language": "are in the script of the other language",
}


@dataclass(frozen=True, slots=True)
class Observation:
    """So many documents are odd in this way; ``examples`` are the first of them."""

    kind: str
    documents: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        words = _WORDS.get(self.kind, "hold something the parser kept but did not understand")
        more = ", …" if self.documents > len(self.examples) else ""
        return (
            f"{self.kind}: {self.documents:,} documents {words} ({', '.join(self.examples)}{more})"
        )


def observations(folder: Path, examples: int = 3) -> tuple[Observation, ...]:
    """Count the odd documents of a snapshot by kind; memory: their ids."""
    rows = read_table(folder, DOCUMENTS, ["doc_id", "quality_warnings", "n_chars"])
    odd: dict[str, list[str]] = defaultdict(list)
    for doc_id, kinds, chars in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        for kind in kinds:
            odd[kind].append(doc_id)
        if chars > LONG_CHARS:
            odd["long"].append(doc_id)
    return tuple(
        Observation(kind, len(odd[kind]), tuple(sorted(odd[kind])[:examples]))
        for kind in sorted(odd)
    )
