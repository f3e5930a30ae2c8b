"""Which record ids exist, and which records name which: joined over all files without holding them.

Each record gives one packed entry of 53 bytes, each reference that is not resolved at once one of 70. They
go to temporary files by the id's first byte; at the end one of 64 such pairs of files after the other is
loaded, sorted and compared. So an archive of a million records needs 53 MB of temporary disk space and some
10 MB of memory; besides, a file's own ids are in memory, packed, until it is read. Texts (ids that are no
UUIDs, addresses, dates, digests) are compared by hash.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from struct import Struct
from typing import Literal, NamedTuple
from uuid import UUID

from kremlin_archive.archive.scan import RecordHead
from kremlin_archive.verify.digests import normal
from kremlin_archive.verify.findings import Finding, finding
from kremlin_archive.verify.spool import Spool

BUCKETS = 64
_UUID = re.compile(r"<urn:uuid:([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})>")
_TYPES = ("", "response", "revisit", "resource", "wget's own")
_WGET = "metadata://gnu.org/software/wget/"
"""wget's papers about itself; wget 1.14 gave its manifest and its arguments the same id."""
_KINDS = ("concurrent-to", "warcinfo-id", "refers-to", "revisit")
Kind = Literal["concurrent-to", "warcinfo-id", "refers-to", "revisit"]

_RECORD = Struct(">16sIQB8s8s8s")
_REFERENCE = Struct(">16s16sIQB8s8s8sB")
_TARGET_IS_UUID, _SELF_IS_UUID, _OURS, _IMPORTED = 1, 2, 4, 8
_UNSAID = bytes(8)
_NEIGHBOURS = 16
"""Records before the present one that its exchange may be among."""


class Record(NamedTuple):
    """A record that exists: its id, where it is, and what a revisit of it must repeat."""

    identity: bytes
    file: int
    offset: int
    type: int
    uri: bytes
    date: bytes
    digest: bytes


class Reference(NamedTuple):
    """A record naming another: ``target`` is named by ``identity``, at ``offset`` of ``file``."""

    target: bytes
    identity: bytes
    file: int
    offset: int
    kind: int
    uri: bytes
    date: bytes
    digest: bytes
    flags: int


def short(identity: str) -> tuple[bytes, bool]:
    """A record id in 16 bytes: the UUID itself, or a hash of what is none; and which of the two."""
    match = _UUID.fullmatch(identity)
    if match is not None:
        return UUID(match[1]).bytes, True
    return blake2b(identity.encode(), digest_size=16).digest(), False


def text_hash(text: str | None) -> bytes:
    """Eight bytes to compare texts by; zeros for a text that is not there."""
    return blake2b(text.encode(), digest_size=8).digest() if text else _UNSAID


def digest_hash(field: str | None) -> bytes:
    """Eight bytes to compare digest fields by: one for the algorithm, seven for the value."""
    if not field:
        return _UNSAID
    algorithm, value = normal(field)
    return (
        blake2b(algorithm.encode(), digest_size=1).digest()
        + blake2b(value.encode(), digest_size=7).digest()
    )


class Identities:
    """The packed ids and references of one file."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._recent: deque[str] = deque(maxlen=_NEIGHBOURS)
        self._warcinfo = ""
        self.records = bytearray()
        self.references = bytearray()

    def add(self, head: RecordHead, *, ours: bool, imported: bool) -> None:
        """Take in a record's id and the ids it names; whose file it is decides how bad a gap is."""
        origin = _OURS * ours | _IMPORTED * imported
        identity = head.get("WARC-Record-ID")
        if identity is None:
            return
        self.records += _RECORD.pack(
            short(identity)[0],
            self._file,
            head.offset,
            _TYPES.index(_type_of(head)),
            text_hash(head.get("WARC-Target-URI")),
            text_hash(head.get("WARC-Date")),
            digest_hash(head.get("WARC-Payload-Digest")),
        )
        for kind, target in _named_by(head):
            # Nearly all name the file's warcinfo or a neighbour: no entry for those.
            known = target == self._warcinfo or target in self._recent
            if kind in ("revisit", "refers-to") or not known:
                self.references += self._reference(head, identity, kind, target, origin)
        self._recent.append(identity)
        if head.type == "warcinfo":
            self._warcinfo = identity

    def _reference(
        self, head: RecordHead, identity: str, kind: Kind, target: str, origin: int
    ) -> bytes:
        target_id, target_is_uuid = short(target)
        self_id, self_is_uuid = short(identity)
        flags = _TARGET_IS_UUID * target_is_uuid | _SELF_IS_UUID * self_is_uuid | origin
        repeated = (
            (
                text_hash(head.get("WARC-Refers-To-Target-URI")),
                text_hash(head.get("WARC-Refers-To-Date")),
                digest_hash(head.get("WARC-Payload-Digest")),
            )
            if kind == "revisit"
            else (_UNSAID, _UNSAID, _UNSAID)
        )
        place = (self._file, head.offset, _KINDS.index(kind))
        return _REFERENCE.pack(target_id, self_id, *place, *repeated, flags)


