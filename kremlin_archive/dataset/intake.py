"""Take exchanges in during a crawl: the WARC record first, then the row, file by file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.originals import Originals
from kremlin_archive.archive.writer import RunFacts, WarcWriter
from kremlin_archive.dataset.extraction import Extraction, extract_capture
from kremlin_archive.dataset.fingerprint import content_sha256
from kremlin_archive.dataset.parts import PartWriter, part_path
from kremlin_archive.records import Capture


class Memory(Originals, Protocol):
    """Originals that can be told of one more."""

    def remember(self, capture: Capture) -> None:
        """Know a response that was just stored."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An exchange that is stored: its answer, what that says, and the hash of that content.

    ``capture`` has the content also where the record is a revisit, which has not.
    """

    capture: Capture
    extraction: Extraction
    content_sha256: str | None


class Intake:
    """Stores the exchanges of one run; ``close`` gives WARC and part their final names.

    Raises OSError when the disk refuses; what was stored before stays whole.
    """

    def __init__(
        self, root: Path, facts: RunFacts, *, max_bytes: int, originals: Memory | None = None
    ) -> None:
        self._root = root
        self._memory = originals
        self._part: PartWriter | None = None
        self._writer = WarcWriter(
            root,
            facts,
            max_bytes=max_bytes,
            originals=originals,
            on_open=self._begin_part,
            on_close=self._end_part,
        )

    @property
    def warcs(self) -> list[Path]:
        """Final paths of the WARC files closed so far."""
        return self._writer.paths

    def take(self, exchange: Exchange) -> Taken | None:
        """Store an exchange, then read it; None when no HTTP answer came."""
        stored = self._writer.store(exchange)
        if stored is None:
            return None
        extraction = extract_capture(stored.answer)
        if stored.capture is stored.answer:
            self._add_row(stored.capture, extraction)
        else:  # a revisit: what it says is in the row of its original
            self._add_row(stored.capture, extract_capture(stored.capture))
        if self._memory is not None and extraction.problem_kind != "challenge":
            self._memory.remember(stored.capture)
        record = extraction.record
        content = content_sha256(record) if record is not None else None
        return Taken(stored.answer, extraction, content)

    def close(self) -> None:
        """Close the WARC being written and its part."""
        self._writer.close()

    def _add_row(self, capture: Capture, extraction: Extraction) -> None:
        if self._part is None:
            return
        try:
            self._part.add(capture, extraction)
        except BaseException:
            # A part without this row would pass for the whole file; without a part it is read again.
            self._part.abort()
            self._part = None
            raise

    def _begin_part(self, warc: Path) -> None:
        self._part = PartWriter(part_path(self._root, self._name(warc)))

    def _end_part(self, warc: Path) -> None:
        if self._part is not None:
            self._part.close(warc, self._name(warc))
        self._part = None

    def _name(self, warc: Path) -> str:
        return warc.relative_to(self._root / "warc").as_posix()
