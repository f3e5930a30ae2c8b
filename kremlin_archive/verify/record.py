"""One record by itself: its header, the digest of its block, its message. Fed in pieces, nothing is held."""

from __future__ import annotations

from collections.abc import Iterator

from kremlin_archive.archive.scan import RecordHead
from kremlin_archive.verify.digests import Digester
from kremlin_archive.verify.fields import Problem, header_problems
from kremlin_archive.verify.message import Payload, Plain, Request, Response

_WITHOUT_PAYLOAD = frozenset({"warcinfo", "metadata"})


class RecordCheck:
    """Checks the record whose head was just read."""

    def __init__(self, head: RecordHead) -> None:
        self.head = head
        digest = head.get("WARC-Block-Digest")
        self._block = Digester(digest) if digest else None
        self._content = _content(head)

    @property
    def status(self) -> int | None:
        """HTTP status of a response or revisit."""
        return self._content.status

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes of the block."""
        if self._block is not None:
            self._block.update(piece)
        self._content.feed(piece)

    def problems(self, *, whole: bool) -> Iterator[Problem]:
        """All that is wrong with the record; of one that is not whole, with its header only."""
        yield from header_problems(self.head)
        yield from _digest_fields(self.head)
        if not whole:
            return
        if self._block is None and self.head.get("Content-Length") != "0":
            yield "no-block-digest", "the record has no WARC-Block-Digest"
        if self._block is not None and not self._block.agrees():
            found = self._block.found()
            # wget (1.21) digests nothing for a revisit, having read its file to the end before.
            of_nothing = self.head.type == "revisit" and self._block.is_of_nothing()
            code = "digest-of-nothing" if of_nothing else "block-digest-wrong"
            yield code, f"WARC-Block-Digest is wrong: the block has {found}"
        for code, problem in self._content.end():
            # Recorders of the years before 2015 (and pywb's sample archive) stored bodies without their
            # chunks and digested no blocks. Who digests a block says that it came over the wire like that.
            recorded_so = code == "body-not-chunked" and self._block is None
            yield ("body-dechunked" if recorded_so else code), problem


def _content(head: RecordHead) -> Response | Request | Plain:
    """Who reads the block, by the record's type and what it says it holds."""
    is_truncated = head.get("WARC-Truncated") is not None
    is_whole = head.type in ("response", "request", "resource", "conversion")
    is_segment = head.get("WARC-Segment-Number") is not None
    field = head.get("WARC-Payload-Digest") if is_whole and not is_segment else None
    payload = Payload(field, is_truncated=is_truncated)
    is_http = _is_http(head)
    if is_http and head.type == "response":
        return Response(payload, is_truncated=is_truncated or is_segment, has_body=True)
    if is_http and head.type == "revisit" and head.get("Content-Length") != "0":
        return Response(payload, is_truncated=True, has_body=False)
    if is_http and head.type == "request":
        return Request(payload)
    return Plain(payload)


def _is_http(head: RecordHead) -> bool:
    """Whether the block says that it is an HTTP message, or must be one by its address."""
    content_type = head.get("Content-Type")
    url = (head.get("WARC-Target-URI") or "").lstrip("<").lower()
    if content_type is None:
        return url.startswith(("http:", "https:"))
    return content_type.lower().startswith("application/http")


def _digest_fields(head: RecordHead) -> Iterator[Problem]:
    for name in ("WARC-Block-Digest", "WARC-Payload-Digest"):
        field = head.get(name)
        if field is not None and not Digester(field).is_known:
            yield "unknown-digest", f"{name} is {field[:100]!r}"
    if head.type in _WITHOUT_PAYLOAD and head.get("WARC-Payload-Digest"):
        yield "digest-without-payload", f"a {head.type} record has a WARC-Payload-Digest"
