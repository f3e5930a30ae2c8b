"""``media``: one row a photo, video or file of a page, with its bytes where they were captured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kremlin_archive.dataset.chosen import POINTER, Chosen
from kremlin_archive.dataset.columns import (
    FLOAT32,
    INSTANT,
    INT32,
    INT64,
    STRING,
    Column,
    Table,
    identity_columns,
    pointer_columns,
)
from kremlin_archive.dataset.pictures import Stored
from kremlin_archive.records import EventPage

MEDIA = Table(
    name="media",
    description="One row a photo, video or file for download of a page.",
    sort=("event_id", "seq"),
    row_group=10_000,
    shard="language and year of the document's published_date: media-ru-2021.parquet",
    key=("media_id",),
    since="1.1.0",
    columns=(
        Column("media_id", STRING, "key: document and seq", "ru:66419#m0"),
        *identity_columns(),
        Column("revision_id", STRING, "revision", "ru:66419@3f0c1a2b4d5e", repeats=True),
        Column("seq", INT32, "place: photos, then videos, then files, each in order, from 0", "0"),
        Column(
            "kind",
            STRING,
            "photo, video or attachment",
            "photo",
            repeats=True,
            values=("photo", "video", "attachment"),
        ),
        Column(
            "site_id",
            INT64,
            "the site's number of a photo, where the page gives it",
            "61254",
            nullable=True,
        ),
        Column(
            "url",
            STRING,
            "address of the size or quality shown on the page (a video's best)",
            "http://static.kremlin.ru/media/events/photos/big/a1b2.jpg",
        ),
        Column(
            "caption",
            STRING,
            "caption as printed; an attachment's title",
            "С Президентом Казахстана Касым-Жомартом Токаевым.",
            nullable=True,
        ),
        Column("format", STRING, "attachment: format as printed", "pdf", nullable=True),
        Column(
            "width",
            INT32,
            "null: pictures are not opened in this version",
            "940",
            nullable=True,
            unit="pixel",
        ),
        Column(
            "height",
            INT32,
            "null: pictures are not opened in this version",
            "627",
            nullable=True,
            unit="pixel",
        ),
        Column(
            "duration_s",
            FLOAT32,
            "null: not read in this version",
            "16229.0",
            nullable=True,
            unit="second",
        ),
        Column(
            "mime",
            STRING,
            "type by the first bytes, else as declared; null, like all below, where the archive "
            "holds no capture of the address",
            "image/jpeg",
            nullable=True,
            repeats=True,
        ),
        Column(
            "bytes",
            INT64,
            "length of the entity body",
            "183204",
            nullable=True,
            unit="byte",
        ),
        Column(
            "sha256",
            STRING,
            "sha256 of the entity body, hex",
            "2cf24dba5fb0a30e…",
            nullable=True,
        ),
        *pointer_columns("of the newest whole answer: {}".format, nullable=True),
        Column(
            "fetched_at",
            INSTANT,
            "instant of that capture's request",
            "2026-11-21T12:00:04Z",
            nullable=True,
        ),
    ),
)

_STORED = ("mime", "bytes", "sha256", *POINTER, "fetched_at")


def media_rows(chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Give a document's media in order."""
    for seq, shown in enumerate(_shown(chosen.record)):
        stored = chosen.pictures.get(shown["url"].partition("#")[0])
        yield {
            "media_id": f"{chosen.history.doc_id}#m{seq}",
            **chosen.identity,
            "revision_id": chosen.history.revision_id,
            "seq": seq,
            **shown,
            "width": None,
            "height": None,
            "duration_s": None,
            **_bytes(stored),
        }


def _shown(record: EventPage) -> Iterator[dict[str, Any]]:
    for photo in record.photos:
        yield _item("photo", photo.url, photo.caption, site_id=photo.id)
    for video in record.videos:
        yield _item("video", video.url, video.caption)
    for file in record.attachments:
        yield _item("attachment", file.url, file.title, shape=file.format)


def _item(
    kind: str,
    url: str,
    caption: str | None,
    *,
    site_id: int | None = None,
    shape: str | None = None,
) -> dict[str, Any]:
    return {"kind": kind, "site_id": site_id, "url": url, "caption": caption, "format": shape}


def _bytes(stored: Stored | None) -> dict[str, Any]:
    return {name: None if stored is None else getattr(stored, name) for name in _STORED}
