"""``status``: what the archive holds, what is missing, and how the last runs went."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kremlin_archive.cli.options import DONE, root_option
from kremlin_archive.errors import LockedError, UsageError

if TYPE_CHECKING:
    from kremlin_archive.state import State

_RUNS = 5
_MISSING = 10
_WHY = {None: "never asked for", 404: "absent", 410: "absent", 403: "refused", 429: "refused"}


@click.command()
@root_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print the status as JSON, every gap by name."
)
def status(*, root: Path, as_json: bool) -> int:
    """Show the state of the archive: documents by edition, gaps by reason, the last runs.

    A gap is an event that a listing or feed of the site has named and that is not archived.
    """
    if not (root / "warc").is_dir():
        raise UsageError(f"{root}: there is no archive here (no warc/ folder)")
    state, is_current = _state(root)
    try:
        editions = _editions(state)
    finally:
        state.close()
    told = {
        "root": str(root),
        "run_in_progress": not is_current,
        "editions": editions,
        "runs": _runs(root),
    }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2).encode())
    else:
        click.echo(_text(told))
    return DONE


def _state(root: Path) -> tuple[State, bool]:
    """The working state, brought up to date first unless a run holds the archive."""
    from kremlin_archive.archive.lock import lock_archive  # noqa: PLC0415
    from kremlin_archive.state import State  # noqa: PLC0415

    try:
        with lock_archive(root):
            state = State(root)
            state.sync()
            state.close()
    except LockedError:
        return State(root, read_only=True), False
    return State(root, read_only=True), True


def _editions(state: State) -> dict[str, Any]:
    numbers: dict[str, list[int]] = {}
    for one in state.watched():
        language, _, number = one.doc_id.partition(":")
        numbers.setdefault(language, []).append(int(number))
    gaps: dict[str, list[dict[str, Any]]] = {}
    for gone in state.missing():
        why = _WHY.get(gone.status, f"failed ({gone.status})")
        gap = {"doc_id": gone.doc_id, "url": gone.url, "day": gone.day, "why": why}
        gaps.setdefault(gone.doc_id.partition(":")[0], []).append(gap)
    return {
        language: {
            "archived": len(numbers.get(language, [])),
            "lowest_id": min(numbers.get(language, []), default=None),
            "highest_id": max(numbers.get(language, []), default=None),
            "gaps": gaps.get(language, []),
        }
        for language in sorted({*numbers, *gaps})
    }


def _runs(root: Path) -> list[dict[str, Any]]:
    newest = sorted((root / "runs").glob("*.json"))[-_RUNS:]
    reports = (json.loads(path.read_text("utf-8")) for path in newest)
    facts = ("run_id", "exit_code", "ended", "seconds", "pages", "problem")
    return [{name: report.get(name) for name in facts} for report in reports]


def _text(told: dict[str, Any]) -> str:
    lines = ["A run is in progress; this was so before it."] if told["run_in_progress"] else []
    for language, edition in told["editions"].items():
        ids = f"numbers {edition['lowest_id']} to {edition['highest_id']}"
        lines.append(f"{language}: {edition['archived']:,} documents, {ids}")
        for why, count in Counter(gap["why"] for gap in edition["gaps"]).most_common():
            lines.append(f"    {count:,} named by the site, {why}")
        lines += [f"      {gap['day']}  {gap['url']}" for gap in edition["gaps"][:_MISSING]]
    lines.append("Last runs:")
    for run in told["runs"]:
        pages = ", ".join(f"{count} {name}" for name, count in run["pages"].items() if count)
        lines.append(f"    {run['run_id']}  exit code {run['exit_code']}  {pages or 'nothing new'}")
    return "\n".join(lines)
