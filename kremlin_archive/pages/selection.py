"""Selectors that fail: the error names the page's address, the selector and the count."""

from __future__ import annotations

from typing import Protocol

from selectolax.lexbor import LexborNode

from kremlin_archive.errors import LayoutError


class Selectable(Protocol):
    """A parsed document or one of its elements."""

    def css(self, query: str) -> list[LexborNode]:
        """All elements a selector finds, in order."""
        ...


def one(where: Selectable, selector: str, url: str) -> LexborNode:
    """Return the only element a selector finds; LayoutError for none or many."""
    found = where.css(selector)
    if len(found) != 1:
        raise LayoutError(url, selector, len(found), "exactly 1")
    return found[0]


def maybe_one(where: Selectable, selector: str, url: str) -> LexborNode | None:
    """Return the element a selector finds, or None; LayoutError for many."""
    found = where.css(selector)
    if len(found) > 1:
        raise LayoutError(url, selector, len(found), "at most 1")
    return found[0] if found else None


def some(where: Selectable, selector: str, url: str) -> list[LexborNode]:
    """Return the elements a selector finds, in order; LayoutError for none."""
    found = where.css(selector)
    if not found:
        raise LayoutError(url, selector, 0, "at least 1")
    return found


def attribute(node: LexborNode, name: str, url: str) -> str:
    """Return an attribute that must be there; LayoutError without it."""
    value = node.attributes.get(name)
    if value is None:
        raise LayoutError(url, f"{node.tag}[{name}]", 0, "exactly 1")
    return value


def classes(node: LexborNode) -> frozenset[str]:
    """Return the class names of an element."""
    return frozenset((node.attributes.get("class") or "").split())


def shape(node: LexborNode) -> str:
    """Name an element as a selector does: ``div.media.masha-ignore``."""
    return ".".join([node.tag or "?", *(node.attributes.get("class") or "").split()])
