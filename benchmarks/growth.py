"""How much disk ten weekly snapshots take against one.

python -m benchmarks.growth ARCHIVE [--weeks 10 --new 35 --edited 3]

The archive's pages are crawled again on paper: the newest ones come week by week (the site publishes some
35 events a week and edition), and each week some old page has another headline. The WARC files are made of
the archive's own records with other dates; everything after that is `extract` as it is. Files that
snapshots share (hard links) are counted once.
"""

from __future__ import annotations

import gzip
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import click

from kremlin_archive import dataset
from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.opening.records import WarcPointer, columns_of, record

_START = datetime(2026, 1, 5, 6, tzinfo=UTC)
_NOT_COPIED = re.compile(rb"(?im)^(WARC-Date|WARC-\w+-Digest|WARC-Record-ID|Content-Length):.*\r\n")
_CODED = re.compile(rb"(?im)^(content-encoding|content-length|transfer-encoding):.*\r\n")
_HEADLINE = re.compile(rb"(<h1[^>]*>)")


@dataclass(frozen=True, slots=True)
class Week:
    """The snapshot of one week: bytes of its folder, and bytes that are new on the disk, by table."""

    documents: int
    size: int
    added: Counter[str]

    @property
    def new(self) -> int:
        return self.added.total()


def measure_growth(archive: Path, weeks: int, new: int, edited: int) -> str:
    """A line a week, and the ratios."""
    with tempfile.TemporaryDirectory() as work:
        root = Path(work)
        grown = list(_grow(root, _weekly(archive, weeks, new, edited)))
    shared = sum(week.new for week in grown)
    lines = [f"growth: {weeks} weekly snapshots, {new} new and {edited} edited pages a week"]
    lines += [
        f"  week {number:<3} {week.documents:6,} documents  {week.size / 2**20:7.2f} MiB"
        f"  new on disk {week.new / 2**20:7.2f} MiB  {week.new / week.size:6.1%}"
        for number, week in enumerate(grown, 1)
    ]
    later = sum((week.added for week in grown[1:]), Counter())
    most = (f"{name} {size / later.total():.0%}" for name, size in later.most_common(6))
    lines.append(f"  what the later weeks add         {', '.join(most)}")
    copies = sum(week.size for week in grown) / shared
    lines.append(f"  all against the last one alone   {shared / grown[-1].size:.2f}")
    lines.append(f"  copies of all against all        {copies:.2f}")
    return "\n".join(lines)


def _grow(root: Path, weeks: Iterable[bytes]) -> Iterator[Week]:
    """Write a WARC file a week and publish; tell what each publication added."""
    known: set[int] = set()
    (root / "warc").mkdir()
    for number, records in enumerate(weeks):
        (root / "warc" / f"week-{number:02}.warc.gz").write_bytes(records)
        published = extract(root, jobs=2).published
        files = {p: p.stat() for p in published.path.rglob("*") if p.is_file()}
        added: Counter[str] = Counter()
        for path, file in files.items():
            if file.st_ino not in known:
                added[path.relative_to(published.path).parts[0]] += file.st_size
        known |= {file.st_ino for file in files.values()}
        size = sum(file.st_size for file in files.values())
        yield Week(published.rows["documents"], size, added)


def _weekly(archive: Path, weeks: int, new: int, edited: int) -> Iterator[bytes]:
    """Records of each week: of the first all but the newest pages."""
    pages = _pages(dataset.open(archive))
    first = len(pages) - new * (weeks - 1)
    choice = Random(7)  # noqa: S311 - no secret
    yield _records(pages[:first], 0, is_edited=False)
    for week in range(1, weeks):
        end = first + new * week
        touched = choice.sample(pages[: end - new], edited)
        fresh = _records(pages[end - new : end], week, is_edited=False)
        yield fresh + _records(touched, week, is_edited=True)


def _pages(snapshot: dataset.Snapshot) -> list[WarcPointer]:
    """Where the bytes of the documents are, by day of publication."""
    columns = columns_of(WarcPointer, "path")
    rows = snapshot.table("documents", ["published_date", "event_id", *columns])
    rows = rows.sort_by([("published_date", "ascending"), ("event_id", "ascending")])
    folder = snapshot.path / snapshot.contents.warc_root
    return [
        record(WarcPointer, row, path=folder / row["warc_filename"]) for row in rows.to_pylist()
    ]


def _records(pointers: Sequence[WarcPointer], week: int, *, is_edited: bool) -> bytes:
    start = _START + timedelta(weeks=week, minutes=is_edited)
    return b"".join(
        _copied(pointer, start + timedelta(milliseconds=number), is_edited=is_edited)
        for number, pointer in enumerate(pointers)
    )


def _copied(pointer: WarcPointer, date: datetime, *, is_edited: bool) -> bytes:
    """The record a pointer leads to with another date, and with another headline if it is edited."""
    with pointer.path.open("rb") as file:
        file.seek(pointer.warc_record_offset)
        stored = gzip.decompress(file.read(pointer.warc_record_length))
    fields, _, block = stored.partition(b"\r\n\r\n")
    block = block.removesuffix(b"\r\n\r\n")
    if is_edited:
        block = _edited(block, date)
    fields = _NOT_COPIED.sub(b"", fields + b"\r\n")
    name = pointer.warc_record_id.removesuffix(">")[: -len("0000")] + f"{date:%W%M}>"
    fields += f"WARC-Date: {date:%Y-%m-%dT%H:%M:%S.%fZ}\r\nWARC-Record-ID: {name}\r\n".encode()
    fields += b"Content-Length: %d\r\n" % len(block)
    return gzip.compress(fields + b"\r\n" + block + b"\r\n\r\n", mtime=0)


def _edited(block: bytes, date: datetime) -> bytes:
    head, _, body = block.partition(b"\r\n\r\n")
    content = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    content = _HEADLINE.sub(rb"\g<1>" + f"{date:%d %B}: ".encode(), content, count=1)
    head = _CODED.sub(b"", head + b"\r\n") + b"Content-Length: %d\r\n" % len(content)
    return head + b"\r\n" + content


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True))
@click.option("--weeks", default=10, show_default=True, help="Snapshots, one a week.")
@click.option("--new", default=35, show_default=True, help="Pages that are new each week.")
@click.option("--edited", default=3, show_default=True, help="Old pages edited each week.")
def main(archive: Path, weeks: int, new: int, edited: int) -> None:
    """Print what each weekly snapshot adds to the disk."""
    print(measure_growth(archive, weeks, new, edited))


if __name__ == "__main__":
    main()
