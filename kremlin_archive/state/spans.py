"""How far down a listing has been read: its pages, as they were captured, put together. Pure.

A place in a listing is the event's own time, ``YYYY-MM-DDTHH:MM`` (Moscow), for listings are ordered by it,
newest first (415 of 415 saved pages). Pages that follow each other in one run make a span, if the upper was
read once more behind the lower; spans of several runs that overlap make one. Page numbers drift as events are
added, so they join pages of one run only, and what was pulled over the edge meanwhile is on the upper.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate

from kremlin_archive.records import ListingItem

LATELY = timedelta(days=2)
THE_END = ""
"""The place below every event: a listing was read to its last page."""


@dataclass(frozen=True, slots=True)
class PageRead:
    """One page of a listing as a run read it; its last and, where it is another, its first reading in UTC."""

    run_id: str
    page: int
    pages: int
    oldest: str
    newest: str
    seen_at: datetime
    is_quiet: bool = False
    """Whether it named nothing that was new or changed in that run."""
    first_at: datetime | None = None
    is_cut: bool = False
    """Whether that run asked for the page below it and was not given it."""
    by_day: bool = False
    """Whether it was come to by the address of a day: then the pages above it were passed by on purpose."""


@dataclass(frozen=True, slots=True)
class Length:
    """How many pages a listing said it has, or items a page held: when last read, and at most in two days."""

    last: int
    longest: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a listing that was read without a gap, from ``newest`` down to ``oldest``."""

    oldest: str
    newest: str


def position(item: ListingItem) -> str | None:
    """An item's place in its listing; None where it shows no day.

    >>> position(ListingItem(4, "", "", "2008-05-07", None, None, None))
    '2008-05-07'
    """
    return item.date and (f"{item.date}T{item.time}" if item.time else item.date)


def spans(pages: Iterable[PageRead]) -> list[Span]:
    """The stretches that were read, newest first, no two of which touch."""
    found: list[Span] = []
    for one in sorted(_of_runs(pages), key=lambda span: span.newest, reverse=True):
        if found and one.newest > found[-1].oldest:
            found[-1] = Span(min(found[-1].oldest, one.oldest), found[-1].newest)
        else:
            found.append(one)
    return found


def read_to_the_end(pages: Iterable[PageRead]) -> str | None:
    """The place from which on everything older has been read; None if the end was never reached."""
    return next((one.newest for one in spans(pages) if one.oldest == THE_END), None)


def open_places(pages: Iterable[PageRead]) -> frozenset[str]:
    """The places below which there may be changes that no run has seen.

    A walk that goes down from the first page ends on a page that is quiet, or is the last. One that ended
    on another was cut short, and so was any by a page that was not given: what is below is open until later
    pages, from there on, have been read to such an end.
    """
    found: set[str] = set()
    pages = list(pages)
    ends = {(read.run_id, read.page) for read, is_last in _with_lasts(pages) if is_last}
    for group in _sequences(pages):
        last = group[-1]
        is_at_end = (last.run_id, last.page) in ends
        has_ended = (last.is_quiet and not last.is_cut) or is_at_end
        newest = max(one.newest for one in group)
        passed = {one for one in found if newest >= one and (is_at_end or last.oldest < one)}
        found -= passed
        if not has_ended and (passed or group[0].page == 1 or last.is_cut):
            found.add(last.oldest)
    return frozenset(found)


def _sequences(pages: Iterable[PageRead]) -> Iterator[list[PageRead]]:
    """Pages of a run that follow each other, the runs in the order in which they began."""
    began: dict[str, datetime] = {}
    reads = sorted(pages, key=lambda one: one.seen_at)
    for read in reads:
        began.setdefault(read.run_id, read.seen_at)
    reads.sort(key=lambda one: (began[one.run_id], one.run_id, one.page))
    cut = set(_with_gaps(reads))
    yield from _joined(replace(one, is_cut=True) if one in cut else one for one in reads)


