"""What a body is by its first bytes, whatever its Content-Type says: only what this site serves."""

from __future__ import annotations

import re

_SIGNATURES: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<feed\b"), "application/atom+xml"),
    (
        re.compile(
            rb"(?i)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.DOTALL
        ),
        "text/html",
    ),
    (re.compile(rb"\s*<\?xml\b"), "application/xml"),
)
_LOOK_AT = 2048
_BOM = b"\xef\xbb\xbf"


def sniff(content: bytes) -> str | None:
    """MIME type by signature; None when no signature fits (plain text among others).

    >>> sniff(b"<!DOCTYPE html><html>"), sniff(b"User-agent: *")
    ('text/html', None)
    """
    start = content[:_LOOK_AT].removeprefix(_BOM)
    return next((mime for pattern, mime in _SIGNATURES if pattern.match(start)), None)
