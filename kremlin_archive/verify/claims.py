"""What index lines and table rows say of records, checked while the records pass.

A *claim* says: in this file, at this offset, lies a record of this length and id, with this digest, address,
status and second. All claims are packed into 70 bytes each, put aside by WARC file in temporary files, and
walked in the order of offsets beside the scan of that file: no record is looked up by seeking. Memory is that
of the claims on one file, some 110 bytes each (a file of 1 GB has about 50,000 captures, so 16 MB).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Literal, NamedTuple

from kremlin_archive.errors import WarcError
from kremlin_archive.verify.identities import short, text_hash
from kremlin_archive.verify.spool import read_entries

_CLAIM = Struct(">QQ16s8s8sHQIQ")
CLAIM_WIDTH = _CLAIM.size
_UNSAID = bytes(8)
_NO_ID = bytes(16)
_MOST = 1 << 63
_MOST_STATUS = 1 << 16

ClaimKind = Literal["index", "row"]
_CODES = {"index": "index-line-wrong", "row": "row-wrong"}


@dataclass(frozen=True, slots=True)
class Claimant:
    """A file that makes claims: the index, or one table file of a snapshot."""

    kind: ClaimKind
    file: str

    @property
    def code(self) -> str:
        """Code of a finding about a claim that is wrong."""
        return _CODES[self.kind]


class Claim(NamedTuple):
    """One packed claim, from row (or line) ``row`` of claimant number ``claimant``; zeros say nothing."""

    offset: int
    length: int
    identity: bytes
    digest: bytes
    url: bytes
    status: int
    second: int
    claimant: int
    row: int


@dataclass(frozen=True, slots=True)
class Fact:
    """What a record is, for claims to be compared with. ``lengths``: ways of counting its bytes."""

    lengths: tuple[int, ...]
    identity: str | None
    digest: str | None
    url: str | None
    status: int | None
    second: int


def packed(
    claimant: int,
    row: int,
    offset: int,
    length: int,
    *,
    identity: str | None = None,
    digest: str | None = None,
    url: str | None = None,
    status: int | None = None,
    second: int = 0,
) -> bytes:
    """A claim as it lies in the temporary files. Raises WarcError when a number is out of all range."""
    if not (min(offset, length, second) >= 0 and max(offset, length, second) < _MOST):
        raise WarcError(f"offset {offset}, length {length} or time {second} is out of all range")
    return _CLAIM.pack(
        offset,
        length,
        short(identity)[0] if identity else _NO_ID,
        text_hash(digest),
        text_hash(url),
        status if status and 0 < status < _MOST_STATUS else 0,
        second,
        claimant,
        row,
    )


class Walk:
    """Goes through the claims on one file as its records pass."""

    def __init__(self, path: Path | None) -> None:
        self._entries = read_entries(path, CLAIM_WIDTH) if path is not None else []
        self._at = 0

    def at(self, offset: int) -> Iterator[Claim]:
        """The claims on ``offset``; call it with rising offsets, after ``before``."""
        while (claim := self._next()) is not None and claim.offset == offset:
            self._at += 1
            yield claim

    def before(self, offset: int | None) -> Iterator[Claim]:
        """The claims on places before ``offset`` (None: all that are left), where no record begins."""
        while (claim := self._next()) is not None and (offset is None or claim.offset < offset):
            self._at += 1
            yield claim

    def _next(self) -> Claim | None:
        if self._at >= len(self._entries):
            return None
        return Claim(*_CLAIM.unpack(self._entries[self._at]))


def differences(claim: Claim, fact: Fact) -> list[str]:
    """What a claim says otherwise than the record, in words."""
    wrong = []
    if claim.length not in fact.lengths:
        wrong.append(
            f"length {claim.length:,} (the record has {fact.lengths[0]:,})"
            if fact.lengths
            else "length"
        )
    if claim.identity != _NO_ID and claim.identity != short(fact.identity or "")[0]:
        wrong.append(f"record id (the record is {fact.identity})")
    if claim.digest != _UNSAID and fact.digest and claim.digest != text_hash(fact.digest):
        wrong.append(f"payload digest (the record has {fact.digest})")
    if claim.url != _UNSAID and claim.url != text_hash(fact.url):
        wrong.append(f"address (the record has {fact.url})")
    if claim.status and fact.status is not None and claim.status != fact.status:
        wrong.append(f"status {claim.status} (the record has {fact.status})")
    if claim.second and claim.second != fact.second:
        wrong.append(f"time {claim.second} (the record has {fact.second})")
    return wrong
