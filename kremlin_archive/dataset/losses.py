"""Whether what the snapshot before held is still there, and if not, why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from kremlin_archive.dataset.checks import Check, some
from kremlin_archive.dataset.checksums import damages
from kremlin_archive.dataset.columns import SCHEMA_VERSION
from kremlin_archive.dataset.draft import Draft
from kremlin_archive.dataset.parquet import read_table
from kremlin_archive.dataset.plan import Plan
from kremlin_archive.dataset.tables.documents import DOCUMENTS
from kremlin_archive.urls import event_address

_RULE = "what the snapshot before held is there, or it is known why not"


def check_losses(draft: Draft, before: Path | None) -> tuple[Check, tuple[str, ...]]:
    """Compare with the snapshot before; gives the check and warnings.

    WARC files that are no longer read, or are not the same any more, explain losses: then they are
    warnings. So does a page that cannot be read any more, which is among the problems told. That the
    snapshot before is of another schema version, or damaged, is a warning too: this one is whole.
    """
    if before is None or not before.is_dir():
        return Check("losses", _RULE, 0), ()
    damaged = tuple(f"{before.name} is damaged: {each}" for each in damages(before, draft.taken))
    try:
        manifest = json.loads((before / "manifest.json").read_text("utf-8"))
        found, gone = _compare(draft, before, manifest)
        renewed = _renewed(before.name, manifest["schema_version"])
    except (OSError, ValueError, KeyError, TypeError) as error:  # Arrow's errors are ValueErrors
        incomparable = f"{before.name} could not be compared with: {error}"
        return Check("losses", _RULE, 0), (*damaged, incomparable)
    told = tuple(f"against {before.name}: {each}" for each in found)
    if told and gone:
        why = f"WARC files not read any more, or changed: {some(gone)}"
        explained = tuple(f"{each}; {why}" for each in told)
        return Check("losses", _RULE, 1), (*renewed, *damaged, *explained)
    return Check("losses", _RULE, 1, told), (*renewed, *damaged)


def _renewed(before: str, version: str) -> tuple[str, ...]:
    if version == SCHEMA_VERSION:
        return ()
    return (
        f"{before} has schema {version}; all tables are published anew with schema {SCHEMA_VERSION}",
    )


def _compare(
    draft: Draft, before: Path, manifest: Mapping[str, Any]
) -> tuple[list[str], list[str]]:
    """Say what is lost, and the names of the WARC files that are not read as they were then."""
    lost = _lost_documents(draft.folder, before) - _unreadable(draft.plan)
    fewer = int(manifest["rows"]["captures"]) - draft.rows["captures"]
    found = [f"{len(lost):,} documents are lost: {some(sorted(lost))}"] if lost else []
    found += [f"{fewer:,} captures are lost"] if fewer > 0 else []
    now = {part.stamp.warc: part.stamp.warc_sha256 for part in draft.parts}
    then = {one["name"]: one["sha256"] for one in manifest["warcs"]}
    return found, [name for name, digest in then.items() if now.get(name) != digest]


def _lost_documents(folder: Path, before: Path) -> set[str]:
    """Documents of the snapshot before that the new one has not."""
    old, new = (
        read_table(place, DOCUMENTS, ["doc_id"])["doc_id"].combine_chunks()
        for place in (before, folder)
    )
    return set(map(str, old.filter(pc.invert(pc.is_in(old, new))).to_pylist()))


def _unreadable(plan: Plan) -> set[str]:
    addresses = (event_address(problem.url) for problem in plan.problems)
    return {address.doc_id for address in addresses if address is not None}
