"""The words of ``diff`` for a person: what went and what came, in colours or between marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from kremlin_archive.report.worddiff import Piece, shortened

_STYLES: dict[str, dict[str, Any]] = {
    "equal": {},
    "delete": {"fg": "red", "strikethrough": True},
    "insert": {"fg": "green"},
}
_MARKS = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}

Step = Mapping[str, Any]
Show = Callable[[Piece], str]


def step_text(step: Step, *, coloured: bool) -> str:
    """One of the changes that ``diff --json`` tells, as lines."""
    show = _coloured if coloured else _marked
    moment = step["valid_from"][:16].replace("T", " ")
    head = f"\nRevision {step['revision_no']}, {moment} UTC: {step['change_kind']}"
    lines = (*_beside_the_text(step, show), *_text(step, show))
    return "\n".join([click.style(head, bold=True), *(f"  {line}" for line in lines)])


def _beside_the_text(step: Step, show: Show) -> Iterator[str]:
    for name, fact in step["facts"].items():
        yield f"{name}: {_value(fact['before'])} became {_value(fact['after'])}"
    for name, items in step["lists"].items():
        if not items["removed"] and not items["added"]:
            yield f"{name}: the same in another order"
        yield from (f"{name}: {show(Piece('delete', _item(one)))}" for one in items["removed"])
        yield from (f"{name}: {show(Piece('insert', _item(one)))}" for one in items["added"])
    for mark in step["marks"]:
        change = f"{_value(mark['before'])} became {_value(mark['after'])}"
        yield f"{mark['mark']} of {_place(mark['first'], mark['last'])}: {change}"
    if (missing := step["not_shown"]) is not None:
        yield f"not shown: what changed in {', '.join(missing['fields'])} ({missing['why']})"


def _text(step: Step, show: Show) -> Iterator[str]:
    for number, paragraph in enumerate(step["paragraphs"]):
        pieces = tuple(Piece(piece["op"], piece["text"]) for piece in paragraph)
        if number in step["replaced_whole"]:
            lengths = " and ".join(f"{len(piece.text):,}" for piece in pieces)
            yield f"(too long to be compared word by word, so shown as replaced whole: {lengths} characters)"
        yield "".join(map(show, shortened(pieces)))


def _coloured(piece: Piece) -> str:
    return click.style(piece.text, **_STYLES[piece.op])


def _marked(piece: Piece) -> str:
    before, after = _MARKS[piece.op]
    return f"{before}{piece.text}{after}"


def _place(first: int, last: int) -> str:
    if last < first:
        return f"what was after paragraph {last}"
    return f"paragraph {first}" if first == last else f"paragraphs {first} to {last}"


def _item(values: Mapping[str, Any]) -> str:
    return ", ".join(str(value) for value in values.values() if value is not None)


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(repr, value)) or "none"
    return "none" if value is None else repr(value)
