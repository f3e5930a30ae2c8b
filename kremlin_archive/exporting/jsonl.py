"""A document a line, with everything that belongs to it nested: turns, paragraphs, tags, persons, media.

Beside a file of lines, ``NAME.features.json`` has their types (see ``features``).
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from kremlin_archive.errors import UsageError
from kremlin_archive.exporting.aside import aside
from kremlin_archive.exporting.features import Feature, feature, features_of, list_of
from kremlin_archive.exporting.snapshot import Chosen, Document, OnProgress, Snapshot

LANGUAGE = "{lang}"
"""In a file's name: a file an edition."""
FEATURES = ".features.json"
_GZIP_LEVEL = 6
_OF_DOCUMENT = (
    "doc_id", "event_id", "lang", "section", "published_in", "url", "url_print", "title", "lead", "place",
    "published_at", "published_local", "published_date", "published_precision", "announced_for",
    "announced_until", "updated_local", "text", "n_paragraphs", "n_turns", "n_words", "n_chars",
    "is_abridged", "has_transcript", "pair_doc_id", "status", "revision_id", "revision_no",
    "first_seen_at", "last_seen_at", "last_changed_at", "gone_at", "text_sha256", "quality_warnings",
    "speakers", "tags",
)  # fmt: skip
_OF_PARAGRAPH = (
    "paragraph_id", "seq", "turn_seq", "kind", "speaker_label", "delivery_note", "text", "n_words",
)  # fmt: skip
_OF_TURN = (
    "turn_id", "seq", "speaker_label", "speaker_role_text", "speaker_name", "person_id", "link_method",
    "link_score", "speaker_kind", "delivery_note", "text", "n_words",
)  # fmt: skip
_OF_MEDIUM = ("media_id", "kind", "url", "caption", "format", "mime", "bytes", "sha256")
_OF_LINK = ("role", "kind", "url", "anchor_text", "shown_date", "target_doc_id", "target_tag_id")
_OF_PROVENANCE = (
    "capture_id", "fetched_at", "warc_filename", "warc_record_offset", "warc_record_length",
    "warc_record_id", "payload_digest", "parser_version",
)  # fmt: skip


def export_jsonl(chosen: Chosen, out: Path, on_progress: OnProgress) -> tuple[Path, ...]:
    """Write ``out``, gzipped if its name ends in ``.gz``; with ``{lang}`` in its name, a file an edition."""
    if LANGUAGE in str(out.parent):
        raise UsageError(f"{out}: {LANGUAGE} is understood in the file's name only")
    languages = sorted({doc_id.partition(":")[0] for doc_id in chosen.days})
    names = {language: out.name.replace(LANGUAGE, language) for language in languages}
    lines = [out.with_name(name) for name in dict.fromkeys(names.values())] or [out]
    types = [path.with_name(f"{path.name}{FEATURES}") for path in lines]
    with aside(*lines, *types) as places:
        for place in places[len(lines) :]:
            place.write_text(json.dumps(features(chosen.snapshot), indent=1) + "\n", "utf-8")
        with _files(dict(zip((path.name for path in lines), places, strict=False))) as files:
            for done, (language, line) in enumerate(_lines(chosen), 1):
                files[names[language]].write(line)
                on_progress(done, len(chosen.days))
    return (*lines, *types)


def _lines(chosen: Chosen) -> Iterator[tuple[str, bytes]]:
    """Give each document's language and line."""
    persons = {row["person_id"]: row for row in chosen.snapshot.rows("persons")}
    for document in chosen.documents("paragraphs", "turns", "media", "links"):
        nested = as_json(document, persons, chosen.snapshot)
        line = json.dumps(nested, ensure_ascii=False, default=_plain)
        yield document.row["lang"], f"{line}\n".encode()


def features(snapshot: Snapshot) -> dict[str, Feature]:
    """Give the types of `as_json` as Hugging Face ``datasets`` has them."""
    text, is_so = feature(pa.string()), feature(pa.bool_())
    names = dict.fromkeys(("person_id", "name_en", "name_ru"), text)
    turn = features_of(snapshot, "turns", _OF_TURN)
    return {
        **features_of(snapshot, "documents", _OF_DOCUMENT),
        "persons": list_of({**names, "speaks": is_so, "is_tagged": is_so}),
        "paragraphs": list_of(features_of(snapshot, "paragraphs", _OF_PARAGRAPH)),
        "turns": list_of({**turn, "paragraphs": list_of(feature(pa.int32()))}),
        "media": list_of(features_of(snapshot, "media", _OF_MEDIUM)),
        "links": list_of(features_of(snapshot, "links", _OF_LINK)),
        "provenance": {**features_of(snapshot, "documents", _OF_PROVENANCE), "snapshot": text},
    }


def as_json(
    document: Document, persons: Mapping[str, Mapping[str, Any]], snapshot: Snapshot
) -> dict[str, Any]:
    """Give a document as one object; its keys are always the same, in the same order."""
    spoken: dict[int | None, list[int]] = defaultdict(list)
    for one in document.of["paragraphs"]:
        spoken[one["turn_seq"]].append(one["seq"])
    return {
        **_only(document.row, _OF_DOCUMENT),
        "persons": list(_persons(document, persons)),
        "paragraphs": [_only(one, _OF_PARAGRAPH) for one in document.of["paragraphs"]],
        "turns": [
            {**_only(turn, _OF_TURN), "paragraphs": spoken[turn["seq"]]}
            for turn in document.of["turns"]
        ],
        "media": [_only(one, _OF_MEDIUM) for one in document.of["media"]],
        "links": [_only(one, _OF_LINK) for one in document.of["links"]],
        "provenance": {**_only(document.row, _OF_PROVENANCE), "snapshot": snapshot.name},
    }


def _persons(
    document: Document, persons: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Give who speaks or is tagged, in that order, with names in both languages."""
    speaks = dict.fromkeys(turn["person_id"] for turn in document.of["turns"] if turn["person_id"])
    tagged = dict.fromkeys(
        tag["tag_id"] for tag in document.row["tags"] if tag["facet"] == "persons"
    )
    for person_id in {**speaks, **tagged}:
        known = persons.get(person_id, {})
        yield {
            "person_id": person_id,
            "name_en": known.get("display_en") or known.get("name_en"),
            "name_ru": known.get("display_ru") or known.get("name_ru"),
            "speaks": person_id in speaks,
            "is_tagged": person_id in tagged,
        }


def _only(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


@contextmanager
def _files(places: Mapping[str, Path]) -> Iterator[dict[str, IO[bytes]]]:
    """Open all places; gzip carries neither name nor time, so that bytes depend on the content alone."""
    raw = {name: place.open("wb") for name, place in places.items()}
    files: dict[str, IO[bytes]] = {
        name: gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) if name.endswith(".gz") else file  # type: ignore[misc]
        for name, file in raw.items()
    }
    try:
        yield files
    finally:
        for file in (*files.values(), *raw.values()):
            file.close()
