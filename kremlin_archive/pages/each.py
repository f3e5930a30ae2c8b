"""The items of a page, one by one: an odd one is told and costs none of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from kremlin_archive.errors import PageError

Node = TypeVar("Node")
Item = TypeVar("Item")


def read_each(
    nodes: Iterable[Node], read: Callable[[Node], Item], named: Callable[[Node], str]
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """The items that could be read, and what was wrong with the others, by place and name.

    Raises the first item's PageError where none could be read: then it is the page that is another.
    """
    items: list[Item] = []
    odd: list[tuple[str, PageError]] = []
    for number, node in enumerate(nodes, start=1):
        try:
            items.append(read(node))
        except PageError as error:
            odd.append((f"{error.url}: item {number} ({named(node)}): {error.problem}", error))
    if odd and not items:
        raise odd[0][1]
    return tuple(items), tuple(said for said, _ in odd)
