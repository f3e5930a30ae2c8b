"""What the texts that name a snapshot are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TITLE = "kremlin-archive: the Kremlin's event pages in Russian and English"
SUMMARY = (
    "What the President of Russia said and did, as kremlin.ru and en.kremlin.ru published it: speeches, "
    "meetings, calls and transcripts in both language editions, with who said what, every edit seen, every "
    "tag under its id, paragraphs of the two editions side by side, and for each row a pointer to the exact "
    "bytes it was read from."
)
KEYWORDS = (
    "web archive",
    "political speeches",
    "transcripts",
    "parallel corpus",
    "revision history",
    "Russia",
)
PROJECT_URL = "https://github.com/kremlin-archive/kremlin-archive"
AUTHORS = "The kremlin-archive authors"


@dataclass(frozen=True, slots=True)
class Facts:
    """``files`` are the manifest's words on each table file, ``stats`` what ``stats.json`` says."""

    snapshot: str
    newest: datetime
    files: Sequence[Mapping[str, Any]]
    rows: Mapping[str, int]
    stats: Mapping[str, Any]
    warnings: Sequence[str]

    @property
    def languages(self) -> tuple[str, ...]:
        """Editions in the snapshot."""
        return tuple(sorted({each["lang"] for each in self.stats["coverage"]})) or ("en", "ru")
