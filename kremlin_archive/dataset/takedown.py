"""Take a document down: out of every snapshot, the published ones too.

The steps, in this order, each done whole or not at all:

1. the removal is written into ``removals.toml``: nothing published from now on has the text;
2. the snapshots that show the document are written into ``withdrawn.json``;
3. a new latest snapshot is published;
4. of each other instant that has a withdrawn snapshot, one is made again from the same WARC files,
   by the code of today, under the same id with ``-r2`` (``-r3`` …); its manifest names those it
   takes the place of, and why;
5. the withdrawn folders are deleted. Table files they shared with others by hard links go with them,
   because whoever shares a file with the text in it shows the document and is withdrawn as well.

Who is killed on the way does it again: what is done is found done. A snapshot whose WARC files are
not there any more is withdrawn without a new one. WARC files, and the parts and light columns that
are read from them (``cache/``), keep the text.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from kremlin_archive.archive.closed_warcs import closed_warcs
from kremlin_archive.dataset.catalogue import Catalogue
from kremlin_archive.dataset.extract import archive_sources, current_part, extract
from kremlin_archive.dataset.gate import pass_gate
from kremlin_archive.dataset.layout import SNAPSHOTS
from kremlin_archive.dataset.manifest import MANIFEST
from kremlin_archive.dataset.parquet import read_table
from kremlin_archive.dataset.pruning import put_away
from kremlin_archive.dataset.publishing import lost_sources
from kremlin_archive.dataset.removals import Removal, add_removal
from kremlin_archive.dataset.retention import base_of, is_snapshot_id, snapshot_order
from kremlin_archive.dataset.shelf import CACHE as SHELF
from kremlin_archive.dataset.shelf import Shelf
from kremlin_archive.dataset.snapshot import (
    latest,
    make_draft,
    publishing,
    settle,
    share_unchanged,
)
from kremlin_archive.dataset.tables.documents import DOCUMENTS
from kremlin_archive.dataset.tables.links import LINKS
from kremlin_archive.dataset.withdrawals import note_withdrawn, read_withdrawn


@dataclass(frozen=True, slots=True)
class TakenDown:
    """``reissued``: the new id of each snapshot withdrawn; None where none could be made.

    ``lost``: WARC files that the latest snapshot was made from, and the new one could not be.
    """

    removal: Removal
    latest: str
    reissued: Mapping[str, str | None]
    lost: tuple[str, ...] = ()


def take_down(root: Path, removal: Removal) -> TakenDown:
    """Remove a document from all snapshots; see the module's words.

    Raises UsageError for a wrong id or words, or where there is no WARC file to make snapshots from,
    LockedError when another process is publishing, SnapshotError when a snapshot cannot be made:
    then those not yet issued again are still there, and the same call goes on with them.
    """
    archive_sources(root)
    lost = tuple(lost_sources(root, closed_warcs(root)))
    with publishing(root):  # nobody is half way through a snapshot with the old removals
        entry = add_removal(root, removal)
        why = f"{entry.doc_id} was removed on request: {entry.basis}"
        note_withdrawn(root, showing(root, entry.doc_id), why)
    published = extract(root).published
    return TakenDown(entry, published.snapshot, dict(_finish(root)), lost)


def showing(root: Path, doc_id: str) -> list[str]:
    """Snapshots with the document's content, or its title on another page's card.

    One that cannot be read counts: nobody knows.
    """
    folder = root / SNAPSHOTS
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [name for name in names if is_snapshot_id(name) and _shows(folder / name, doc_id)]


def unfinished(root: Path) -> list[str]:
    """Snapshots that are withdrawn and still there: somebody was killed while taking them away."""
    return [name for name in read_withdrawn(root) if (root / SNAPSHOTS / name).is_dir()]


def _shows(snapshot: Path, doc_id: str) -> bool:
    try:
        rows = read_table(snapshot, DOCUMENTS, ["doc_id", "status"])
        cards = read_table(snapshot, LINKS, ["target_doc_id", "anchor_text"])
    except (OSError, ValueError, KeyError):  # not Parquet, or of columns that we do not know
        return True
    of_it = rows.filter(pc.equal(rows["doc_id"], pa.scalar(doc_id)))
    to_it = cards.filter(pc.equal(cards["target_doc_id"], pa.scalar(doc_id)))
    is_there = any(status != "removed_by_us" for status in of_it["status"].to_pylist())
    return is_there or any(words is not None for words in to_it["anchor_text"].to_pylist())


def _finish(root: Path) -> Iterator[tuple[str, str | None]]:
    """Issue again what is withdrawn and still there, instant by instant, and delete it."""
    of_instant: dict[str, list[str]] = defaultdict(list)
    for name in sorted(unfinished(root), key=snapshot_order):
        of_instant[base_of(name)].append(name)
    for base, names in of_instant.items():
        new = _replacement(root, base, names) or _reissue(root, base, names[-1])
        with publishing(root) as staging:
            for name in names:
                put_away(root, name, staging)
        yield from ((name, new) for name in names)


def _replacement(root: Path, base: str, names: Sequence[str]) -> str | None:
    """The snapshot that takes the place of these already, if there is one."""
    for folder in sorted((root / SNAPSHOTS).glob(f"{base}*")):
        said = _manifest(folder).get("withdrawn", ())
        if folder.name not in names and set(names) <= {one["snapshot"] for one in said}:
            return folder.name
    return None


def _reissue(root: Path, base: str, snapshot: str) -> str | None:
    """Make a snapshot again from its WARC files, as far as they are there; None when none is."""
    named = {one["name"] for one in _manifest(root / SNAPSHOTS / snapshot).get("warcs", ())}
    sources = [source for source in archive_sources(root) if source.name in named]
    if not sources:
        return None
    with publishing(root) as staging:
        parts = [current_part(source) for source in sources]
        light = Catalogue.of(root).gather(parts)
        lent = Shelf.of(root / SNAPSHOTS, root / SHELF)
        draft = make_draft(root, staging, light, lent)
        pass_gate(draft, None)
        share_unchanged(draft, latest(root))
        return settle(root, draft, base)[0].name


def _manifest(snapshot: Path) -> dict[str, list[dict[str, str]]]:
    try:
        said = json.loads((snapshot / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
