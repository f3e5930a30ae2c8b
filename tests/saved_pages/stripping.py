"""Plain stripping of an event page's body by the standard library: the coverage test's second opinion.

Shares no code with the parser. The text of the body is sorted by the class of the block it stands
in, in the order of the page, whitespace and characters without width left out.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from html.parser import HTMLParser

BODY = '<div class="entry-content e-content read__internal_content"'
BODY_END = "</article>"
TEXT = "text"
ZONES = (
    "tooltip_person",
    "tooltip_term",
    "cut__title",
    "cut__item",
    "cut__date",
    "cut__meta",
    "media__title",
    "video__description",
    "read__tagsmore",
    "read__tagscol",
    "read__status",
)
"""Classes of blocks whose text is not running text; the innermost one counts."""
_NO_TEXT = re.compile("[\\s\u200b\u00ad]+")


def squeezed(text: str) -> str:
    """Text without spaces of any kind and characters that take no room; escaped twice on one page."""
    return _NO_TEXT.sub("", html.unescape(text))


class Stripped(HTMLParser):
    """The texts of a page's body by zone, and the captions in its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        start = page.index(BODY)
        self.texts: dict[str, list[str]] = defaultdict(list)
        self.slide_captions: list[str] = []
        self._open: list[tuple[str, str, int]] = []
        self.feed(page[start : page.index(BODY_END, start)])
        self.close()

    def text(self, zone: str) -> str:
        return squeezed("".join(self.texts[zone]))

    def pieces(self, zone: str) -> list[str]:
        return [squeezed(piece) for piece in self.texts[zone]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "img" and (values.get("id") or "").startswith("photo-"):
            self.slide_captions.append(squeezed(values.get("data-text") or ""))
        names = (values.get("class") or "").split()
        zone = next((zone for zone in ZONES if zone in names), None)
        if zone is not None:
            self._open.append((zone, tag, 1))
            self.texts[zone].append("")
        elif self._open and self._open[-1][1] == tag:
            name, _, depth = self._open[-1]
            self._open[-1] = (name, tag, depth + 1)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][1] != tag:
            return
        zone, _, depth = self._open.pop()
        if depth > 1:
            self._open.append((zone, tag, depth - 1))

    def handle_data(self, data: str) -> None:
        zone = self._open[-1][0] if self._open else TEXT
        if self.texts[zone]:
            self.texts[zone][-1] += data
        else:
            self.texts[zone].append(data)
