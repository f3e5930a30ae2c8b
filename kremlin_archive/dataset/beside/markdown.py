"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def grid(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Give a table in Markdown, a newline at its end.

    >>> grid(("a", "b"), [(1, "x|y")])
    '| a | b |\n|---|---|\n| 1 | x\\|y |\n'
    """
    lines = [_line(head), "|" + "---|" * len(head), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
