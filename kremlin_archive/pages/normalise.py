"""The one normaliser of text: every string of a record that a person reads has passed through it.

Entities that are still escaped are decoded to a fixed point (the site's text version holds
``&lt;…&gt;``), NFC composes letters, every Unicode space (no-break, thin, newline) becomes one
plain space, and characters without width (zero-width spaces and joiners, soft hyphens, direction
and byte order marks) go. Quotes, dashes and «ё» stay: folding them is for fingerprints, not for
text.
"""

from __future__ import annotations

import html
import re
import unicodedata

NORM_VERSION = "1.0.0"
"""Version of the normaliser; a change that alters any output raises it."""

_WITHOUT_WIDTH = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
# Only with the semicolon: without it «Q&notes» would turn into «Q¬es».
_ENTITY = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")


def normalise(text: str) -> str:
    r"""Return text as a person reads it, on one line; applying it again changes nothing.

    >>> normalise("The\u00a0Kremlin,\n Mos\u00adcow &amp;lt;…&amp;gt;")
    'The Kremlin, Moscow <…>'
    """
    passed = _one_pass(text)
    while "&" in text and passed != text:  # only an entity can bring what a pass has to take
        text, passed = passed, _one_pass(passed)
    return passed


def without_width_less(text: str) -> str:
    """Return text without the characters that take no room; all else as it was."""
    return text if text.isascii() else _WITHOUT_WIDTH.sub("", text)


def _one_pass(text: str) -> str:
    text = without_width_less(text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())
