"""Rows: what the captures of an archive say, as typed tables in immutable snapshots.

To read them, nothing but pyarrow is needed::

    from kremlin_archive import dataset

    snapshot = dataset.open("output")
    snapshot.table("documents", columns=["doc_id", "title"])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kremlin_archive.dataset.opening import (
        Snapshot,
        open,  # noqa: A004 - dataset.open is what one types
        snapshots,
    )

__all__ = ["Snapshot", "open", "snapshots"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as modules do
    """Load what opens snapshots when it is first asked for: the rest of the room does without."""
    if name in __all__:
        return getattr(import_module("kremlin_archive.dataset.opening"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
