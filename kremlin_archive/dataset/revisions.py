"""The history of each document, decided from its captures alone.

Captures are taken in the order of their instants (capture id where instants are equal). Rules:

* A **good** capture is one that gave a record, or a revisit of one: the response it names in
  ``WARC-Refers-To``, else one of the same document with the same payload digest.
* Full pages define a document; text versions do only where no full page was ever read.
* A **revision** begins where the content hash differs from the good capture before. Content that
  returns to an earlier state begins a new revision (its number counts up) under the earlier
  content's id.
* A revision's facts are read from the newest *response* with its content.
* **gone / redirected**: between two good captures, or since the last one, the document's URL, or
  where it led within the event, answered 404, 410 or a redirect to another event or page of the site at
  least twice, the first and the last of them six hours apart or more; the newest answer names the status,
  ``gone_at`` is the first.
  Refusals (any other 4xx, challenges of any status), server errors, cut answers and pages that could not be
  read decide nothing.
  Being gone is a revision of its own, with the content that was last seen; the good capture that
  ends it begins another, **restored**.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from kremlin_archive.answers import ABSENT, Trail, leads_on_to, says_absent
from kremlin_archive.urls import page_url

Status = Literal["live", "gone", "redirected"]
Turn = Literal["created", "changed", "gone", "restored"]

CONFIRMED_AFTER = timedelta(hours=6)
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
    problem_kind: str | None = None
    run_id: str = ""
    part: int = 0
    """Which of the parts the row is in (its place in the list of parts), and its place there."""
    part_row: int = 0

    @property
    def order(self) -> tuple[datetime, str]:
        """Key of the order in which captures are taken."""
        return self.fetched_at, self.capture_id


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a document, from the capture ``began`` on.

    ``shows`` is the newest response with its content; of a state of being gone, that of the content
    that was there before.
    """

    number: int
    turn: Turn
    began: Sighting
    shows: Sighting
    last_seen_at: datetime
    n_captures: int

    @property
    def revision_id(self) -> str:
        """Id of the content: that of an earlier revision where the content is the same."""
        return revision_id(self.shows.doc_id, self.shows.content_sha256 or "")


@dataclass(frozen=True, slots=True)
class History:
    """What the captures say of one document; ``shown`` pairs each capture with its revision."""

    doc_id: str
    revisions: tuple[Revision, ...]
    first_seen_at: datetime
    last_seen_at: datetime
    last_changed_at: datetime
    status: Status
    gone_at: datetime | None
    clash: bool
    shown: tuple[tuple[Sighting, str], ...]

    @property
    def current(self) -> Sighting:
        """The capture the current content is read from."""
        return self.revisions[-1].shows

    @property
    def revision_no(self) -> int:
        """Number of the current revision."""
        return self.revisions[-1].number

    @property
    def revision_id(self) -> str:
        """Id of the current content."""
        return self.revisions[-1].revision_id


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
    states = _states(ordered, defining[0].kind)
    revisions = _revisions(states, defining)
    last = states[-1]
    return History(
        doc_id=doc_id,
        revisions=revisions,
        first_seen_at=good[0].fetched_at,
        last_seen_at=good[-1].fetched_at,
        last_changed_at=_last_change(states),
        status=_status(last),
        gone_at=last.captures[0].fetched_at if last.turn == "gone" else None,
        clash=len(defining) > 1 and _is_clash(defining),
        shown=tuple((s, revision_id(doc_id, s.content_sha256 or "")) for s in defining),
    )


@dataclass(slots=True)
class _State:
    """A revision while it is being found, with the captures that show it."""

    turn: Turn
    content: str
    captures: list[Sighting] = field(default_factory=list)


def _with_revisits_resolved(ordered: Sequence[Sighting]) -> list[Sighting]:
    if all(sighting.record_type != "revisit" for sighting in ordered):
        return list(ordered)
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


def _states(ordered: Sequence[Sighting], defining_kind: str) -> list[_State]:
    """Walk the captures: contents one after the other, and the confirmed absences between them."""
    states: list[_State] = []
    absent: list[Sighting] = []
    trail = Trail("")
    for sighting in ordered:
        if sighting.content_sha256 is not None:
            _note_absence(states, absent)
            absent = []
            if states or sighting.kind == defining_kind:
                _take(states, sighting, defines=sighting.kind == defining_kind)
                trail = Trail(states[-1].captures[-1].url)
        elif states and _says_absent(sighting, trail):
            absent.append(sighting)
    _note_absence(states, absent)
    return states


def _take(states: list[_State], sighting: Sighting, *, defines: bool) -> None:
    """Add a good capture: to the state it shows, or as the beginning of the next one."""
    content = (sighting.content_sha256 or "") if defines or not states else states[-1].content
    if not states:
        states.append(_State("created", content))
    elif states[-1].turn == "gone":
        states.append(_State("restored", content))
    elif states[-1].content != content:
        states.append(_State("changed", content))
    elif not defines:
        return
    states[-1].captures.append(sighting)


def _note_absence(states: list[_State], absent: list[Sighting]) -> None:
    if len(absent) > 1 and absent[-1].fetched_at - absent[0].fetched_at >= CONFIRMED_AFTER:
        states.append(_State("gone", states[-1].content, absent))


def _revisions(states: Sequence[_State], defining: Sequence[Sighting]) -> tuple[Revision, ...]:
    newest = {s.content_sha256: s for s in defining if s.record_type != "revisit"}
    revisions: list[Revision] = []
    for number, state in enumerate(states, start=1):
        responses = [
            s
            for s in state.captures
            if s.content_sha256 == state.content and s.record_type != "revisit"
        ]
        if state.turn == "gone":
            shows = revisions[-1].shows
        else:  # a revisit's original has the same content, so there always is a response
            shows = responses[-1] if responses else newest[state.content]
        first, last = state.captures[0], state.captures[-1]
        revisions.append(
            Revision(number, state.turn, first, shows, last.fetched_at, len(state.captures))
        )
    return tuple(revisions)


def _last_change(states: Sequence[_State]) -> datetime:
    """Give the instant at which the current content was first seen, absences left aside."""
    began = states[-1]
    for state in reversed(states):
        if state.content != began.content:
            break
        began = state
    return began.captures[0].fetched_at


def _says_absent(sighting: Sighting, trail: Trail) -> bool:
    said = sighting.status, sighting.redirect, sighting.doc_id
    is_answer = sighting.problem_kind != "challenge"
    led_to = leads_on_to(*said) if is_answer else None
    return trail.says_absent(sighting.url, led_to, is_absence=is_answer and says_absent(*said))


def _status(last: _State) -> Status:
    if last.turn != "gone":
        return "live"
    return "gone" if last.captures[-1].status in ABSENT else "redirected"


def _is_clash(defining: Sequence[Sighting]) -> bool:
    """Whether sections under one number agree neither in title nor in day: two events."""
    newest_by_url = {s.url: s for s in defining}
    in_order = sorted(newest_by_url.values(), key=lambda sighting: sighting.order)
    newest_by_page = {page_url(s.url): (s.title, s.published_date) for s in in_order}
    titles = {title for title, _ in newest_by_page.values()}
    days = {day for _, day in newest_by_page.values()}
    return len(titles) > 1 and len(days) > 1
