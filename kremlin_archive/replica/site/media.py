"""Small generated files for static.kremlin.ru: valid bytes of the type that the name promises."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from kremlin_archive.replica.http import Reply, Request
from kremlin_archive.replica.source import missing
from kremlin_archive.urls import MEDIA_HOST

# A plain 8 × 5 picture; a comment with the path goes in after its first marker: no two are equal.
_JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb0043001b12141714111b1716171e1c1b2028422b28252528513a"
    "3d3042605565645f555d5b6a7899816a7190735b5d85b586909ea3abadab6780bcc9baa6c799a8aba4ffdb0043011c1e"
    "1e2823284e2b2b4ea46e5d6ea4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4"
    "a4a4a4a4a4a4a4a4a4a4a4a4ffc00011080005000803012200021101031101ffc4001500010100000000000000000000"
    "000000000005ffc40014100100000000000000000000000000000000ffc4001501010100000000000000000000000000"
    "000304ffc40014110100000000000000000000000000000000ffda000c03010002110311003f009a02913fffd9"
)
_MP4 = bytes.fromhex(
    "00000018667479706d703432000000006d70343269736f6d00000008667265650000000b6d64617400"
)
_PDF = b"%%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%% %s\n%%%%EOF\n"
_DOC = b"{\\rtf1 %s}"  # Word opens it under the name .doc


def token(name: object) -> str:
    """Name of a file as the site has them, 32 letters and digits; the same for the same name."""
    digest = b64encode(hashlib.sha256(str(name).encode()).digest(), altchars=b"Kz")
    return digest[:32].decode("ascii")


def media_url(name: object, kind: str, extension: str = "jpg") -> str:
    """URL of a picture or video: ``kind`` is a photo's size or a folder of ``media/events``."""
    folder = kind if "/" in kind else f"photos/{kind}"
    return f"http://{MEDIA_HOST}/media/events/{folder}/{token(f'{name} {kind}')}.{extension}"


def media(request: Request) -> Reply:
    """Reply with the bytes of a file under ``/media/``; any name is there."""
    comment = request.path.encode()
    extension = request.path.rpartition(".")[2].lower()
    made = {
        "jpg": ("image/jpeg", _jpeg(comment)),
        "mp4": ("video/mp4", _MP4 + comment),
        "pdf": ("application/pdf", _PDF % comment),
        "doc": ("application/msword", _DOC % comment),
    }
    if extension not in made or not request.path.startswith("/media/"):
        return missing(request)
    content_type, body = made[extension]
    return Reply(200, content_type, body=body)


def _jpeg(comment: bytes) -> bytes:
    marked = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    return _JPEG[:2] + marked + _JPEG[2:]
