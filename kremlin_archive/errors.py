"""Every error this project raises on purpose, one tree.

::

    ArchiveError
    ├── UsageError          a wrong argument, setting or path; nothing was fetched or written
    ├── PageError           a page is not what its address promises
    │   ├── NotThisPage     it is not HTML, XML or text at all, or is empty
    │   └── LayoutError     it is a page, but a selector found too few or too many elements
    ├── ContentError        the body cannot be decoded (broken gzip, cut chunks, wrong charset)
    ├── CaptureError        the bytes on the wire are not recorded exactly
    ├── WarcError           a WARC file or record is broken
    ├── SnapshotError       a snapshot cannot be built, published or read
    ├── PackError           a package (WACZ, bag) cannot be written
    ├── ReplayError         replay cannot be started
    └── LockedError         another run holds the archive
"""

from __future__ import annotations


class ArchiveError(Exception):
    """Root of all errors raised on purpose; its text is written for the person who reads the log."""


class UsageError(ArchiveError):
    """A wrong argument, setting or path: nothing was fetched or written."""


class PageError(ArchiveError):
    """A page is not what its address promises; names the URL."""

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(f"{url}: {problem}")
        self.url = url
        self.problem = problem

    def __reduce__(self) -> tuple[type[PageError], tuple[str, str]]:
        return type(self), (self.url, self.problem)


class NotThisPage(PageError):  # noqa: N818 - reads as the fact it states
    """The body is empty, or is not HTML, XML or text as the address promises."""


class LayoutError(PageError):
    """A selector found too few or too many elements; names URL, selector and count."""

    def __init__(self, url: str, selector: str, found: int, expected: str) -> None:
        super().__init__(url, f"selector {selector!r} found {found}, expected {expected}")
        self.selector = selector
        self.found = found
        self.expected = expected

    def __reduce__(self) -> tuple[type[LayoutError], tuple[str, str, int, str]]:  # type: ignore[override]
        return type(self), (self.url, self.selector, self.found, self.expected)


class ContentError(ArchiveError):
    """A stored body cannot be decoded; names the URL or record."""


class CaptureError(ArchiveError):
    """The bytes on the wire are not recorded exactly."""


class WarcError(ArchiveError):
    """A WARC file or record is broken; names file and offset."""


class SnapshotError(ArchiveError):
    """A snapshot cannot be built, published or read; names the path."""


class PackError(ArchiveError):
    """A package cannot be written; names its path."""


class ReplayError(ArchiveError):
    """Replay cannot be started; says what to do."""


class LockedError(ArchiveError):
    """Another run holds the archive."""
