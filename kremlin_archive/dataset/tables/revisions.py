"""``revisions``: one row a state of a document, with what changed since the one before.

``reparsed`` is no kind here: all revisions of a snapshot are read by one version of the parser, so
a better parser rewrites the history instead of adding to it. Nor is there one for edits of markup
alone: revisions are told by what is read, and markup that changes nothing that is read is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args

from kremlin_archive.dataset.chosen import POINTER, Chosen, State
from kremlin_archive.dataset.columns import (
    FLOAT32,
    INSTANT,
    INT32,
    STRING,
    STRINGS,
    Column,
    Table,
    identity_columns,
    list_of_struct,
    pointer_columns,
)
from kremlin_archive.dataset.diffs import Change, paragraph_diff
from kremlin_archive.dataset.fingerprint import NOT_CONTENT, body_text
from kremlin_archive.dataset.record_json import as_values
from kremlin_archive.records import EventPage

ChangeKind = Literal["created", "text", "metadata", "tags", "media", "gone", "restored"]
DIFF = list_of_struct(op=STRING, a0=INT32, a1=INT32, b0=INT32, b1=INT32)

REVISIONS = Table(
    name="revisions",
    description="One row a state of a document over time: contents, and times of being gone.",
    sort=("event_id", "revision_no"),
    row_group=500,
    shard="language and year of the document's published_date: revisions-ru-2021.parquet",
    key=("doc_id", "revision_no"),
    since="1.1.0",
    columns=(
        Column(
            "revision_id",
            STRING,
            "document and hash of the content; content that returns has its earlier id again",
            "ru:66419@3f0c1a2b4d5e",
        ),
        *identity_columns(),
        Column("revision_no", INT32, "place in the document's history, from 1", "2"),
        Column(
            "prev_revision_id",
            STRING,
            "revision before; null for the first",
            "ru:66419@91be77c0aa12",
            nullable=True,
        ),
        Column("valid_from", INSTANT, "first capture that showed it", "2026-11-21T12:00:03Z"),
        Column(
            "valid_to",
            INSTANT,
            "first capture that showed the next one; null for the current one",
            "2026-11-22T09:00:03Z",
            nullable=True,
        ),
        Column("last_seen_at", INSTANT, "last capture that showed it", "2026-11-22T08:00:03Z"),
        Column(
            "change_kind",
            STRING,
            "created; text, else tags or media if nothing but those changed, else metadata "
            "(speakers' labels included); gone (404, 410 or a redirect elsewhere, confirmed; the "
            "content stays); restored (back again, be it with other content)",
            "text",
            repeats=True,
            values=get_args(ChangeKind),
        ),
        Column(
            "changed_fields",
            STRINGS,
            "fields of the event record that differ from the revision before, in their order",
            '["paragraphs", "photos"]',
        ),
        Column("title", STRING, "headline", "Встреча с Президентом Казахстана"),
        Column("lead", STRING, "summary above the body", "Владимир Путин принял …", nullable=True),
        Column("place", STRING, "place, as printed", "Москва, Кремль", nullable=True, repeats=True),
        Column("text", STRING, "body, paragraphs joined by a newline", "Уважаемый Касым-Жомарт …"),
        Column("n_chars", INT32, "characters of the text", "3604", unit="code point"),
        Column("text_sha256", STRING, "sha256 of text in UTF-8, hex", "9f86d081884c7d65…"),
        Column("meta_sha256", STRING, "sha256 of all other content, hex", "5d41402abc4b2a76…"),
        Column("n_captures", INT32, "captures that showed it in a row", "14"),
        Column(
            "similarity_prev",
            FLOAT32,
            "share of both texts' characters neither inserted nor deleted; null for the first",
            "0.993",
            nullable=True,
            unit="0..1",
        ),
        Column(
            "n_chars_inserted",
            INT32,
            "characters new since the revision before; of replaced paragraphs what stands between "
            "the start and the end they have in common; null for the first",
            "412",
            nullable=True,
            unit="code point",
        ),
        Column(
            "n_chars_deleted",
            INT32,
            "characters gone since the revision before, counted alike; null for the first",
            "0",
            nullable=True,
            unit="code point",
        ),
        Column(
            "diff",
            DIFF,
            "paragraphs a0:a1 of the revision before became b0:b1; op is equal, replace, delete or "
            "insert; empty where the text is the same",
            '[{"op": "insert", "a0": 18, "a1": 18, "b0": 18, "b1": 21}]',
        ),
        Column("run_id", STRING, "crawl that saw it first", "2026-11-21T120000Z", repeats=True),
        Column(
            "capture_id",
            STRING,
            "capture the row is read from, the newest with this content; gone: the first answer "
            "that said so",
            "0d7f4a4e-3b0e-4f5c-9d43-…",
        ),
        *pointer_columns("of that capture: {}".format),
        Column(
            "payload_digest", STRING, "the record's payload digest, as it stands", "sha256:2cf2…"
        ),
    ),
)

_TAG_FIELDS = frozenset({"countries", "regions", "topics", "persons"})
_WITNESS = ("capture_id", *POINTER, "payload_digest")
_MEDIA_FIELDS = frozenset({"photos", "videos", "attachments"})


def revision_rows(chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Give a document's revisions in order."""
    states = chosen.states
    earlier, later = (None, *states), (*states[1:], None)
    for before, state, after in zip(earlier, states, later, strict=False):
        yield {
            "revision_id": state.revision.revision_id,
            **chosen.identity,
            "revision_no": state.revision.number,
            **_times(state, after),
            **_content(state, is_emptied=chosen.removal is not None),
            **_change(before, state),
            **{name: state.witness[name] for name in _WITNESS},
        }


