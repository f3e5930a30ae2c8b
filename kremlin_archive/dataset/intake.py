"""Take exchanges in during a crawl: the WARC record first, then the row, file by file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.writer import RunFacts, WarcWriter
from kremlin_archive.dataset.extraction import Extraction, extract_capture
from kremlin_archive.dataset.parts import PartWriter, part_path
from kremlin_archive.records import Capture


@dataclass(frozen=True, slots=True)
class Taken:
    """An exchange that is stored: its capture, what it says, and the hash of that content."""

    capture: Capture
    extraction: Extraction
    content_sha256: str | None


class Intake:
    """Stores the exchanges of one run; ``close`` gives WARC and part their final names.

    Raises OSError when the disk refuses; what was stored before stays whole.
    """

    def __init__(self, root: Path, facts: RunFacts, *, max_bytes: int) -> None:
        self._root = root
        self._part: PartWriter | None = None
        self._writer = WarcWriter(
            root, facts, max_bytes=max_bytes, on_open=self._begin_part, on_close=self._end_part
        )

    @property
    def warcs(self) -> list[Path]:
        """Final paths of the WARC files closed so far."""
        return self._writer.paths

    def take(self, exchange: Exchange) -> Taken | None:
        """Store an exchange, then read it; None when no HTTP answer came."""
        capture = self._writer.store(exchange)
        if capture is None:
            return None
        extraction = extract_capture(capture)
        return Taken(capture, extraction, self._add_row(capture, extraction))

    def close(self) -> None:
        """Close the WARC being written and its part."""
        self._writer.close()

    def _add_row(self, capture: Capture, extraction: Extraction) -> str | None:
        if self._part is None:
            return None
        try:
            row = self._part.add(capture, extraction)
        except BaseException:
            # A part without this row would pass for the whole file; without a part it is read again.
            self._part.abort()
            self._part = None
            raise
        return row["content_sha256"]  # type: ignore[no-any-return]

    def _begin_part(self, warc: Path) -> None:
        self._part = PartWriter(part_path(self._root, self._name(warc)))

    def _end_part(self, warc: Path) -> None:
        if self._part is not None:
            self._part.close(warc, self._name(warc))
        self._part = None

    def _name(self, warc: Path) -> str:
        return warc.relative_to(self._root / "warc").as_posix()
