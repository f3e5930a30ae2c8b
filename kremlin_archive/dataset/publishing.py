"""What a crawl does at its end: publish where there is something to publish."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from kremlin_archive.archive.lost_files import lost_files
from kremlin_archive.dataset.checks import some
from kremlin_archive.dataset.extract import OUTSIDE, extract
from kremlin_archive.dataset.manifest import MANIFEST
from kremlin_archive.dataset.occasion import Policy, reason_to_publish
from kremlin_archive.dataset.parts import PARTS
from kremlin_archive.dataset.snapshot import Published, latest, mend_latest
from kremlin_archive.dataset.standing import read_holding, read_standing
from kremlin_archive.errors import SnapshotError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Publication:
    """How it ended: the snapshot that stands now, if any, its rows, and why nothing was published."""

    snapshot: Path | None
    rows: Mapping[str, int] = field(default_factory=dict)
    why_not: str | None = None
    """None: ``snapshot`` was published just now."""


def publish_if_due(
    root: Path, policy: Policy, now: datetime, warcs: Mapping[str, int]
) -> Publication:
    """Publish what the closed WARC files hold, if ``policy`` and the rule of ``occasion`` say so.

    ``warcs`` are those files, with their sizes in bytes (``closed_warcs``).
    Not while files that the latest snapshot was made from are lost: what it shows of them would be lost too.
    It stands until they are back, or a person who knows of it has ``kremlin-archive extract`` publish.

    Raises SnapshotError, LockedError or OSError when a snapshot was due and could not be published,
    UsageError when there is no WARC file.
    """
    mend_latest(root)
    if policy == "never":
        return _standing(root, "PUBLISH=never")
    if lost := lost_sources(root, warcs):
        return _standing(root, f"WARC files that it was made from are lost: {some(lost)}")
    if policy == "changed":
        reason = _reason(root, warcs, now)
        if reason is None:
            return _standing(root, "nothing that it does not show was seen")
        logger.info("publishing: %s", reason)
    published = _publish(root)
    return Publication(published.path, published.rows)


def lost_sources(root: Path, warcs: Mapping[str, int]) -> list[str]:
    """Say which WARC files that the latest snapshot was made from are not in the archive as they were.

    ``warcs`` are those that are in it, with their sizes in bytes (``closed_warcs``).
    Those that were not in it then either, given to ``extract`` from elsewhere, are not missed.
    """
    snapshot = latest(root)
    try:
        said = json.loads((snapshot / MANIFEST).read_text("utf-8"))["warcs"] if snapshot else []
        then = {str(warc["name"]): int(warc["bytes"]) for warc in said}
    except (OSError, ValueError, KeyError, TypeError):
        return []  # what is damaged is published anew
    elsewhere = {path.stem for path in (root / PARTS / OUTSIDE).glob("*/*.parquet")}
    missed = {name: size for name, size in then.items() if name not in elsewhere}
    return lost_files(missed, warcs)


def _reason(root: Path, warcs: Mapping[str, int], now: datetime) -> str | None:
    snapshot = latest(root)
    if snapshot is None:
        return "there is no snapshot yet"
    stands = read_standing(root, snapshot)
    try:
        held = read_holding(root, warcs, stands, snapshot)
    except (OSError, pa.ArrowInvalid) as error:
        return f"whether something is new cannot be told: {error}"  # publishing reads it again
    return reason_to_publish(stands, held, now)


def _standing(root: Path, why_not: str) -> Publication:
    snapshot = latest(root)
    if snapshot is None:
        return Publication(None, why_not=why_not)
    try:
        rows = dict(json.loads((snapshot / MANIFEST).read_text("utf-8"))["rows"])
    except (OSError, ValueError, KeyError, TypeError):
        rows = {}  # only with PUBLISH=never: what is damaged is published anew
    return Publication(snapshot, rows, why_not)


def _publish(root: Path) -> Published:
    """Publish; where a cache proves damaged, once more from the WARC files alone."""
    try:
        return extract(root).published
    except SnapshotError as error:
        logger.warning("%s: reading the WARC files again", error)
        return extract(root, fresh=True).published
