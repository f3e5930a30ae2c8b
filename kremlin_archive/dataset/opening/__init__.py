"""Opening a published snapshot: tables for the libraries analysts use, and a few typed answers.

Only pyarrow is needed; pandas, polars and duckdb are used where they are installed. Nothing here
reads WARC files or knows the crawler.
"""

from kremlin_archive.dataset.opening.finding import open_snapshot as open  # noqa: A004 - see above
from kremlin_archive.dataset.opening.finding import snapshots
from kremlin_archive.dataset.opening.records import (
    Bead,
    Document,
    Pair,
    Paragraph,
    Revision,
    Tag,
    Turn,
    WarcPointer,
)
from kremlin_archive.dataset.opening.snapshot import Snapshot

__all__ = [
    "Bead",
    "Document",
    "Pair",
    "Paragraph",
    "Revision",
    "Snapshot",
    "Tag",
    "Turn",
    "WarcPointer",
    "open",
    "snapshots",
]
