"""The sound records of a broken WARC file, for an import that takes what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kremlin_archive.archive.bytestream import HashedFile
from kremlin_archive.archive.reader import MAX_RECORD, RawRecord
from kremlin_archive.archive.scan import Damage, RecordEnd, RecordHead, scan
from kremlin_archive.errors import WarcError
from kremlin_archive.verify.findings import finding
from kremlin_archive.verify.record import RecordCheck

OnFault = Callable[[WarcError], None]


def salvageable_records(path: Path, on_fault: OnFault | None = None) -> Iterator[RawRecord]:
    """Yield the records that are whole and in which ``verify`` finds no fault, in file order.

    What is wrong with the others, and with the bytes between, is given to ``on_fault``, naming file and
    offset. A record's ``length`` is 0 where its stored bytes cannot be copied as they are (many records in
    one gzip stream, no empty line behind it): ``archive/rewrite.py`` writes it anew then. Memory is one
    record of at most ``MAX_RECORD`` bytes; longer ones count as faults. Raises OSError when the file cannot
    be read.
    """
    with path.open("rb") as opened:
        current: _Kept | None = None
        for event in scan(HashedFile(opened)):
            match event:
                case RecordHead():
                    current = _Kept(event)
                case bytes() if current is not None:
                    current.add(event)
                case Damage():
                    if current is not None:
                        current.is_copyable = False
                    _tell(on_fault, path, event.offset, event.problem)
                case RecordEnd() if current is not None:
                    faults = current.faults(whole=event.whole)
                    for fault in faults:
                        _tell(on_fault, path, current.offset, fault)
                    if event.whole and not faults:
                        yield current.record(event.length)


class _Kept:
    """A record that is kept while it is checked."""

    def __init__(self, head: RecordHead) -> None:
        self._head = head
        self._check = RecordCheck(head)
        self._block = bytearray()
        self._size = 0
        self.offset = head.offset
        self.is_copyable = True

    def add(self, piece: bytes) -> None:
        self._check.feed(piece)
        self._size += len(piece)
        if self._size <= MAX_RECORD:
            self._block += piece

    def faults(self, *, whole: bool) -> list[str]:
        """What is wrong, in words; notes are not."""
        found = [
            problem
            for code, problem in self._check.problems(whole=whole)
            if finding(code, "", problem, ours=False).severity == "fault"
        ]
        if self._size > MAX_RECORD:
            found.append(f"a record of {self._size:,} bytes; at most {MAX_RECORD:,} are taken")
        return found

    def record(self, length: int | None) -> RawRecord:
        stored = length if length is not None and self.is_copyable else 0
        return RawRecord(self.offset, stored, self._head.fields, bytes(self._block))


def _tell(on_fault: OnFault | None, path: Path, offset: int, problem: str) -> None:
    if on_fault is not None:
        on_fault(WarcError(f"{path}: offset {offset}: {problem}"))
