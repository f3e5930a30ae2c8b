"""``diff``: the edits of one document, word by word, and what else changed on its page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kremlin_archive.cli.colour import is_coloured
from kremlin_archive.cli.options import DONE, root_option
from kremlin_archive.errors import UsageError, WarcError

if TYPE_CHECKING:
    from kremlin_archive.records import EventPage

_IN_THE_TABLE = ("title", "lead", "place")
_POINTER = ("warc_filename", "warc_record_offset", "warc_record_id")
_COLUMNS = (
    *("revision_no", "valid_from", "change_kind", "changed_fields", "text", "meta_sha256"),
    *_IN_THE_TABLE,
    *_POINTER,
)

Row = Mapping[str, Any]
Read = Callable[[int], "EventPage"]
"""The record of a revision, by its place among the rows."""


@click.command()
@click.argument("doc_id", metavar="DOC_ID")
@root_option
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
def diff(doc_id: str, *, root: Path, as_json: bool) -> int:
    """Show how a document was edited, revision by revision.

    DOC_ID is an edition and a number: ru:66419. On a terminal, what was taken out is red and what was put
    in is green; elsewhere, or with NO_COLOR set, they stand as [-out-] and {+in+}. Reads the latest
    snapshot, and for what that keeps of the newest revision only (tags, photos, who speaks, …) the
    archived pages.
    """
    rows = _revisions(root, doc_id)
    read = _reader(root, rows)
    steps = [_step(a, b, read, number) for number, (a, b) in enumerate(pairwise(rows), start=1)]
    if as_json:
        told = {"doc_id": doc_id, "revisions": len(rows), "changes": steps}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2).encode())
        return DONE
    from kremlin_archive.cli.diff_text import step_text  # noqa: PLC0415

    coloured = is_coloured()
    click.echo(
        f"{doc_id}: {rows[0]['title']}\n1 revision, first seen {rows[0]['valid_from']:%Y-%m-%d %H:%M} UTC"
        if len(rows) == 1
        else f"{doc_id}: {len(rows)} revisions"
    )
    for step in steps:
        click.echo(step_text(step, coloured=coloured), color=coloured)
    return DONE


def _revisions(root: Path, doc_id: str) -> list[dict[str, Any]]:
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.dataset as ds  # noqa: PLC0415

    folder = root / "latest" / "revisions"
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no snapshot; run kremlin-archive extract")
    table = ds.dataset(folder).to_table(columns=list(_COLUMNS), filter=pc.field("doc_id") == doc_id)
    found: list[dict[str, Any]] = table.sort_by("revision_no").to_pylist()
    if not found:
        raise UsageError(
            f"{doc_id}: the latest snapshot has no such document (ru:66419 is the form)"
        )
    return found


def _reader(root: Path, rows: list[dict[str, Any]]) -> Read:
    from kremlin_archive.dataset.stored import stored_record  # noqa: PLC0415

    @lru_cache(maxsize=2)
    def read(number: int) -> EventPage:
        if (
            rows[number]["change_kind"] == "gone"
        ):  # its capture says so; the content is the one before
            return read(number - 1)
        return stored_record(root, rows[number])

    return read


def _step(before: Row, after: Row, read: Read, number: int) -> dict[str, Any]:
    """One revision against the one before it, as plain values."""
    from kremlin_archive.report.worddiff import changed_paragraphs  # noqa: PLC0415

    stretches = list(changed_paragraphs(before["text"], after["text"]))
    return {
        "revision_no": after["revision_no"],
        "valid_from": after["valid_from"].isoformat(),
        "change_kind": after["change_kind"],
        "changed_fields": after["changed_fields"],
        **_beside_the_text(before, after, read, number),
        "paragraphs": [
            [{"op": piece.op, "text": piece.text} for piece in one.pieces] for one in stretches
        ],
        "replaced_whole": [n for n, one in enumerate(stretches) if one.is_whole],
    }


def _beside_the_text(before: Row, after: Row, read: Read, number: int) -> dict[str, Any]:
    """What changed besides the words; of a document that was removed, only what the snapshot tells."""
    told: dict[str, Any] = {
        "facts": {
            name: {"before": before[name], "after": after[name]}
            for name in _IN_THE_TABLE
            if before[name] != after[name]
        },
        "lists": {},
        "marks": [],
        "not_shown": None,
    }
    names = _only_in_the_pages(before, after)
    if names:
        try:
            _take(told, read(number - 1), read(number), names)
        except WarcError as error:
            told["not_shown"] = {"fields": names, "why": str(error)}
    return told


def _only_in_the_pages(before: Row, after: Row) -> list[str]:
    """The fields that changed and are not in the table of revisions."""
    if before["meta_sha256"] == after["meta_sha256"]:
        return []  # but words of the body
    return [name for name in after["changed_fields"] if name not in _IN_THE_TABLE]


def _take(told: dict[str, Any], before: EventPage, after: EventPage, names: list[str]) -> None:
    """Tell the changes of those fields; one that another parser saw change may read alike now."""
    from kremlin_archive.dataset.fielddiff import (  # noqa: PLC0415
        BODY,
        ListChange,
        field_changes,
        mark_changes,
    )
    from kremlin_archive.dataset.record_json import as_values  # noqa: PLC0415

    for change in field_changes(before, after, names):
        if isinstance(change, ListChange):
            told["lists"][change.field] = {"removed": change.removed, "added": change.added}
        else:
            told["facts"][change.field] = {"before": change.before, "after": change.after}
    if not BODY.isdisjoint(names):
        told["marks"] = [as_values(change) for change in mark_changes(before, after)]
    if alike := [name for name in names if name not in {*told["lists"], *told["facts"], *BODY}]:
        told["not_shown"] = {"fields": alike, "why": "read again, both archived pages say the same"}
