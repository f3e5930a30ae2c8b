"""XML elements in one expression each, and files of them that people can read."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree

from kremlin_archive.dataset.alignment.exports import legible

TEI_NAMESPACE = "http://www.tei-c.org/ns/1.0"
_NAMES = {"id": "xml:id", "lang": "xml:lang"}
_WHOLE = frozenset({"seg", "gap", "kinesic", "vocal", "catDesc"})
"""Elements whose white space is text, even where they begin with another element."""

Content = str | Element


def element(tag: str, *content: Content | None, **attributes: str | None) -> Element:
    """Make an element; ``id`` and ``lang`` mean ``xml:id`` and ``xml:lang``; what is None is left out.

    >>> from xml.etree.ElementTree import tostring
    >>> tostring(element("seg", "Good ", element("gap"), " day", id="p1", n=None))
    b'<seg xml:id="p1">Good <gap /> day</seg>'
    """
    made = Element(
        tag,
        {
            _NAMES.get(name, name.rstrip("_")): legible(value)
            for name, value in attributes.items()
            if value is not None
        },
    )
    for piece in content:
        if isinstance(piece, str):
            _append_text(made, legible(piece))
        elif piece is not None:
            made.append(piece)
    return made


def line(text: str | None) -> str:
    """Give a text as the one line that ParlaMint wants of names and titles; a dash for nothing."""
    return " ".join((text or "").split()) or "—"


def write_xml(root: Element, path: Path) -> None:
    """Write a document in the TEI namespace, an element a line where no text stands between elements."""
    root.set("xmlns", TEI_NAMESPACE)
    _lay_out(root, "\n")
    root.tail = "\n"
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _append_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _lay_out(parent: Element, line_break: str) -> None:
    if parent.tag in _WHOLE or parent.text or not len(parent):
        return
    parent.text = f"{line_break}  "
    for child in parent:
        _lay_out(child, f"{line_break}  ")
        child.tail = f"{line_break}  "
    parent[-1].tail = line_break
