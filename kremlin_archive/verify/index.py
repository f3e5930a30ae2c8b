"""The CDXJ index by itself: its lines in order, each readable; what they say of records becomes claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kremlin_archive.archive.cdxj import IndexEntry, parse_line, sort_key
from kremlin_archive.errors import WarcError
from kremlin_archive.verify.claims import packed
from kremlin_archive.verify.findings import Finding, finding
from kremlin_archive.verify.spool import Spool

INDEX = "index/kremlin.cdxj"
_MAX_LINE = 1 << 20


def index_findings(
    path: Path, claimant: int, files: Mapping[str, int], claims: Spool
) -> Iterator[Finding]:
    """What is wrong with the index itself; puts a claim for each line into the bucket of the file it names.

    ``files`` gives the number of each WARC file by its name as index lines say it, without folder.
    """
    before = b""
    with path.open("rb") as file:
        for row, line in enumerate(iter(lambda: file.readline(_MAX_LINE), b""), 1):
            if line <= before:
                code, words = _out_of_order(line, before)
                yield finding(code, INDEX, words, row=row)
            before = line
            try:
                entry = parse_line(line)
                number = _file_of(entry, files)
                claims.add(number, _claim(entry, claimant, row))
            except WarcError as error:
                yield finding("index-line-broken", INDEX, str(error), row=row)


def _out_of_order(line: bytes, before: bytes) -> tuple[str, str]:
    if line == before:
        return "index-line-repeated", "the line is there twice"
    return "index-unsorted", "the line sorts before the one above it"


def _file_of(entry: IndexEntry, files: Mapping[str, int]) -> int:
    """Number of the file a line names. Raises WarcError when there is none, or when the key is wrong."""
    name, url = entry.fields.get("filename", ""), entry.fields.get("url", "")
    if name not in files:
        raise WarcError(f"there is no WARC file {name!r}")
    if entry.key != sort_key(url):
        raise WarcError(f"the key is not that of {url}, {sort_key(url)}")
    return files[name]


def _claim(entry: IndexEntry, claimant: int, row: int) -> bytes:
    """The line as a claim. Raises WarcError when a number in it is none."""
    fields = entry.fields
    try:
        status = fields.get("status", "0")
        return packed(
            claimant,
            row,
            int(fields["offset"]),
            int(fields["length"]),
            digest=fields.get("digest"),
            url=fields.get("url"),
            status=int(status) if status.isdigit() else 0,
            second=int(entry.timestamp),
        )
    except (KeyError, ValueError) as error:
        raise WarcError(f"offset, length or status is missing or no number: {error}") from error
