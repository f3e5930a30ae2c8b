"""When a snapshot is due, and what a capture has to say for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kremlin_archive.dataset.occasion import (
    Holding,
    Shown,
    Standing,
    read_policy,
    reason_to_publish,
    tells,
)
from kremlin_archive.dataset.removals import Removal
from kremlin_archive.errors import UsageError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NEWS = "http://en.kremlin.ru/events/president/news"
CONTENT = "3f0c1a2b4d5e" + "0" * 52
SHOWN = Shown("en:5@3f0c1a2b4d5e", "live", "the-capture", "sha256:aa")
REMOVAL = Removal("en:5", NOON, "asked for", "GDPR art. 17")
STANDS = Standing(NOON, {"a.warc.gz": 7}, frozenset({REMOVAL}), "code")
HELD = Holding({"a.warc.gz": 7, "b.warc.gz": 9}, frozenset({REMOVAL}), "code", (), {"en:5": SHOWN})


def row(**facts: object) -> dict[str, Any]:
    """Another look at page 5: a response with the content shown."""
    return {
        "kind": "event",
        "url": f"{NEWS}/5",
        "doc_id": "en:5",
        "status": 200,
        "record_type": "response",
        "truncated": None,
        "redirect": None,
        "content_sha256": CONTENT,
        "payload_digest": "sha256:bb",
        "refers_to": None,
        "payload_length": 100,
        "mime_detected": None,
        **facts,
    }


def revisit(**facts: object) -> dict[str, Any]:
    return row(record_type="revisit", content_sha256=None, **facts)


def empty(**facts: object) -> dict[str, Any]:
    return row(content_sha256=None, **facts)


LISTING = row(kind="listing", url=NEWS, doc_id=None, content_sha256=None)
ROBOTS = row(kind="other", url="http://kremlin.ru/robots.txt", doc_id=None, content_sha256=None)
PICTURE = row(kind="other", url="http://static.kremlin.ru/a.jpg", doc_id=None, content_sha256=None)
GONE = replace(SHOWN, status="gone")

QUIET = {
    "listing": (LISTING, None),
    "feed": (row(kind="feed", doc_id=None, content_sha256=None), None),
    "robots": (ROBOTS, None),
    "other markup, same content": (row(), SHOWN),
    "revisit of what is shown": (revisit(refers_to="the-capture"), SHOWN),
    "revisit by digest": (revisit(payload_digest="sha256:aa"), SHOWN),
    "revisit of another document's bytes": (revisit(refers_to="x"), None),
    "picture again": ({**PICTURE, "record_type": "revisit"}, None),
    "picture that is not there": ({**PICTURE, "status": 404}, None),
    "empty picture": ({**PICTURE, "payload_length": 0}, None),
    "a page in a picture's place": ({**PICTURE, "mime_detected": "text/html"}, None),
    "cut picture": ({**PICTURE, "truncated": "length"}, None),
    "refused": (empty(status=403), SHOWN),
    "server error": (empty(status=503), SHOWN),
    "unreadable": (empty(), SHOWN),
    "absent, never archived": (empty(status=404), None),
    "still gone": (empty(status=404), GONE),
    "still redirected": (
        empty(status=302, redirect=NEWS),
        replace(SHOWN, status="redirected"),
    ),
    "moved within the site": (
        empty(status=301, redirect="http://en.kremlin.ru/events/president/trips/5"),
        SHOWN,
    ),
    "emptied on request": (row(content_sha256="f" * 64), replace(SHOWN, status="removed_by_us")),
}
NEW = {
    "new document": (row(), None),
    "new text version": (row(kind="text_version"), None),
    "other content": (row(content_sha256="f" * 64), SHOWN),
    "earlier content": (revisit(refers_to="earlier"), SHOWN),
    "back": (row(), GONE),
    "back, as it was": (revisit(refers_to="the-capture"), GONE),
    "away": (empty(status=404), SHOWN),
    "redirected": (empty(status=302, redirect=NEWS), SHOWN),
    "gone instead of redirected": (empty(status=410), replace(SHOWN, status="redirected")),
    "picture": (PICTURE, None),
}


@pytest.mark.parametrize(("capture", "shown"), QUIET.values(), ids=QUIET)
def test_captures_that_tell_nothing(capture: dict[str, Any], shown: Shown | None) -> None:
    assert not tells(capture, shown)


@pytest.mark.parametrize(("capture", "shown"), NEW.values(), ids=NEW)
def test_captures_that_tell_something(capture: dict[str, Any], shown: Shown | None) -> None:
    assert tells(capture, shown)


LATER = NOON + timedelta(days=1, seconds=1)
OTHER = frozenset[Removal]()


@pytest.mark.parametrize(
    ("stands", "held", "now", "reason"),
    [
        pytest.param(None, HELD, NOON, "there is no snapshot yet", id="first"),
        pytest.param(replace(STANDS, fault="x"), HELD, NOON, "damaged: x", id="damaged"),
        pytest.param(replace(STANDS, made_by=""), HELD, NOON, "made by other code", id="code"),
        pytest.param(replace(STANDS, removals=OTHER), HELD, NOON, "removals", id="removal"),
        pytest.param(STANDS, replace(HELD, removals=OTHER), NOON, "removals", id="no removal"),
        pytest.param(STANDS, replace(HELD, warcs={}), NOON, "gone or has changed: a", id="lost"),
        pytest.param(
            STANDS, replace(HELD, warcs={"a.warc.gz": 8}), NOON, "has changed: a", id="changed"
        ),
        pytest.param(STANDS, replace(HELD, rows=[LISTING]), NOON, None, id="quiet"),
        pytest.param(STANDS, replace(HELD, rows=[LISTING, row()]), NOON, None, id="looked at"),
        pytest.param(
            STANDS,
            replace(HELD, rows=[LISTING, row(doc_id="en:6", url=f"{NEWS}/6")]),
            NOON,
            f"{NEWS}/6 has something new",
            id="new",
        ),
        pytest.param(STANDS, replace(HELD, rows=[LISTING]), LATER, "older than a day", id="daily"),
        pytest.param(STANDS, HELD, LATER, None, id="nothing was fetched"),
        pytest.param(
            STANDS, replace(HELD, rows=[LISTING]), NOON - timedelta(days=9), None, id="clock back"
        ),
    ],
)
def test_a_snapshot_is_due(
    stands: Standing | None, held: Holding, now: datetime, reason: str | None
) -> None:
    found = reason_to_publish(stands, held, now)
    assert found is None if reason is None else found is not None and reason in found


@pytest.mark.parametrize("value", ["changed", "always", "never"])
def test_policies(value: str) -> None:
    assert read_policy(value) == value


@pytest.mark.parametrize("value", ["", "Changed", "daily", None, True])
def test_what_is_no_policy(value: object) -> None:
    with pytest.raises(UsageError, match=r"PUBLISH=.*expected one of changed, always, never"):
        read_policy(value)
