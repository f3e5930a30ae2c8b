"""One WARC file, from its first byte to its last: one task with one outcome, for any executor."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kremlin_archive.archive.bytestream import HashedFile
from kremlin_archive.archive.scan import Damage, RecordEnd, RecordHead, scan
from kremlin_archive.archive.warcfields import parse_date
from kremlin_archive.archive.writer import OPEN_SUFFIX
from kremlin_archive.verify.claims import Claim, Claimant, Fact, Walk, differences
from kremlin_archive.verify.findings import Findings, finding
from kremlin_archive.verify.identities import Identities
from kremlin_archive.verify.record import RecordCheck

_OUR_NAME = re.compile(r"kremlin-\d{17}-\d{5}-(?!import-).+\.warc\.gz(?:\.open)?")
_OUR_SOFTWARE = re.compile(rb"^software:[^\r\n]*\bkremlin-archive/", re.MULTILINE | re.IGNORECASE)
_IMPORT = re.compile(rb"^isPartOf:\s*import/", re.MULTILINE | re.IGNORECASE)
"""What the warcinfo of an import says: its records were written by others."""
_MAX_WARCINFO = 1 << 16
_PLAIN_TRAILER = 4

OnBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A file to verify: ``name`` in findings, ``number`` among the files, and the claims on it.

    ``claimants`` are those the claims' numbers mean; ``is_indexed`` says that an index should hold every
    capture; ``in_archive`` that all files of the archive are looked at, so what is named must be among them.
    """

    path: Path
    name: str
    number: int = 0
    claims: Path | None = None
    claimants: tuple[Claimant, ...] = ()
    is_indexed: bool = False
    in_archive: bool = False


@dataclass(slots=True)
class Outcome:
    """What is wrong with a file, what was counted, and the ids in it (see ``identities.py``)."""

    number: int
    size: int = 0
    sha256: str = ""
    records: int = 0
    claims: int = 0
    """Index lines and table rows that point into the file, right or wrong."""
    findings: Findings = field(default_factory=Findings)
    identities: bytes = b""
    references: bytes = b""


def verify_warc(task: Task, on_bytes: OnBytes | None = None) -> Outcome:
    """Read a file once and check all that can be checked of it alone. Raises OSError."""
    check = _FileCheck(task)
    with task.path.open("rb") as opened:
        file = HashedFile(opened)
        for event in scan(file):
            match event:
                case bytes():
                    check.piece(event)
                case RecordHead():
                    check.head(event)
                case RecordEnd():
                    check.end(event)
                    if on_bytes is not None:
                        on_bytes(file.seen)
                case Damage():
                    check.damage(event)
        check.close()
        outcome = check.outcome
        outcome.sha256, outcome.size = file.sha256(), file.size
    return outcome


