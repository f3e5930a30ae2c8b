"""The text version, ``/copy/N``, in the layout of the one Russian text version that is known.

Title, blank lines, ``YYYY-MM-DD HH:MM:SS``, place, lead, a line a paragraph, blank lines, URL;
no-break spaces stay. Without place or lead their lines are empty (a guess: no such text is known).
What the page shows as ``<…>`` stands there as ``&lt;…&gt;``.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from kremlin_archive.replica.site.edition import Edition
from kremlin_archive.replica.site.render import plain_body

_SPACES = re.compile(r"[ \t\r\n]+")


def text_version(edition: Edition, html: str, url: str) -> str:
    """Text of an edition whose rendered body is ``html``; ``url`` is that of the text version."""
    tree = LexborHTMLParser(f"<div id=body>{plain_body(html)}</div>")
    lines = [_line(node.text(deep=True)) for node in tree.css("#body > p, #body > blockquote")]
    lead = " ".join(edition.lead.splitlines())
    head = [edition.title, "", "", f"{edition.published}:00", "", edition.place, "", lead, ""]
    return "\n".join(["", *head, *lines, "", "", "", url])


def _line(text: str) -> str:
    joined = _SPACES.sub(" ", text).removeprefix(" ")
    return joined.replace("<", "&lt;").replace(">", "&gt;")
