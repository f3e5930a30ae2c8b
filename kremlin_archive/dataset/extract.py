"""Tables from WARC files: the same parts and snapshot the crawl makes, without any network.

One WARC file is one task with one output, its part; tasks run on any
``concurrent.futures.Executor``. Parts that are still fresh are reused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kremlin_archive.archive.captures import read_captures
from kremlin_archive.archive.closed_warcs import WARCS, closed_warcs
from kremlin_archive.archive.files_below import files_below
from kremlin_archive.dataset.catalogue import Catalogue
from kremlin_archive.dataset.extraction import extract_capture
from kremlin_archive.dataset.parts import (
    OPEN_SUFFIX,
    PARTS,
    Part,
    PartWriter,
    fresh_part,
    part_path,
)
from kremlin_archive.dataset.plan import Problem
from kremlin_archive.dataset.snapshot import Published, publish
from kremlin_archive.errors import SnapshotError, UsageError, WarcError
from kremlin_archive.executor import local_executor

OUTSIDE = "@outside"
"""Folder of the parts of files that lie outside the archive, by the hash of their path."""

OnProgress = Callable[[int, int, str], None]
"""Called with WARC files done, all of them, and the name of the one just done."""


@dataclass(frozen=True, slots=True)
class Source:
    """One WARC file, its name in the rows, and where its part lies."""

    path: Path
    name: str
    part: Path


@dataclass(frozen=True, slots=True)
class ExtractReport:
    """What an extraction did. ``faults`` name unreadable records with file and offset."""

    published: Published
    warcs: int
    parts_reused: int
    faults: tuple[str, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Pages that could not be read."""
        return self.published.problems

    @property
    def is_complete(self) -> bool:
        """Whether every record and page was read (or a later capture of the page was).

        A challenge is a refusal, as a 403 is: there was no page to read.
        """
        unread = (problem for problem in self.problems if problem.kind != "challenge")
        return not self.faults and all(problem.healed for problem in unread)


def extract(
    root: Path,
    warcs: Sequence[Path] | None = None,
    *,
    jobs: int = 1,
    fresh: bool = False,
    on_progress: OnProgress | None = None,
) -> ExtractReport:
    """Rebuild and publish the tables: from all closed WARCs of the archive, or exactly ``warcs``.

    ``fresh`` ignores parts and tables made before. Raises UsageError when there is nothing to read or two
    files have one name, SnapshotError when the result cannot be written.
    """
    sources = archive_sources(root) if warcs is None else given_sources(root, warcs)
    parts = {} if fresh else _fresh_parts(root, sources)
    reused = len(parts)
    stale = [source for source in sources if source.name not in parts]
    with local_executor(min(jobs, len(stale))) as executor:
        for part in _build_all(stale, executor):
            parts[part.stamp.warc] = part
            if on_progress is not None:
                on_progress(len(parts), len(sources), part.stamp.warc)
    faults = tuple(fault for name in sorted(parts) for fault in parts[name].stamp.faults)
    published = publish(root, list(parts.values()), fresh=fresh)
    return ExtractReport(published, len(sources), reused, faults)


def drop_unfinished_parts(root: Path) -> None:
    """Remove what killed writers left of parts. Call it only under the archive's lock."""
    for left in files_below(root / PARTS, OPEN_SUFFIX):
        (root / PARTS / left).unlink()


def current_part(source: Source) -> Part:
    """The part of a WARC as it is now; made if there is none, or if it is of another file or parser."""
    return fresh_part(source.part, source.path, source.name) or build_part(source)


def archive_sources(root: Path) -> list[Source]:
    """All closed WARC files of an archive, by name."""
    warcs = closed_warcs(root)
    if not warcs:
        raise UsageError(f"{root / WARCS}: there are no WARC files (*.warc.gz) to extract from")
    return [source_of(root, name) for name in warcs]


def source_of(root: Path, name: str) -> Source:
    """Say where a WARC file of an archive and its part lie."""
    return Source(root / WARCS / name, name, part_path(root, name))


def given_sources(root: Path, warcs: Sequence[Path]) -> list[Source]:
    """List the files given, ours or anybody's; each must exist and have a name of its own."""
    sources = [_source(root, path) for path in warcs]
    twice = [name for name, n in Counter(source.name for source in sources).items() if n > 1]
    if twice:
        raise UsageError(
            f"{twice[0]}: more than one of the files has this name; rows could not tell them"
        )
    return sources


def build_part(source: Source) -> Part:
    """Read one WARC file into its part; broken records are named in the part's stamp."""
    faults: list[str] = []

    def note(fault: WarcError) -> None:
        faults.append(str(fault).replace(str(source.path), source.name))

    try:
        writer = PartWriter(source.part)
        try:
            for capture in read_captures(source.path, name=source.name, on_fault=note):
                writer.add(capture, extract_capture(capture))
            return Part(source.part, writer.close(source.path, source.name, faults))
        finally:
            writer.abort()
    except OSError as error:
        raise SnapshotError(f"{source.part}: cannot be made from {source.path}: {error}") from error


def _source(root: Path, path: Path) -> Source:
    if not path.is_file():
        raise UsageError(f"{path}: there is no such WARC file")
    absolute = path.resolve()
    folder = (root / WARCS).resolve()
    if absolute.is_relative_to(folder):
        name = absolute.relative_to(folder).as_posix()
        return Source(absolute, name, part_path(root, name))
    place = sha256(str(absolute.parent).encode()).hexdigest()[:12]
    return Source(absolute, path.name, root / PARTS / OUTSIDE / place / f"{path.name}.parquet")


def _fresh_parts(root: Path, sources: Sequence[Source]) -> dict[str, Part]:
    known = Catalogue.of(root)
    found = {one.name: known.fresh_part(one.part, one.path, one.name) for one in sources}
    return {name: part for name, part in found.items() if part is not None}


def _build_all(sources: Sequence[Source], executor: Executor | None) -> Iterator[Part]:
    if executor is None:
        yield from map(build_part, sources)
        return
    futures = [executor.submit(build_part, source) for source in sources]
    for future in as_completed(futures):
        yield future.result()
