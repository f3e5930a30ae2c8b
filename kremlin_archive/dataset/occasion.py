"""When a crawl publishes a snapshot: the rule of the setting ``PUBLISH``. Pure.

Most hourly runs bring nothing but listings and another look at pages that did not change. Their
captures wait for the next snapshot; a day at most, so that ``captures`` and ``last_seen_at`` get in
at least daily.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from kremlin_archive.answers import ABSENT, is_whole_picture, says_absent
from kremlin_archive.dataset.removals import Removal
from kremlin_archive.dataset.revisions import revision_id
from kremlin_archive.errors import UsageError
from kremlin_archive.urls import is_robots

Policy = Literal["changed", "always", "never"]
POLICIES: tuple[Policy, ...] = get_args(Policy)

LATEST_WAIT = timedelta(days=1)
"""How old the newest capture of the latest snapshot may grow while there are captures it lacks."""

LOOKED_AT = (
    *("kind", "url", "doc_id", "status", "record_type", "truncated", "redirect"),
    *("content_sha256", "payload_digest", "refers_to", "payload_length", "mime_detected"),
)
"""Columns of a part that the rule looks at."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How the latest snapshot shows a document: columns of ``documents``."""

    revision_id: str
    status: str
    capture_id: str
    payload_digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest snapshot. ``warcs``: the size in bytes of each WARC file it was made from, by name.

    ``fault`` says what is wrong with its files; ``made_by`` is the key of the code that made it,
    empty where nobody knows any more.
    """

    newest_capture: datetime
    warcs: Mapping[str, int]
    removals: frozenset[Removal]
    made_by: str
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """What the archive holds now. ``rows`` are those of the closed WARC files that the snapshot lacks.

    They have the columns ``LOOKED_AT``; ``shown`` has the documents they are of, as far as the
    snapshot has them.
    """

    warcs: Mapping[str, int]
    removals: frozenset[Removal]
    code: str
    rows: Sequence[Mapping[str, Any]]
    shown: Mapping[str, Shown]


def read_policy(value: object) -> Policy:
    """Read the setting ``PUBLISH``. Raises UsageError for anything else than its three values."""
    for policy in POLICIES:
        if value == policy:
            return policy
    raise UsageError(f"PUBLISH={value!r}: expected one of {', '.join(POLICIES)}")


def reason_to_publish(stands: Standing | None, held: Holding, now: datetime) -> str | None:
    """Say why a new snapshot is due, or None.

    It is due when none stands or the one that stands is damaged, was made by other code (schema,
    parser, libraries) or with other removals, or from WARC files that are not there or not the same
    any more; when a closed WARC file it lacks has news (``tells``), whichever run left it; or when it
    lacks any capture and its newest is older than a day.
    """
    if stands is None:
        return "there is no snapshot yet"
    return _reason_to_make_anew(stands, held) or _news(stands, held, now)


def _reason_to_make_anew(stands: Standing, held: Holding) -> str | None:
    if stands.fault is not None:
        return f"the latest snapshot is damaged: {stands.fault}"
    if stands.made_by != held.code:
        return "the latest snapshot was made by other code"
    if stands.removals != held.removals:
        return "the removals are not those of the latest snapshot"
    lost = [name for name, size in stands.warcs.items() if held.warcs.get(name) != size]
    return f"a file it was made from is gone or has changed: {lost[0]}" if lost else None


def _news(stands: Standing, held: Holding, now: datetime) -> str | None:
    for row in held.rows:
        if tells(row, held.shown.get(row["doc_id"])):
            return f"{row['url']} has something new"
    if held.rows and now - stands.newest_capture > LATEST_WAIT:
        return "the newest capture of the latest snapshot is older than a day"
    return None


def tells(row: Mapping[str, Any], shown: Shown | None) -> bool:
    """Whether a capture can change what the snapshot says of the site, beyond that it was looked at.

    Listings, feeds, robots.txt, refusals, server errors and pages that cannot be read do not. A page
    does when its content is not the one shown (also an earlier one), when it is back, or when it is
    away and not shown so; of a document emptied on request nothing does.
    """
    if row["kind"] == "other":
        return _is_picture(row)
    is_page = row["kind"] in ("event", "text_version") and row["doc_id"] is not None
    if not is_page or (shown is not None and shown.status == "removed_by_us"):
        return False
    if row["content_sha256"] is not None:
        return shown is None or not _shows(shown, revision_id(row["doc_id"], row["content_sha256"]))
    if shown is None:
        return False
    if row["record_type"] == "revisit":
        same = shown.capture_id == row["refers_to"] or shown.payload_digest == row["payload_digest"]
        return not same or shown.status != "live"
    kind = "gone" if row["status"] in ABSENT else "redirected"
    return says_absent(row["status"], row["redirect"], row["doc_id"]) and shown.status != kind


def _shows(shown: Shown, content: str) -> bool:
    return (shown.revision_id, shown.status) == (content, "live")


def _is_picture(row: Mapping[str, Any]) -> bool:
    """A whole new picture: rows of ``media`` may point to it."""
    is_new = row["record_type"] != "revisit" and not is_robots(row["url"])
    return is_new and is_whole_picture(row)
