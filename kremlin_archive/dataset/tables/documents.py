"""``documents``: one row an event and edition, in its current revision; most analysts' table."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from kremlin_archive.dataset.chosen import POINTER, Chosen
from kremlin_archive.dataset.columns import (
    BOOL,
    DATE,
    FLOAT32,
    INSTANT,
    INT32,
    INT64,
    LANGUAGES,
    STRING,
    STRINGS,
    Column,
    Table,
    list_of_struct,
    pointer_columns,
)
from kremlin_archive.dataset.counts import spoken, tags_of
from kremlin_archive.dataset.fingerprint import body_text
from kremlin_archive.dataset.language import detect
from kremlin_archive.dataset.publication import Precision, publication
from kremlin_archive.dataset.quality import quality_warnings
from kremlin_archive.dataset.revisions import Status
from kremlin_archive.dataset.tables.links import links_of
from kremlin_archive.pages import PARSER_VERSION
from kremlin_archive.records import EventPage
from kremlin_archive.urls import event_address

SPEAKERS = list_of_struct(person_id=STRING, label=STRING, n_turns=INT32, n_words=INT32)
TAGS = list_of_struct(tag_id=STRING, facet=STRING, label=STRING)

DOCUMENTS = Table(
    name="documents",
    description="One row an event and language edition, in its current revision.",
    sort=("event_id",),
    row_group=500,
    shard="language and year of published_date: documents-ru-2021.parquet",
    key=("doc_id",),
    columns=(
        Column("doc_id", STRING, "key: language and event number", "ru:66419"),
        Column("event_id", INT64, "the site's number, shared by both editions", "66419"),
        Column("lang", STRING, "edition, BCP 47", "ru", repeats=True, values=LANGUAGES),
        Column(
            "section",
            STRING,
            "section in the stored address: the path between host and number",
            "president/news",
            repeats=True,
        ),
        Column("published_in", STRINGS, "sections the page names, as printed", '["News"]'),
        Column("url", STRING, "canonical address", "http://kremlin.ru/events/president/news/66419"),
        Column(
            "url_print",
            STRING,
            "address of the plain text version",
            "http://kremlin.ru/events/president/news/copy/66419",
            nullable=True,
        ),
        Column("title", STRING, "headline", "Встреча с Президентом Казахстана"),
        Column(
            "lead",
            STRING,
            "summary above the body, paragraphs joined by a newline; null where the page has none",
            "Владимир Путин принял в Кремле …",
            nullable=True,
        ),
        Column("place", STRING, "place, as printed", "Москва, Кремль", nullable=True, repeats=True),
        Column(
            "published_at",
            INSTANT,
            "instant of publication; null if only a day is known",
            "2021-08-21T10:10:00Z",
            nullable=True,
        ),
        Column(
            "published_local",
            STRING,
            "Moscow wall clock as displayed, ISO minute, or the day where only that is shown",
            "2021-08-21T13:10",
            nullable=True,
        ),
        Column(
            "published_date",
            DATE,
            "Moscow day of publication; an announcement's from its status block; where the page "
            "gives no day at all (precision unknown), the day of the first capture",
            "2021-08-21",
        ),
        Column(
            "published_precision",
            STRING,
            "minute, day or unknown (see published_date)",
            "minute",
            repeats=True,
            values=get_args(Precision),
        ),
        Column(
            "text",
            STRING,
            "body, paragraphs joined by a newline; speakers' labels are left out",
            "Уважаемый Касым-Жомарт Кемелевич, добрый день! …",
        ),
        Column("n_paragraphs", INT32, "paragraphs of the body, headings included", "18"),
        Column("n_turns", INT32, "turns: paragraphs with a speaker's label of their own", "2"),
        Column("n_words", INT32, "runs between spaces with a letter or digit", "512"),
        Column("n_chars", INT32, "characters of the text", "3604", unit="code point"),
        Column("is_abridged", BOOL, "an elision «<…>», or ends in «To be continued»", "true"),
        Column("has_transcript", BOOL, "at least one turn", "true"),
        Column(
            "speakers",
            SPEAKERS,
            "labels in order of first appearance, with turns and words; person_id as in the label's "
            "first turn, null where it is not linked to a person",
            '[{"person_id": null, "label": "В.Путин", "n_turns": 1, "n_words": 268}]',
        ),
        Column(
            "tags",
            TAGS,
            "tags: countries, regions, topics, persons, each in the page's order; facet is "
            "geography, topics or persons",
            '[{"tag_id": "countries/KZ", "facet": "geography", "label": "Казахстан"}]',
        ),
        Column(
            "pair_doc_id",
            STRING,
            "the other edition of the event, if it is in this snapshot",
            "en:66419",
            nullable=True,
        ),
        Column("media_count", INT32, "rows of the document in media", "3"),
        Column("link_count", INT32, "rows of the document in links", "4"),
        Column(
            "status",
            STRING,
            "live, gone, redirected (confirmed by two answers six hours apart), or removed_by_us: "
            "title, lead, text and all else that was on the page are emptied, see removals",
            "live",
            repeats=True,
            values=(*get_args(Status), "removed_by_us"),
        ),
        Column("revision_id", STRING, "id of the current content", "ru:66419@3f0c1a2b4d5e"),
        Column("revision_no", INT32, "number of the current row in revisions", "1"),
        Column("first_seen_at", INSTANT, "first good capture", "2026-11-21T12:00:03.120000Z"),
        Column("last_seen_at", INSTANT, "newest good capture", "2026-11-21T12:00:03.120000Z"),
        Column(
            "last_changed_at",
            INSTANT,
            "first capture of the current revision",
            "2026-11-21T12:00:03.120000Z",
        ),
        Column(
            "gone_at",
            INSTANT,
            "first of the answers that say the page is gone or redirected",
            "2026-12-01T06:00:00Z",
            nullable=True,
        ),
        Column("text_sha256", STRING, "sha256 of text in UTF-8, hex", "9f86d081884c7d65…"),
        Column("text_simhash", STRING, "64-bit simhash of word triples, hex", "a4f1c20b993e07d1"),
        Column(
            "lang_detected",
            STRING,
            "language by script; null if there are too few letters",
            "ru",
            nullable=True,
            repeats=True,
            values=LANGUAGES,
        ),
        Column(
            "lang_score",
            FLOAT32,
            "share of that script among all letters",
            "0.998",
            nullable=True,
            unit="0..1",
        ),
        Column(
            "quality_warnings",
            STRINGS,
            "sorted: no_body, short, wrong_language, no_pair, no_date, id_clash, "
            "text_version_only and the kinds of what the parser kept but did not understand",
            '["no_pair"]',
        ),
        Column("capture_id", STRING, "capture the row was read from", "0d7f4a4e-3b0e-4f5c-9d43-…"),
        *pointer_columns("of that capture: {}".format),
        Column(
            "payload_digest", STRING, "the record's payload digest, as it stands", "sha256:2cf2…"
        ),
        Column("fetched_at", INSTANT, "instant of that capture's request", "2026-11-21T12:00:03Z"),
        Column("parser_version", STRING, "version of the parser", "1", repeats=True),
        Column(
            "announced_for", DATE, "announcements: day of the event", "2020-03-26", nullable=True
        ),
        Column(
            "announced_until",
            DATE,
            "announcements of several days: the last one",
            "2020-03-28",
            nullable=True,
        ),
        Column(
            "updated_local",
            STRING,
            "«Last updated» of the page, Moscow wall clock",
            "2021-08-21T18:45",
            nullable=True,
        ),
    ),
)


def document_row(chosen: Chosen) -> dict[str, Any]:
    """One row of ``documents``."""
    record = chosen.record
    return {
        **_identity(record),
        **_publication(chosen),
        **_body(chosen),
        "tags": tags_of(record),
        "pair_doc_id": chosen.pair_doc_id,
        "media_count": len(record.photos) + len(record.videos) + len(record.attachments),
        "link_count": sum(1 for _ in links_of(record)),
        **_history(chosen),
        **_hashes(chosen),
        **{name: chosen.facts[name] for name in _FACTS},
        "quality_warnings": quality_warnings(
            record, chosen.history, has_pair=chosen.pair_doc_id is not None
        ),
        "parser_version": PARSER_VERSION,
        "announced_for": _day(record.announced_for),
        "announced_until": _day(record.announced_until),
        "updated_local": record.last_updated,
    }


def _identity(record: EventPage) -> dict[str, Any]:
    address = event_address(record.url)
    return {
        "doc_id": record.doc_id,
        "event_id": record.event_id,
        "lang": record.language,
        "section": address.section if address else "",
        "published_in": [section.name for section in record.sections],
        "url": address.url if address else record.url,
        "url_print": record.text_version_url,
        "title": record.title,
        "lead": record.lead,
        "place": record.place,
    }


def _publication(chosen: Chosen) -> dict[str, Any]:
    published = publication(chosen.record, chosen.history.first_seen_at)
    return {
        "published_at": published.instant,
        "published_local": published.local,
        "published_date": published.day,
        "published_precision": published.precision,
    }


def _body(chosen: Chosen) -> dict[str, Any]:
    record, words = chosen.record, chosen.words
    text = body_text(record)
    found = detect(text) or detect(f"{record.title} {record.lead or ''}")
    return {
        "text": text,
        "n_paragraphs": len(record.paragraphs),
        "n_turns": len(record.turn_starts),
        "n_words": sum(words),
        "n_chars": len(text),
        "is_abridged": record.is_partial,
        "has_transcript": bool(record.turn_starts),
        "speakers": spoken(record, words, chosen.speakers),
        "lang_detected": found.language if found else None,
        "lang_score": found.score if found else None,
    }


def _history(chosen: Chosen) -> dict[str, Any]:
    history = chosen.history
    return {
        "status": history.status if chosen.removal is None else "removed_by_us",
        "revision_id": history.revision_id,
        "revision_no": history.revision_no,
        "first_seen_at": history.first_seen_at,
        "last_seen_at": history.last_seen_at,
        "last_changed_at": history.last_changed_at,
        "gone_at": history.gone_at,
    }


_FACTS = ("capture_id", *POINTER, "payload_digest", "fetched_at")


def _hashes(chosen: Chosen) -> dict[str, str]:
    hashes = chosen.states[-1].hashes(is_emptied=chosen.removal is not None)
    return {name: hashes[name] for name in ("text_sha256", "text_simhash")}


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
