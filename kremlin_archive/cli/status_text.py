"""The words of ``status`` for a person: bounded, the worst first, and what to run. Colours are click's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import click

_MOST = 10
_GOOD, _BAD, _WARN, _DIM = "green", "red", "yellow", "bright_black"
_WORDS = {
    "archived": "archived",
    "gone": "gone from the site",
    "absent": "absent",
    "elsewhere": "leading to another page",
    "refused": "refused",
    "failed": "failed",
    "asked_in_part": "not asked in every section",
    "never_asked": "never asked",
}
_COLOURS = {
    "archived": _GOOD,
    "gone": _WARN,
    "refused": _BAD,
    "failed": _BAD,
    "asked_in_part": _WARN,
    "never_asked": _WARN,
}
_OPEN = ("refused", "failed", "asked_in_part", "never_asked")


def status_text(told: dict[str, Any]) -> str:
    """What ``status --json`` tells, as lines."""
    lines = ["A run is in progress; this was so before it."] if told["run_in_progress"] else []
    for language, edition in told["editions"].items():
        lines += _edition(language, edition)
    lines += _listings(told["listings"])
    lines += _remedies(told)
    lines.append("Last runs:")
    for run in told["runs"]:
        pages = ", ".join(
            f"{count} {name}" for name, count in (run["pages"] or {}).items() if count
        )
        code = run["exit_code"]
        ended = run["ended"] if code is None else f"exit code {code}"
        told_pages = pages or ("" if code is None else "nothing new")
        lines.append(
            f"    {run['run_id']}  {click.style(ended, fg=_GOOD if code == 0 else _BAD)}  {told_pages}"
        )
    return "\n".join([*lines, *_not_begun(told["not_begun"])])


def _not_begun(run: dict[str, Any] | None) -> list[str]:
    if run is None:
        return []
    ended = click.style(f"exit code {run['exit_code']}", fg=_BAD)
    return ["Since then a run did not begin:", f"    {run['run_id']}  {ended}  {run['problem']}"]


def _edition(language: str, edition: dict[str, Any]) -> list[str]:
    numbers = edition["numbers"]
    span = f"numbers {numbers['lowest']} to {numbers['highest']}"
    head = click.style(f"{language}: {edition['archived']:,} documents, {span}", bold=True)
    counts = ", ".join(
        click.style(f"{count:,} {_WORDS[fate]}", fg=_COLOURS.get(fate))
        for fate, count in numbers["counts"].items()
        if count
    )
    return [
        head,
        f"    {counts}",
        *_missing(edition),
        *_pictures(edition),
        *_days(edition),
        *_open_numbers(numbers),
    ]


def _missing(edition: dict[str, Any]) -> list[str]:
    return _by_why(edition["gaps"], "named by the site")


def _pictures(edition: dict[str, Any]) -> list[str]:
    return _by_why(edition["pictures"], "pictures of archived pages")


def _by_why(gaps: list[dict[str, Any]], what: str) -> list[str]:
    lines = [
        click.style(f"    {count:,} {what}, {why}", fg=_BAD)
        for why, count in Counter(gap["why"] for gap in gaps).most_common()
    ]
    return lines + _first([f"{gap['day']}  {gap['url']}" for gap in gaps])


def _days(edition: dict[str, Any]) -> list[str]:
    short = [day for day in edition["days"] if day["missing"]]
    if not short:
        return []
    short.sort(key=lambda day: (-len(day["missing"]), day["day"]))
    head = f"    {len(short):,} of {len(edition['days']):,} days with missing documents"
    days = [f"{one['day']}  {len(one['missing'])} of {one['named']} missing" for one in short]
    return [click.style(head, fg=_WARN), *_first(days)]


def _open_numbers(numbers: dict[str, Any]) -> list[str]:
    lines = []
    for fate in _OPEN:
        found = sorted(numbers["ranges"][fate], key=lambda pair: (pair[0] - pair[1], pair[0]))
        if found:
            count = numbers["counts"][fate]
            head = f"    {count:,} numbers {_WORDS[fate]}, in {len(found):,} ranges"
            lines.append(click.style(head, fg=_COLOURS[fate]))
            lines += _first(f"{a}-{b}" if a != b else str(a) for a, b in found)
    return lines


def _listings(listings: list[dict[str, Any]]) -> list[str]:
    never = [one for one in listings if one["last_read_at"] is None]
    lines = []
    if never:
        names = ", ".join(f"{one['language']} {one['section']}" for one in never)
        lines.append(click.style(f"Listings never read: {names}", fg=_WARN))
    holes = [
        (hole["months"], f"{one['language']} {one['section']}  {hole['since']} to {hole['until']}")
        for one in listings
        if one["last_read_at"] is not None
        for hole in one["unread"]
    ]
    if holes:
        holes.sort(key=lambda pair: (-pair[0], pair[1]))
        lines.append(click.style("Days of listings never read:", fg=_WARN))
        lines += _first(f"{words} ({months} months)" for months, words in holes)
    return lines


def _remedies(told: dict[str, Any]) -> list[str]:
    """What to run, where there is a gap."""
    editions = told["editions"].values()
    counts = [edition["numbers"]["counts"] for edition in editions]
    to_fill = any(each[fate] for each in counts for fate in _OPEN)
    to_fill = to_fill or any(gap["why"] != "absent" for one in editions for gap in one["gaps"])
    read = [one for one in told["listings"] if one["last_read_at"] is not None]
    hole = next((one["unread"][0] for one in read if one["unread"]), None)
    lines = []
    if len(read) < len(told["listings"]):
        lines.append("To read those listings:  scrapy crawl events")
    if to_fill:
        lines.append("To fill the numbers:  scrapy crawl events -a mode=fill")
    if any(edition["pictures"] for edition in editions):
        lines.append("To fetch the pictures:  scrapy crawl events -a mode=fill -a media=photos")
    if hole is not None:
        days = f"-a since={hole['since']} -a until={hole['until']}"
        lines.append(f"To read those days:   scrapy crawl events -a mode=backfill {days}")
    if not lines:
        return [click.style("No gaps: nothing is left to ask for.", fg=_GOOD)]
    return [click.style(line, bold=True) for line in lines]


def _first(items: Iterable[str]) -> list[str]:
    """The first of many, indented, and how to see the rest."""
    every = list(items)
    more = len(every) - _MOST
    last = (
        [click.style(f"      … and {more:,} more; --json names all", fg=_DIM)] if more > 0 else []
    )
    return [*(f"      {item}" for item in every[:_MOST]), *last]
