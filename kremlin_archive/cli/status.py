"""``status``: what the archive holds, what is missing and what fills it, and how the last runs went."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kremlin_archive.answers import ABSENT, REFUSED
from kremlin_archive.cli.colour import is_coloured
from kremlin_archive.cli.options import DONE, root_option
from kremlin_archive.cli.status_text import status_text
from kremlin_archive.errors import LockedError, UsageError

if TYPE_CHECKING:
    from kremlin_archive.ledger import EditionLedger
    from kremlin_archive.schedule import Missing
    from kremlin_archive.state import State
    from kremlin_archive.state.spans import PageRead

_RUNS = 5
_WHY: dict[int | None, str] = {
    None: "never asked for",
    **dict.fromkeys(ABSENT, "absent"),
    **dict.fromkeys(REFUSED, "refused"),
    0: "failed (led off the site)",  # answers.LED_OFF
    1: "failed (led from one of its addresses to another)",  # answers.LED_ON
}


@click.command()
@root_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print the status as JSON: every gap, day and number."
)
def status(*, root: Path, as_json: bool) -> int:
    """Show the state of the archive: documents by edition, gaps and what fills them, the last runs.

    A gap is an event that a listing or feed of the site has named and that is not archived, a number
    between the lowest and the highest that was never asked for, days of a listing that were never read,
    or, where pictures are archived, one that an archived page shows and that is not here. Exit code 0,
    gaps or not.
    """
    if not (root / "warc").is_dir():
        raise UsageError(f"{root}: there is no archive here (no warc/ folder)")
    try:
        told = _told(root)
    except sqlite3.Error as error:  # whoever holds the archive makes it, or makes it anew
        raise LockedError(
            f"{root}: a run holds the archive, and its working state cannot be read ({error}): ask again "
            "when the run has ended"
        ) from error
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2).encode())
    else:
        click.echo(status_text(told), color=is_coloured())
    return DONE


def _told(root: Path) -> dict[str, Any]:
    from kremlin_archive.state.looking import looking  # noqa: PLC0415

    with looking(root) as (state, is_current):
        return {
            "root": str(root),
            "run_in_progress": not is_current,
            "editions": _editions(state, with_pictures=_wants_pictures(state, root)),
            "listings": _listings(state),
            "runs": _runs(root),
            "not_begun": _not_begun(root),
        }


def _editions(state: State, *, with_pictures: bool) -> dict[str, Any]:
    from kremlin_archive.ledger import ledger  # noqa: PLC0415

    named = {one.doc_id: one for one in state.missing()}  # some at several addresses
    missing = _by_language(named.values())
    pictures = _by_language(state.pictures() if with_pictures else ())
    return {
        language: _edition(edition, missing[language], pictures[language])
        for language, edition in ledger(state).items()
    }


def _by_language(those: Iterable[Missing]) -> defaultdict[str, list[Missing]]:
    found: defaultdict[str, list[Missing]] = defaultdict(list)
    for one in those:
        found[one.doc_id.partition(":")[0]].append(one)
    return found


def _wants_pictures(state: State, root: Path) -> bool:
    """Whether pictures were ever answered, or one of the last runs was to fetch them."""
    from kremlin_archive.report.runs import read_reports  # noqa: PLC0415

    arguments = (one.get("arguments") or {} for one in read_reports(root / "runs", most=_RUNS))
    return state.knows_pictures() or any(one.get("media") == "photos" for one in arguments)


def _edition(
    edition: EditionLedger, missing: list[Missing], pictures: list[Missing]
) -> dict[str, Any]:
    here = edition.numbers("archived", "gone")
    return {
        "archived": len(here),
        "lowest_id": min(here, default=None),
        "highest_id": max(here, default=None),
        "numbers": _numbers(edition),
        "days": [
            {
                "day": one.day,
                "named": one.named,
                "archived": one.archived,
                "missing": list(one.missing),
            }
            for one in edition.days
        ],
        "gaps": _named(missing),
        "pictures": _named(pictures),
    }


def _named(those: list[Missing]) -> list[dict[str, Any]]:
    return [
        {"doc_id": one.doc_id, "url": one.url, "day": one.day, "why": _why(one)} for one in those
    ]


def _numbers(edition: EditionLedger) -> dict[str, Any]:
    from kremlin_archive.ledger import FATES, ranges  # noqa: PLC0415

    numbers = {fate: edition.numbers(fate) for fate in FATES}
    return {
        "lowest": edition.lowest,
        "highest": edition.highest,
        "counts": {fate: len(found) for fate, found in numbers.items()},
        "ranges": {fate: ranges(found) for fate, found in numbers.items()},
    }


def _why(missing: Missing) -> str:
    return _WHY.get(missing.status, f"failed ({missing.status})")


def _listings(state: State) -> list[dict[str, Any]]:
    """How far every listing was read; parts of sections only if they were."""
    from kremlin_archive import seeds  # noqa: PLC0415

    read = state.listing_pages()
    return [
        {"language": language, "section": section.name, **_reading(pages)}
        for language in seeds.languages()
        for section in seeds.sections()
        if (pages := read.get(section.listing_url(language), [])) or section.part_of is None
    ]


def _reading(pages: list[PageRead]) -> dict[str, Any]:
    from kremlin_archive.ledger import unread  # noqa: PLC0415
    from kremlin_archive.state import spans  # noqa: PLC0415

    last = max((one.seen_at for one in pages), default=None)
    return {
        "last_read_at": last and last.isoformat(timespec="seconds"),
        "unread": [
            {"since": since, "until": until, "months": months}
            for since, until, months in unread(spans(pages))
        ],
    }


def _runs(root: Path) -> list[dict[str, Any]]:
    """The newest runs, oldest first; a report that is damaged is passed over."""
    from kremlin_archive.report.runs import read_reports  # noqa: PLC0415

    newest = [*read_reports(root / "runs", most=_RUNS)][::-1]
    facts = ("run_id", "exit_code", "ended", "seconds", "pages", "problem")
    return [{name: report.get(name) for name in facts} for report in newest]


def _not_begun(root: Path) -> dict[str, Any] | None:
    """The last run that did not begin, where none has begun since."""
    from kremlin_archive.report.runs import last_not_begun  # noqa: PLC0415

    report = last_not_begun(root / "runs")
    facts = ("run_id", "exit_code", "ended", "problem")
    return None if report is None else {name: report.get(name) for name in facts}