class Join:
    """All ids and references of all files, in temporary files below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._records = Spool(folder / "records", _RECORD.size)
        self._references = Spool(folder / "references", _REFERENCE.size)

    def take(self, records: bytes, references: bytes) -> None:
        """Take in what one file gave."""
        for spool, packed in ((self._records, records), (self._references, references)):
            for at in range(0, len(packed), spool.width):
                spool.add(packed[at] % BUCKETS, packed[at : at + spool.width])

    def findings(self, names: Sequence[str]) -> Iterator[Finding]:
        """Ids that are there twice, and references to what is not there or is not what it should be."""
        for bucket in range(BUCKETS):
            records = [Record(*_RECORD.unpack(entry)) for entry in self._records.read(bucket)]
            named = {entry[:16] for entry in self._references.read(bucket)}
            found: dict[bytes, Record] = {}
            for identity, same in groupby(records, key=lambda record: record.identity):
                first, *others = same
                if identity in named:
                    found[identity] = first
                yield from (_twice(first, other, names) for other in others)
            for entry in self._references.read(bucket):
                reference = Reference(*_REFERENCE.unpack(entry))
                yield from _unsound(reference, found.get(reference.target), names)


def _type_of(head: RecordHead) -> str:
    url = head.get("WARC-Target-URI") or ""
    if head.type == "resource" and url.lstrip("<").startswith(_WGET):
        return "wget's own"
    return head.type if head.type in _TYPES else ""


def _named_by(head: RecordHead) -> Iterator[tuple[Kind, str]]:
    for name, value in head.fields:
        match name.lower():
            case "warc-concurrent-to":
                yield "concurrent-to", value
            case "warc-warcinfo-id":
                yield "warcinfo-id", value
            case "warc-refers-to":
                yield ("revisit" if head.type == "revisit" else "refers-to"), value


def _twice(first: Record, other: Record, names: Sequence[str]) -> Finding:
    there = f"{names[first.file]} at offset {first.offset:,}"
    problem = f"the WARC-Record-ID is also that of the record in {there}"
    identity = f"<urn:uuid:{UUID(bytes=other.identity)}>" if _is_random_uuid(other) else None
    both_papers = _TYPES[first.type] == _TYPES[other.type] == "wget's own"
    return finding(
        "duplicate-id-of-wget" if both_papers else "duplicate-record-id",
        names[other.file],
        problem,
        offset=other.offset,
        record_id=identity,
    )


def _is_random_uuid(record: Record) -> bool:
    """Whether the 16 bytes look like a version 1 to 5 UUID, and not like a hash of another form."""
    uuid = UUID(bytes=record.identity)
    return uuid.variant == "specified in RFC 4122" and uuid.version in range(1, 6)


def _unsound(one: Reference, target: Record | None, names: Sequence[str]) -> Iterator[Finding]:
    kind: Kind = _KINDS[one.kind]  # type: ignore[assignment] # packed as an index of the four
    named = _shown(one.target, one.flags & _TARGET_IS_UUID)
    if target is None:
        code = f"dangling-{'refers-to' if kind == 'revisit' else kind}"
        if one.flags & _IMPORTED and kind == "concurrent-to":
            code = "partner-left-behind"
        yield _about(one, code, f"it names {named}, which is in none of the files", names)
    elif kind == "revisit":
        there = f"{names[target.file]} at offset {target.offset:,}"
        yield from (
            _about(one, code, f"{words}: {there}", names) for code, words in _repeats(one, target)
        )


def _repeats(one: Reference, target: Record) -> Iterator[tuple[str, str]]:
    """What a revisit says of the record it repeats that is not so."""
    if _TYPES[target.type] == "revisit":
        yield "refers-to-a-revisit", "WARC-Refers-To names a revisit, not the original"
    elif _TYPES[target.type] not in ("response", "resource"):
        yield "refers-to-no-response", "WARC-Refers-To names a record that is no response"
    if one.uri not in (_UNSAID, target.uri):
        yield "refers-to-other-uri", "WARC-Refers-To-Target-URI is not the original's Target-URI"
    if one.date not in (_UNSAID, target.date):
        yield "refers-to-other-date", "WARC-Refers-To-Date is not the original's WARC-Date"
    comparable = _UNSAID not in (one.digest, target.digest) and one.digest[0] == target.digest[0]
    if comparable and one.digest != target.digest:
        yield "refers-to-other-digest", "WARC-Payload-Digest is not the original's"


def _about(one: Reference, code: str, problem: str, names: Sequence[str]) -> Finding:
    return finding(
        code,
        names[one.file],
        problem,
        ours=bool(one.flags & _OURS),
        offset=one.offset,
        record_id=_shown(one.identity, one.flags & _SELF_IS_UUID),
    )


def _shown(identity: bytes, is_uuid: int) -> str:
    return (
        f"<urn:uuid:{UUID(bytes=identity)}>" if is_uuid else "a record with an id of its own form"
    )
