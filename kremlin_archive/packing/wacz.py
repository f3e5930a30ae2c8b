"""Pack an archive, or some of its documents, as one WACZ 1.1.1 file.

::

    archive/*.warc.gz             the WARC files as they are; or, of a selection, one file of chosen records
    indexes/index.cdx.gz .idx     their CDXJ in compressed blocks
    pages/pages.jsonl             one line a document: id, url, ts, title, text
    datapackage.json              every file above with sha256 and bytes
    datapackage-digest.json       the sha256 of that

Specification: https://specs.webrecorder.net/wacz/1.1.1/. What is compressed already is stored, so that a
reader can fetch single records out of the file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from kremlin_archive import __version__
from kremlin_archive.archive.line_sort import LineSorter
from kremlin_archive.dataset.shards import LICENSE, SOURCE
from kremlin_archive.errors import UsageError
from kremlin_archive.packing import block_index
from kremlin_archive.packing.chosen_records import ChosenRecords, chosen_members
from kremlin_archive.packing.contents import Contents, PackedPage, rfc3339
from kremlin_archive.packing.hashed_zip import HashedZip, Resource
from kremlin_archive.packing.hashing import COPY, copy_checked
from kremlin_archive.packing.output import OnProgress, Packed, new_output
from kremlin_archive.packing.selection import Selection
from kremlin_archive.packing.source import Source, open_source

VERSION = "1.1.1"
CHOSEN = "chosen.warc.gz"
"""Name of the WARC file that holds the records of a selection."""

_LICENSE_URL = "https://creativecommons.org/licenses/by/4.0/"
_PAGES_HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "Event pages", "hasText": True}


@dataclass(frozen=True, slots=True)
class _Job:
    source: Source
    selection: Selection
    folder: Path
    """For temporary files, beside the package."""
    on_progress: OnProgress


def pack_wacz(
    root: Path,
    out: Path,
    selection: Selection = Selection(),  # noqa: B008 - frozen
    *,
    on_progress: OnProgress = lambda *_: None,
) -> Packed:
    """Write ``out``, which must not exist yet; it appears under its name when it is whole.

    Raises UsageError when there is no snapshot or nothing in the selection, WarcError when a WARC file is
    not the one the snapshot was made from, and PackError when ``out`` cannot be written.
    """
    source = open_source(root)
    with new_output(out) as (aside, folder):
        job = _Job(source, selection, folder, on_progress)
        with (
            HashedZip(aside, source.moment) as file,
            Contents(source, selection, folder) as contents,
        ):
            if contents.captures == 0:
                raise UsageError("no document of the archive is in this selection")
            lines = _write_archive(job, file, contents)
            _write_index(file, lines)
            pages = _write_pages(file, contents.pages())
            captures = contents.captures
            _write_package(job, file, pages)
    return Packed(out, out.stat().st_size, pages, captures, source.snapshot.name, source.left_out)


def _write_archive(job: _Job, file: HashedZip, contents: Contents) -> Iterator[bytes]:
    """Write the WARC records; returns the lines of their index, sorted."""
    warcs = job.source.warcs
    if not job.selection.is_everything:
        return _write_chosen(job, file, contents)
    for count, warc in enumerate(warcs, 1):
        with file.member(f"archive/{warc.path.name}", at_most=warc.bytes) as member:
            copy_checked(warc.path, warc.sha256, member)
        job.on_progress(count, len(warcs), warc.name)
    return job.source.index_lines()


def _write_chosen(job: _Job, file: HashedZip, contents: Contents) -> Iterator[bytes]:
    sorter = LineSorter(job.folder)
    warcs = job.source.warcs
    at_most = sum(warc.bytes for warc in warcs)
    with file.member(f"archive/{CHOSEN}", at_most=at_most) as member:
        records = ChosenRecords(CHOSEN, member.write)
        for count, warc in enumerate(warcs, 1):
            captures = contents.captures_in(warc.name)
            members = chosen_members(warc.path, captures) if captures else []
            for entry in records.copy(warc.path, members):
                sorter.add(entry.line)
            job.on_progress(count, len(warcs), warc.name)
    return sorter.sorted()


def _write_index(file: HashedZip, lines: Iterator[bytes]) -> None:
    with TemporaryFile() as summary:
        summary.write(block_index.HEADER)
        with file.member(f"indexes/{block_index.DATA}", at_most=_size_of_archive(file)) as member:
            for block in block_index.blocks(lines):
                member.write(block.data)
                summary.write(block.summary)
        at_most = summary.tell()
        summary.seek(0)
        path = f"indexes/{block_index.SUMMARY}"
        with file.member(path, at_most=at_most, compressed=True) as member:
            while data := summary.read(COPY):
                member.write(data)


def _write_pages(file: HashedZip, pages: Iterator[PackedPage]) -> int:
    """Write the page list; returns how many pages there are."""
    count = 0
    # Text is at most as large as the pages it was read from are when they are unpacked.
    at_most = 20 * _size_of_archive(file)
    with file.member("pages/pages.jsonl", at_most=at_most, compressed=True) as member:
        member.write(_json_line(_PAGES_HEADER))
        for page in pages:
            line = {
                "id": page.doc_id,
                "url": page.url,
                "ts": page.ts,
                "title": page.title,
                "text": page.text,
            }
            member.write(_json_line(line))
            count += 1
    return count


def _write_package(job: _Job, file: HashedZip, pages: int) -> None:
    package = {
        "profile": "data-package",
        "title": f"kremlin-archive, snapshot {job.source.snapshot.name}",
        "description": f"{pages:,} event pages of {SOURCE}, as they were captured.",
        "created": rfc3339(job.source.moment),
        "wacz_version": VERSION,
        "software": f"kremlin-archive/{__version__}",
        "licenses": [{"name": LICENSE, "path": _LICENSE_URL}],
        "resources": [_resource(one) for one in file.resources],
    }
    data = json.dumps(package, ensure_ascii=False, indent=2).encode()
    digest = {
        "path": "datapackage.json",
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }
    for name, content in (
        ("datapackage.json", data),
        ("datapackage-digest.json", json.dumps(digest, indent=2).encode()),
    ):
        with file.member(name, at_most=len(content), compressed=True) as member:
            member.write(content)


def _resource(one: Resource) -> dict[str, Any]:
    return {
        # Frictionless allows these characters in names only.
        "name": re.sub(r"[^a-z0-9._-]", "-", one.path.rpartition("/")[2].lower()),
        "path": one.path,
        "hash": f"sha256:{one.sha256}",
        "bytes": one.bytes,
    }


def _json_line(value: dict[str, Any]) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False)}\n".encode()


def _size_of_archive(file: HashedZip) -> int:
    return sum(one.bytes for one in file.resources if one.path.startswith("archive/"))
