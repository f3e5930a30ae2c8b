"""The running text of one element: what is bold, which persons are linked, no tooltips.

A person's or a term's tooltip stands inside the text, within the link it explains. It is never
text; what a person's tooltip says (name in the catalogue's order, position when the page was fetched) is kept
as a mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from kremlin_archive.pages.normalise import normalise, without_width_less
from kremlin_archive.pages.selection import classes
from kremlin_archive.records import PersonMention, Warn

TOOLTIP_CLASS = "read__tooltip"
PERSON_CLASS = "person_tag"
TOOLTIP_NAME = ".tooltip_title.tooltip_link"
TOOLTIP_POSITION = ".tooltip_description_dark"

_BOLD_TAGS = frozenset({"b", "strong"})
_KNOWN_TAGS = _BOLD_TAGS | {
    "a",
    "abbr",
    "br",
    "em",
    "i",
    "p",
    "span",
    "sub",
    "sup",
    "u",
    "blockquote",
}
# Their edges part words: text must not be glued across them.
_BREAKING_TAGS = frozenset(
    {
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    }
    | {"hr", "li", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "tr", "ul"}
)
_NOT_TEXT_TAGS = frozenset({"script", "style", "template"})
_PERSON_HREF = re.compile(r"/catalog/persons/(\d{1,9})(?:/|$)")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one type.

    ``bold`` numbers the bold element it stands in (0 outside any); ``person`` is the index of the
    mention it belongs to.
    """

    text: str
    bold: int = 0
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Inline:
    """The text of an element in runs, the persons linked in it, and what in it is unknown."""

    runs: tuple[Run, ...]
    mentions: tuple[PersonMention, ...] = ()
    warnings: tuple[Warn, ...] = ()

    @property
    def text(self) -> str:
        """The text as a person reads it."""
        return normalise("".join(run.text for run in self.runs))


def read_inline(node: LexborNode) -> Inline:
    """Read the text of an element."""
    child = node.child
    if child is not None and child.next is None and child.is_text_node:  # nine in ten paragraphs
        return Inline((Run(child.text_content or ""),))
    reader = _Reader()
    reader.read(node)
    mentions = tuple(
        _mention(link, (run.text for run in reader.runs if run.person == index))
        for index, link in enumerate(reader.persons)
    )
    return Inline(tuple(reader.runs), mentions, tuple(reader.warnings))


def element_text(node: LexborNode) -> str:
    """Return the normalised text of an element, tooltips left out."""
    return read_inline(node).text


@dataclass(slots=True)
class _Reader:
    """Walks an element with a stack of its own: a page can nest deeper than Python recurses."""

    runs: list[Run] = field(default_factory=list)
    persons: list[LexborNode] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)
    bold_elements: int = 0

    def read(self, root: LexborNode) -> None:
        todo: list[LexborNode | Run] = [*self._children(root, Run(""))]
        styles = [Run("")] * len(todo)
        while todo:
            node, style = todo.pop(), styles.pop()
            if isinstance(node, Run):
                self.runs.append(node)
            elif node.is_text_node:
                text = without_width_less(node.text_content or "")
                self.runs.append(Run(text, style.bold, style.person))
            elif node.is_element_node and not self._is_hidden(node):
                inner = self._style(node, style)
                children = self._children(node, inner)
                todo += children
                styles += [inner] * len(children)

    def _children(self, node: LexborNode, style: Run) -> list[LexborNode | Run]:
        """Children in reverse, with a space at each edge of an element that parts words."""
        children: list[LexborNode | Run] = list(node.iter(include_text=True))
        children.reverse()
        if node.tag in _BREAKING_TAGS:
            edge = Run(" ", style.bold)
            return [edge, *children, edge]
        return children

    def _style(self, node: LexborNode, outer: Run) -> Run:
        tag = node.tag or "?"
        if tag not in _KNOWN_TAGS:
            self.warnings.append(Warn("unknown_inline", tag))
        bold, person = outer.bold, outer.person
        if tag in _BOLD_TAGS:
            self.bold_elements += 1
            bold = self.bold_elements
        if tag == "a" and PERSON_CLASS in classes(node):
            person = len(self.persons)
            self.persons.append(node)
        return Run("", bold, person)

    def _is_hidden(self, node: LexborNode) -> bool:
        if node.tag in _NOT_TEXT_TAGS:
            self.warnings.append(Warn("unknown_inline", node.tag or "?"))
            return True
        return node.tag == "span" and TOOLTIP_CLASS in classes(node)


def _mention(link: LexborNode, texts: Iterable[str]) -> PersonMention:
    href = _PERSON_HREF.search(link.attributes.get("href") or "")
    name, position = link.css_first(TOOLTIP_NAME), link.css_first(TOOLTIP_POSITION)
    return PersonMention(
        person_id=int(href[1]) if href else None,
        name_in_text=normalise("".join(texts)),
        tooltip_name=(normalise(name.text()) or None) if name is not None else None,
        tooltip_position=(normalise(position.text()) or None) if position is not None else None,
    )