class _FileCheck:
    """The checks of one file, fed with the events of its scan."""

    def __init__(self, task: Task) -> None:
        self.outcome = Outcome(task.number)
        self._task = task
        self._ours = _OUR_NAME.fullmatch(task.path.name) is not None
        self._imported = False
        self._record: RecordCheck | None = None
        self._warcinfo = b""
        self._identities = Identities(task.number)
        self._walk = Walk(task.claims)

    def head(self, head: RecordHead) -> None:
        """A record begins."""
        self._record = RecordCheck(head)
        self._warcinfo = b""
        if self.outcome.records == 0 and head.type != "warcinfo":
            self._found("warcinfo-not-first", f"the first record is a {head.type}", head.offset)
        self.outcome.records += 1

    def piece(self, piece: bytes) -> None:
        """Bytes of its block."""
        if self._record is None:
            return
        self._record.feed(piece)
        if self._record.head.type == "warcinfo" and len(self._warcinfo) < _MAX_WARCINFO:
            self._warcinfo += piece

    def end(self, end: RecordEnd) -> None:
        """The record ends."""
        if self._record is None:
            return
        record, head = self._record, self._record.head
        if head.type == "warcinfo":
            self._file_facts(head)
        for code, problem in record.problems(whole=end.whole):
            self._found(code, problem, head.offset)
        ours = self._ours and self._task.in_archive
        self._identities.add(head, ours=ours, imported=self._imported)
        self._compare(record, end)

    def damage(self, damage: Damage) -> None:
        """The framing is wrong."""
        self._found(damage.code, damage.problem, damage.offset)

    def close(self) -> None:
        """The file ends."""
        if self.outcome.records == 0 and len(self.outcome.findings) == 0:
            self._found("empty-file", "the file holds nothing but empty gzip members", 0)
        for claim in self._walk.before(None):
            self._nothing_there(claim)
        self.outcome.identities = bytes(self._identities.records)
        self.outcome.references = bytes(self._identities.references)

    def _found(self, code: str, problem: str, offset: int) -> None:
        head = self._record.head if self._record is not None else None
        identity = head.get("WARC-Record-ID") if head and head.offset == offset else None
        self.outcome.findings.add(
            finding(
                code, self._task.name, problem, ours=self._ours, offset=offset, record_id=identity
            )
        )

    def _file_facts(self, head: RecordHead) -> None:
        """What a warcinfo says of its file: whose it is, and its name."""
        if self.outcome.records == 1:
            self._imported = _IMPORT.search(self._warcinfo) is not None
            written = _OUR_SOFTWARE.search(self._warcinfo) is not None
            self._ours = (self._ours or written) and not self._imported
        said = head.get("WARC-Filename")
        name = self._task.path.name.removesuffix(OPEN_SUFFIX)
        if said and said.strip('"') != name and self.outcome.records == 1:
            self._found("warc-filename", f"WARC-Filename is {said}", head.offset)

    def _compare(self, record: RecordCheck, end: RecordEnd) -> None:
        """The claims on this record with the record, and whether the index has it."""
        head = record.head
        for claim in self._walk.before(head.offset):
            self._nothing_there(claim)
        fact = _fact(record, end)
        indexed = False
        for claim in self._walk.at(head.offset):
            self.outcome.claims += 1
            claimant = self._task.claimants[claim.claimant]
            indexed = indexed or claimant.kind == "index"
            if wrong := differences(claim, fact):
                self._claim_is_wrong(claim, f"has another {', '.join(wrong)}", fact.identity)
        if self._task.is_indexed and not indexed and end.whole and _is_capture(head):
            self._found("not-indexed", f"no line of the index leads to {fact.url}", head.offset)

    def _nothing_there(self, claim: Claim) -> None:
        self.outcome.claims += 1
        self._claim_is_wrong(claim, "points to a place where no record begins", None)

    def _claim_is_wrong(self, claim: Claim, problem: str, identity: str | None) -> None:
        claimant = self._task.claimants[claim.claimant]
        place = f"{self._task.name} at offset {claim.offset:,}"
        self.outcome.findings.add(
            finding(
                claimant.code,
                claimant.file,
                f"{place}: {problem}",
                row=claim.row,
                record_id=identity,
            )
        )


def _fact(record: RecordCheck, end: RecordEnd) -> Fact:
    head = record.head
    length = end.length or 0
    url = head.get("WARC-Target-URI")
    instant = parse_date(head.get("WARC-Date") or "")
    return Fact(
        # cdxj-indexer leaves the empty line behind an uncompressed record out
        lengths=(length, length - _PLAIN_TRAILER),
        identity=head.get("WARC-Record-ID"),
        digest=head.get("WARC-Payload-Digest"),
        url=url.strip("<>") if url else None,
        status=record.status,
        second=int(f"{instant:%Y%m%d%H%M%S}") if instant else 0,
    )


def _is_capture(head: RecordHead) -> bool:
    url = (head.get("WARC-Target-URI") or "").strip("<>")
    return head.type in ("response", "revisit") and url.startswith(("http:", "https:"))
