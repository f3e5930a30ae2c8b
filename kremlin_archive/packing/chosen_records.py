"""Copy chosen records out of WARC files, their gzip members byte for byte, so digests and ids stay true.

With each response go the records that name it, or that it names, as concurrent: its request and metadata.
What is chosen of a file is preceded by that file's ``warcinfo``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kremlin_archive.archive.cdxj import IndexEntry, index_entry
from kremlin_archive.archive.reader import RawRecord, read_records
from kremlin_archive.dataset.part_schema import record_uuid
from kremlin_archive.errors import WarcError

_READ = 1 << 20
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Member:
    """A gzip member to be copied, and what an index says of it (None: nothing)."""

    offset: int
    length: int
    entry: IndexEntry | None


def chosen_members(warc: Path, captures: frozenset[str]) -> list[Member]:
    """Members of a file that go with some of its captures, in their order; empty when none is there.

    Raises WarcError when the file cannot be read to its end: nobody would know what is missing.
    """
    members: dict[int, Member] = {}
    others: dict[str, Member] = {}
    wanted = set(captures)
    for record in read_records(warc):
        identity = record_uuid(record.get("WARC-Record-ID") or "")
        named = _concurrent_to(record)
        if identity in captures:
            wanted |= named
            for earlier in named & others.keys():
                members[others[earlier].offset] = others[earlier]
        member = _member(warc, record)
        if record.type == "warcinfo" or identity in wanted or not captures.isdisjoint(named):
            members[member.offset] = member
        else:
            others[identity] = member
    chosen = [members[offset] for offset in sorted(members)]
    return chosen if captures else []


class ChosenRecords:
    """Copies members into one new WARC file and says where their captures lie now."""

    def __init__(self, name: str, write: Callable[[bytes], object]) -> None:
        self._name = name
        self._write = write
        self._offset = 0
        self.records = 0

    def copy(self, warc: Path, members: list[Member]) -> Iterator[IndexEntry]:
        """Copy members of one file; yields the entries of their captures."""
        with warc.open("rb") as file:
            for member in members:
                self._copy(warc, file, member)
                if member.entry is not None:
                    yield member.entry.moved(self._name, self._offset)
                self._offset += member.length
                self.records += 1

    def _copy(self, warc: Path, file: BinaryIO, member: Member) -> None:
        file.seek(member.offset)
        left = member.length
        while left:
            data = file.read(min(left, _READ))
            is_first = left == member.length
            if not data or (is_first and not data.startswith(_GZIP)):
                raise WarcError(
                    f"{warc}: offset {member.offset}: no gzip member of a record is here"
                )
            self._write(data)
            left -= len(data)


def _member(warc: Path, record: RawRecord) -> Member:
    return Member(record.offset, record.length, index_entry(record, warc.name))


def _concurrent_to(record: RawRecord) -> set[str]:
    return {
        record_uuid(value) for name, value in record.fields if name.lower() == "warc-concurrent-to"
    }
