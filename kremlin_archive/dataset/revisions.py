"""The history of each document, decided from its captures alone.

Captures are taken in the order of their instants (capture id where instants are equal). Rules:

* A **good** capture is one that gave a record, or a revisit of one: the response it names in
  ``WARC-Refers-To``, else one of the same document with the same payload digest.
* Full pages define a document; text versions do only where no full page was ever read.
* A **revision** begins where the content hash differs from the good capture before. Content that
  returns to an earlier state begins a new revision (its number counts up) under the earlier
  content's id.
* ``current`` is the newest *response* with the newest content: the row's facts are read from its
  bytes.
* **gone / redirected**: since the last good capture the current URL answered 404, 410 or a redirect
  to another event or page at least twice, the first and the last of them six hours apart or more;
  the newest answer names the status, ``gone_at`` is the first. Refusals (403, 429), server errors,
  cut answers and pages that could not be read decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from kremlin_archive.urls import event_address

Status = Literal["live", "gone", "redirected"]

CONFIRMED_AFTER = timedelta(hours=6)
_NOT_FOUND = frozenset({404, 410})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ID_HEX = 12


@dataclass(frozen=True, slots=True)
class Sighting:
    """The light facts of one capture of a document; the content hash is that of its record."""

    capture_id: str
    url: str
    fetched_at: datetime
    record_type: str
    status: int
    redirect: str | None
    payload_digest: str
    refers_to: str | None
    kind: str
    doc_id: str
    title: str | None
    published_date: date | None
    content_sha256: str | None
    part: int = 0
    """Which of the parts the row is in (its place in the list of parts), and its place there."""
    part_row: int = 0

    @property
    def order(self) -> tuple[datetime, str]:
        """Key of the order in which captures are taken."""
        return self.fetched_at, self.capture_id


@dataclass(frozen=True, slots=True)
class History:
    """What the captures say of one document; ``shown`` pairs each capture with its revision."""

    doc_id: str
    current: Sighting
    revision_no: int
    first_seen_at: datetime
    last_seen_at: datetime
    last_changed_at: datetime
    status: Status
    gone_at: datetime | None
    clash: bool
    shown: tuple[tuple[str, str], ...]

    @property
    def revision_id(self) -> str:
        """Id of the current content."""
        return revision_id(self.doc_id, self.current.content_sha256 or "")


def revision_id(doc_id: str, content_sha256: str) -> str:
    """Id of one content of a document: ``ru:66419@`` and 12 hex digits of its hash."""
    return f"{doc_id}@{content_sha256[:_ID_HEX]}"


def history(doc_id: str, sightings: Iterable[Sighting]) -> History | None:
    """Decide one document's history from all its captures; None when no capture could be read."""
    ordered = _with_revisits_resolved(sorted(sightings, key=lambda sighting: sighting.order))
    good = [sighting for sighting in ordered if sighting.content_sha256 is not None]
    if not good:
        return None
    defining = [s for s in good if s.kind == "event"] or good
    starts = _revision_starts(defining)
    current = _current(defining)
    absent = _confirmed_absent(ordered, good[-1], current)
    return History(
        doc_id=doc_id,
        current=current,
        revision_no=len(starts),
        first_seen_at=good[0].fetched_at,
        last_seen_at=good[-1].fetched_at,
        last_changed_at=starts[-1].fetched_at,
        status=_status(absent),
        gone_at=absent[0].fetched_at if absent else None,
        clash=_is_clash(defining),
        shown=tuple((s.capture_id, revision_id(doc_id, s.content_sha256 or "")) for s in defining),
    )


def _with_revisits_resolved(ordered: Sequence[Sighting]) -> list[Sighting]:
    by_id = {s.capture_id: s for s in ordered if s.content_sha256 is not None}
    by_digest = {s.payload_digest: s for s in by_id.values()}
    resolved = []
    for sighting in ordered:
        original = None
        if sighting.record_type == "revisit":
            original = by_id.get(sighting.refers_to or "") or by_digest.get(sighting.payload_digest)
        if original is not None and original.kind == sighting.kind:
            sighting = replace(  # noqa: PLW2901 - the same capture, with its content filled in
                sighting,
                content_sha256=original.content_sha256,
                title=original.title,
                published_date=original.published_date,
            )
        resolved.append(sighting)
    return resolved


def _revision_starts(defining: Sequence[Sighting]) -> list[Sighting]:
    starts = [defining[0]]
    for before, after in pairwise(defining):
        if after.content_sha256 != before.content_sha256:
            starts.append(after)
    return starts


def _current(defining: Sequence[Sighting]) -> Sighting:
    newest = defining[-1].content_sha256
    # A revisit's original has the same content, so there always is a response to point to.
    return next(
        s for s in reversed(defining) if s.content_sha256 == newest and s.record_type != "revisit"
    )


def _confirmed_absent(
    ordered: Sequence[Sighting], last_good: Sighting, current: Sighting
) -> list[Sighting]:
    page = _page_url(current.url)
    absent = [
        s
        for s in ordered
        if s.order > last_good.order and _page_url(s.url) == page and _says_absent(s)
    ]
    if len(absent) > 1 and absent[-1].fetched_at - absent[0].fetched_at >= CONFIRMED_AFTER:
        return absent
    return []


def _says_absent(sighting: Sighting) -> bool:
    if sighting.status in _NOT_FOUND:
        return True
    if sighting.status not in _REDIRECTS or sighting.redirect is None:
        return False
    target = event_address(sighting.redirect)
    # To the same document under another section or host: moved, not gone.
    return target is None or target.doc_id != sighting.doc_id


def _status(absent: Sequence[Sighting]) -> Status:
    if not absent:
        return "live"
    return "gone" if absent[-1].status in _NOT_FOUND else "redirected"


def _is_clash(defining: Sequence[Sighting]) -> bool:
    """Whether sections under one number agree neither in title nor in day: two events."""
    newest_by_page = {_page_url(s.url): (s.title, s.published_date) for s in defining}
    titles = {title for title, _ in newest_by_page.values()}
    days = {day for _, day in newest_by_page.values()}
    return len(titles) > 1 and len(days) > 1


def _page_url(url: str) -> str:
    address = event_address(url)
    return address.url if address else url
