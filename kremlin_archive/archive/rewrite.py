"""A record's bytes from its fields and block, where those in the file cannot be copied as they stand."""

from __future__ import annotations

import zlib

from kremlin_archive.archive.reader import RawRecord
from kremlin_archive.archive.warcfields import VERSION

_END = b"\r\n\r\n"
_LEVEL = 9


def rewritten(record: RawRecord) -> bytes:
    """The record as one gzip member: the same fields in their order, the same block, framing that is right.

    ``WARC/1.1`` whatever it was before: all that 1.0 allows is allowed there too.
    """
    lines = [VERSION, *(f"{name}: {value}" for name, value in record.fields)]
    encoder = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    head = "\r\n".join(lines).encode() + _END
    return encoder.compress(head + record.block + _END) + encoder.flush()
