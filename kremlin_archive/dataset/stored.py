"""From a row of the tables back to the stored page it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kremlin_archive.archive.captures import capture_of
from kremlin_archive.archive.closed_warcs import WARCS
from kremlin_archive.archive.reader import read_record_at
from kremlin_archive.dataset.extraction import extract_capture
from kremlin_archive.errors import WarcError
from kremlin_archive.records import EventPage


def stored_record(root: Path, row: Mapping[str, Any]) -> EventPage:
    """The record of the capture that a row points to.

    Raises WarcError when the bytes are not in the archive any more, or are not those.
    """
    name, offset = row["warc_filename"], row["warc_record_offset"]
    try:
        record = read_record_at(root / WARCS / name, offset)
    except OSError as error:
        raise WarcError(f"{name}: cannot be read: {error.strerror or error}") from error
    capture = capture_of(record, name=name, run_id="")
    if capture is None or capture.pointer.record_id != row["warc_record_id"]:
        raise WarcError(f"{name}: offset {offset}: is not {row['warc_record_id']}")
    page = extract_capture(capture)
    if page.record is None:
        raise WarcError(f"{name}: offset {offset}: {page.problem or 'no page of an event'}")
    return page.record
