"""What of a source is taken in, and in which form: decided on a first reading, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from kremlin_archive.archive.captures import capture_of
from kremlin_archive.archive.originals import SMALLEST, Original, Originals
from kremlin_archive.archive.reader import RawRecord
from kremlin_archive.errors import WarcError
from kremlin_archive.records import Capture
from kremlin_archive.urls import is_site

Fate = Literal["taken", "as_revisit", "here_already", "other_site", "unlinked", "faulty"]
_OK = 200
_ANSWERS = frozenset({"response", "revisit", "resource"})
_COMPANIONS = frozenset({"request", "metadata", "conversion"})


class Holdings(Originals, Protocol):
    """What an archive holds."""

    def holds(self, capture: Capture) -> bool:
        """Whether this very capture is there already."""


@dataclass(slots=True)
class Choice:
    """The outcome of the first reading; counts are of records, by fate."""

    counts: Counter[Fate] = field(default_factory=Counter)
    taken: set[str] = field(default_factory=set)
    """Ids of the answers to copy."""
    revisits: dict[str, Original] = field(default_factory=dict)
    """Ids of the answers to keep as revisits, and what they repeat."""
    first_date: str | None = None
    faults: list[WarcError] = field(default_factory=list)

    def wants(self, record: RawRecord) -> bool:
        """Whether a record that is no answer goes with what is taken."""
        if record.type == "warcinfo":
            return True
        if record.type not in _COMPANIONS or not is_site(record.get("WARC-Target-URI") or ""):
            return False
        answer = record.get("WARC-Concurrent-To") or record.get("WARC-Refers-To")
        return answer in self.taken

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be taken in."""
        return not self.taken and not self.revisits


def choose(records: Iterator[RawRecord], name: str, holdings: Holdings) -> Choice:
    """Read a source to its end and decide on each of its answers."""
    choice = Choice()
    payloads: dict[str, Original] = {}
    for record in records:
        if record.type not in _ANSWERS:
            continue
        try:
            capture = capture_of(record, name=name, run_id=name)
        except WarcError as fault:
            choice.faults.append(fault)
            choice.counts["faulty"] += 1
            continue
        fate: Fate = "other_site"
        if capture is not None and is_site(capture.url):
            fate = _place(choice, capture, holdings, payloads)
        choice.counts[fate] += 1
    return choice


def _place(
    choice: Choice, capture: Capture, holdings: Holdings, payloads: dict[str, Original]
) -> Fate:
    identity = capture.pointer.record_id
    if holdings.holds(capture) or identity in choice.taken or identity in choice.revisits:
        return "here_already"
    if capture.record_type == "revisit" and not _leads_somewhere(capture, choice, holdings):
        return "unlinked"
    choice.first_date = min(choice.first_date or capture.warc_date, capture.warc_date)
    original = _original(capture, holdings, payloads)
    if original is not None:
        choice.revisits[identity] = original
        return "as_revisit"
    choice.taken.add(identity)
    payloads.setdefault(capture.payload_sha256, Original(identity, capture.url, capture.warc_date))
    return "taken"


def _original(
    capture: Capture, holdings: Holdings, payloads: dict[str, Original]
) -> Original | None:
    whole = (
        capture.record_type == "response" and capture.truncated is None and capture.status == _OK
    )
    if not whole or capture.payload_length < SMALLEST:
        return None
    here = holdings.find(f"sha256:{capture.payload_sha256}", capture.url)
    return here or payloads.get(capture.payload_sha256)


def _leads_somewhere(capture: Capture, choice: Choice, holdings: Holdings) -> bool:
    """Whether the response that a revisit repeats is taken with it or here already."""
    if capture.refers_to in choice.taken:
        return True
    return (
        bool(capture.payload_sha256)
        and holdings.find(f"sha256:{capture.payload_sha256}", capture.url) is not None
    )
