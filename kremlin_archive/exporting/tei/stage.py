"""What a transcript prints inside the words of a speaker and nobody said: elisions, applause, laughter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kremlin_archive.exporting.tei.element import Content, element

ELISION = "<…>"
# A bracket that begins with the word, as editors print it; «(there was applause when we came)» is speech.
_APPLAUSE = r"\((?:applause|аплодисменты)\b[^()]{0,40}\)"
_LAUGHTER = r"\((?:laughter|laughs|laughing|смех|смеётся|смеется)\b[^()]{0,40}\)"
_MARKS = re.compile(
    f"(?P<gap>{ELISION})|(?P<kinesic>{_APPLAUSE})|(?P<vocal>{_LAUGHTER})", re.IGNORECASE
)
_ATTRIBUTES = {
    "gap": {"reason": "editorial"},
    "kinesic": {"type": "applause"},
    "vocal": {"type": "laughter"},
}


def marked(text: str) -> Iterator[Content]:
    """Give a text with its marks as elements; their ``desc`` holds them as printed, so nothing is lost.

    >>> [piece if isinstance(piece, str) else piece.tag for piece in marked("Yes. (Laughter.) <…>")]
    ['Yes. ', 'vocal', ' ', 'gap']
    """
    end = 0
    for found in _MARKS.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        tag = str(found.lastgroup)
        yield element(tag, element("desc", found[0]), **_ATTRIBUTES[tag])
        end = found.end()
    if end < len(text):
        yield text[end:]
