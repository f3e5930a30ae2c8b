"""``diff``: the edits of one document, word by word."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from kremlin_archive.cli.options import DONE, root_option
from kremlin_archive.errors import UsageError
from kremlin_archive.report.worddiff import Piece, changed_paragraphs, shortened

_STYLES: dict[str, dict[str, Any]] = {
    "equal": {},
    "delete": {"fg": "red", "strikethrough": True},
    "insert": {"fg": "green"},
}
_MARKS = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
_FACTS = ("title", "lead", "place")


@click.command()
@click.argument("doc_id", metavar="DOC_ID")
@root_option
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
def diff(doc_id: str, *, root: Path, as_json: bool) -> int:
    """Show how a document was edited, revision by revision.

    DOC_ID is an edition and a number: ru:66419. On a terminal, what was taken out is red and what was put
    in is green; elsewhere they stand as [-out-] and {+in+}. Reads the latest snapshot.
    """
    revisions = _revisions(root, doc_id)
    steps = [_step(before, after) for before, after in pairwise(revisions)]
    if as_json:
        told = {"doc_id": doc_id, "revisions": len(revisions), "changes": steps}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2).encode())
        return DONE
    first = revisions[0]
    click.echo(
        f"{doc_id}: {first['title']}\n1 revision, first seen {first['valid_from']:%Y-%m-%d %H:%M} UTC"
        if len(revisions) == 1
        else f"{doc_id}: {len(revisions)} revisions"
    )
    for step in steps:
        _show(step)
    return DONE


def _revisions(root: Path, doc_id: str) -> list[dict[str, Any]]:
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.dataset as ds  # noqa: PLC0415

    folder = root / "latest" / "revisions"
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no snapshot; run kremlin-archive extract")
    columns = ["revision_no", "valid_from", "change_kind", "text", *_FACTS]
    table = ds.dataset(folder).to_table(columns=columns, filter=pc.field("doc_id") == doc_id)
    found: list[dict[str, Any]] = table.sort_by("revision_no").to_pylist()
    if not found:
        raise UsageError(
            f"{doc_id}: the latest snapshot has no such document (ru:66419 is the form)"
        )
    return found


def _step(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """One revision against the one before it, as plain values."""
    return {
        "revision_no": after["revision_no"],
        "valid_from": after["valid_from"].isoformat(),
        "change_kind": after["change_kind"],
        "facts": {
            name: {"before": before[name], "after": after[name]}
            for name in _FACTS
            if before[name] != after[name]
        },
        "paragraphs": [
            [{"op": piece.op, "text": piece.text} for piece in pieces]
            for pieces in changed_paragraphs(before["text"], after["text"])
        ],
    }


def _show(step: dict[str, Any]) -> None:
    moment = step["valid_from"][:16].replace("T", " ")
    click.secho(f"\nRevision {step['revision_no']}, {moment} UTC: {step['change_kind']}", bold=True)
    for name, fact in step["facts"].items():
        click.echo(f"  {name}: {fact['before']!r} became {fact['after']!r}")
    for paragraph in step["paragraphs"]:
        pieces = tuple(Piece(piece["op"], piece["text"]) for piece in paragraph)
        click.echo("  " + "".join(_styled(piece) for piece in shortened(pieces)))


def _styled(piece: Piece) -> str:
    if sys.stdout.isatty():
        return click.style(piece.text, **_STYLES[piece.op])
    before, after = _MARKS[piece.op]
    return f"{before}{piece.text}{after}"