def _with_gaps(reads: Sequence[PageRead]) -> Iterator[PageRead]:
    """Pages behind which a run passed others by that it did not get: a request without an answer is no row.

    A walk that passes by on purpose comes to a page by a day, and begins with that or the one above it.
    """
    for upper, lower, lowest in zip(reads, reads[1:], [*reads[2:], None], strict=False):
        is_led = lower.by_day or (
            lowest is not None
            and (lowest.run_id, lowest.page) == (lower.run_id, lower.page + 1)
            and lowest.by_day
        )
        if upper.run_id == lower.run_id and lower.page > upper.page + 1 and not is_led:
            yield upper


def _joined(reads: Iterable[PageRead]) -> Iterator[list[PageRead]]:
    """Pages that follow each other, of each two of which the upper was read again behind the lower."""
    group: list[PageRead] = []
    for read in reads:
        if group and not _joins(group[-1], read):
            yield group
            group = []
        group.append(read)
    if group:
        yield group


def _joins(upper: PageRead, lower: PageRead) -> bool:
    """Whether two pages were read by turns: the upper first, the lower, and the upper once more."""
    follows = (upper.run_id, upper.page + 1) == (lower.run_id, lower.page)
    upper_first, lower_first = upper.first_at or upper.seen_at, lower.first_at or lower.seen_at
    return follows and upper_first <= lower.seen_at and upper.seen_at >= lower_first


def days_read(pages: Iterable[tuple[str, str, datetime]]) -> dict[str, datetime]:
    """When each day at which a page of a listing begins or ends was last on a page that was read.

    ``pages`` are their oldest and newest day and when they were read, in that order.
    """
    pages = list(pages)
    days = sorted({day for oldest, newest, _ in pages for day in (oldest, newest)})
    read: dict[str, datetime] = {}
    for oldest, newest, at in pages:
        shown = days[bisect_left(days, oldest) : bisect_right(days, newest)]
        read.update(dict.fromkeys(shown, at))
    return read


def is_whole(pages: Iterable[PageRead]) -> bool:
    """Whether a listing was read without a gap from the newest place that was seen to its end."""
    return [one.oldest for one in spans(pages)] == [THE_END]


def read_down_to(pages: Iterable[PageRead], place: str) -> str | None:
    """The place to which a listing has been read without a gap from ``place`` on; None: not even there."""
    return next((one.oldest for one in spans(pages) if one.oldest < place <= one.newest), None)


def _of_runs(pages: Iterable[PageRead]) -> Iterator[Span]:
    """One span for each sequence of pages of a run."""
    reach = dict(_with_ends(pages))
    for group in _joined(sorted(reach, key=lambda read: (read.run_id, read.page))):
        members = [reach[read] for read in group]
        yield Span(min(one.oldest for one in members), max(one.newest for one in members))


def _with_ends(pages: Iterable[PageRead]) -> Iterator[tuple[PageRead, Span]]:
    """Each page's own span; the last page reaches down to the end."""
    for read, is_last in _with_lasts(pages):
        yield read, Span(THE_END if is_last else read.oldest, read.newest)


def _with_lasts(pages: Iterable[PageRead]) -> Iterator[tuple[PageRead, bool]]:
    """Each page, and whether it is the listing's last.

    A listing that says it has far fewer pages than lately is odd (the crawl says so), so what it calls its
    last page is not believed to be one. What it calls so for longer is, until it has more pages: then those
    may have been there all the time, and its end is looked for once more.
    """
    reads = sorted(pages, key=lambda one: one.seen_at)
    longest_since = [*accumulate((one.pages for one in reversed(reads)), max)][::-1]
    lately = 0
    for place, read in enumerate(reads):
        while read.seen_at - reads[lately].seen_at > LATELY:
            lately += 1
        is_last = read.page == read.pages and read.pages >= longest_since[place] - 1
        yield (
            read,
            is_last and read.pages >= max(one.pages for one in reads[lately : place + 1]) - 1,
        )
