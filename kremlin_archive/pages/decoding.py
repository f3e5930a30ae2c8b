"""From bytes to a parsed document, strictly: never replacement characters, never silent mojibake.

Bytes that are valid UTF-8 are UTF-8, whatever is declared (the site serves nothing else, and text
in another encoding is almost never valid UTF-8 by chance); a declaration that says otherwise
becomes a warning. Bytes that are not valid UTF-8 are decoded strictly by the declared encoding
(HTTP header first, then ``meta``), with a warning; where that fails too, or nothing else is
declared, the page is refused with the offset of the first bad byte.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from kremlin_archive.errors import NotThisPage
from kremlin_archive.records import Warn

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<html\b", re.IGNORECASE)
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text as UTF-8 without a byte order mark, and what was odd about its encoding."""

    utf8: bytes
    warnings: tuple[Warn, ...] = ()

    @property
    def text(self) -> str:
        """The text as a string."""
        return self.utf8.decode("utf-8")


def decode(content: bytes, url: str, charset: str | None) -> Decoded:
    """Decode a page by the rule of this module; NotThisPage when empty or undecodable."""
    content = content.removeprefix(codecs.BOM_UTF8)
    if not content.strip(b"\0 \t\r\n\f"):
        raise NotThisPage(url, "the body is empty")
    meta = _META_CHARSET.search(content, 0, _HEAD_BYTES)
    declared = charset or (meta[1].decode("ascii") if meta else None) or "utf-8"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as bad:
        return _decode_as(declared, content, url, bad.start)
    if _codec(declared) == "utf-8":
        return Decoded(content)
    return Decoded(content, (Warn("charset", f"declared {declared}, is utf-8"),))


def parse_html(
    content: bytes, url: str, charset: str | None
) -> tuple[LexborHTMLParser, tuple[Warn, ...]]:
    """Decode and parse a page that must be HTML; NotThisPage when it is something else."""
    decoded = decode(content, url, charset)
    if _HTML.search(decoded.utf8, 0, _HEAD_BYTES) is None:
        raise NotThisPage(
            url, "not an HTML page: no doctype or html element in its first 4096 bytes"
        )
    return LexborHTMLParser(decoded.utf8), decoded.warnings


def _decode_as(declared: str, content: bytes, url: str, bad_byte: int) -> Decoded:
    utf8 = None
    try:
        if _codec(declared) not in (None, "utf-8"):
            utf8 = content.decode(declared).encode("utf-8")
    except UnicodeDecodeError as bad:
        bad_byte = bad.start
    except (LookupError, UnicodeError):
        pass  # a codec, but of no text: «hex», «idna»
    if utf8 is None:
        raise NotThisPage(url, f"not {declared}: first undecodable byte at offset {bad_byte}")
    return Decoded(utf8, (Warn("charset", f"decoded as {declared}"),))


def _codec(name: str) -> str | None:
    """Canonical name of a text encoding; None for a name nobody knows."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
