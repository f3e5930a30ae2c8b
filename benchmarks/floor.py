"""The least that reading an archive can cost: read each WARC record, gunzip it, parse the HTML; no more.

python -m benchmarks.floor WARC…
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType
from selectolax.lexbor import LexborHTMLParser

if __name__ == "__main__":
    for name in sys.argv[1:]:
        with Path(name).open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.response):
                body = record.reader.read()
                if body[:2] == b"\x1f\x8b":
                    body = gzip.decompress(body)
                LexborHTMLParser(body)