def changed_fields(before: EventPage, after: EventPage) -> list[str]:
    """Name the fields of content that differ, in their defined order."""
    if before is after:
        return []
    earlier, later = as_values(before), as_values(after)
    return [n for n in later if n not in NOT_CONTENT and earlier[n] != later[n]]


def _times(state: State, after: State | None) -> dict[str, Any]:
    revision = state.revision
    return {
        "valid_from": revision.began.fetched_at,
        "valid_to": None if after is None else after.revision.began.fetched_at,
        "last_seen_at": revision.last_seen_at,
        "n_captures": revision.n_captures,
        "run_id": revision.began.run_id,
    }


def _content(state: State, *, is_emptied: bool) -> dict[str, Any]:
    text = body_text(state.record)
    hashes = state.hashes(is_emptied=is_emptied)
    return {
        "title": state.record.title,
        "lead": state.record.lead,
        "place": state.record.place,
        "text": text,
        "n_chars": len(text),
        "text_sha256": hashes["text_sha256"],
        "meta_sha256": hashes["meta_sha256"],
    }


def _change(before: State | None, state: State) -> dict[str, Any]:
    if before is None:
        return {
            "prev_revision_id": None,
            "change_kind": "created",
            "changed_fields": [],
            "similarity_prev": None,
            "n_chars_inserted": None,
            "n_chars_deleted": None,
            "diff": [],
        }
    diff = paragraph_diff(_texts(before.record), _texts(state.record))
    changed = changed_fields(before.record, state.record)
    return {
        "prev_revision_id": before.revision.revision_id,
        "change_kind": _kind(before, state, frozenset(changed)),
        "changed_fields": changed,
        "similarity_prev": diff.similarity,
        "n_chars_inserted": diff.inserted,
        "n_chars_deleted": diff.deleted,
        "diff": [_opcode(change) for change in diff.changes],
    }


def _kind(before: State, state: State, changed: frozenset[str]) -> ChangeKind:
    turn = state.revision.turn
    if turn in ("gone", "restored"):
        return "gone" if turn == "gone" else "restored"
    if before.facts["text_sha256"] != state.facts["text_sha256"]:
        return "text"
    if changed and changed <= _TAG_FIELDS:
        return "tags"
    return "media" if changed and changed <= _MEDIA_FIELDS else "metadata"


def _texts(record: EventPage) -> list[str]:
    return [paragraph.text for paragraph in record.paragraphs]


def _opcode(change: Change) -> dict[str, Any]:
    return {name: getattr(change, name) for name in ("op", "a0", "a1", "b0", "b1")}
