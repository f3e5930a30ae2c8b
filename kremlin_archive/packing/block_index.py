"""A CDXJ as compressed blocks with a small index of them (ZipNum): replay fetches one block, not the whole.

``index.cdx.gz`` is gzip members of 1,024 lines each; ``index.idx`` names the first key of each block, its
offset, length and sha256. py-wacz writes the same two files.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

LINES = 1024
DATA = "index.cdx.gz"
SUMMARY = "index.idx"
HEADER = f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': DATA})}\n".encode()


@dataclass(frozen=True, slots=True)
class Block:
    """One gzip member, and its line in the summary."""

    data: bytes
    summary: bytes


def blocks(lines: Iterable[bytes]) -> Iterator[Block]:
    """Cut sorted lines into blocks."""
    source = iter(lines)
    offset = 0
    while batch := list(islice(source, LINES)):
        packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        data = packer.compress(b"".join(batch)) + packer.flush()
        first = batch[0].split(b"{", 1)[0].strip()
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        place = json.dumps({"offset": offset, "length": len(data), "digest": digest})
        yield Block(data, first + f" {place}\n".encode())
        offset += len(data)
