"""``links``: one row a link that the page makes to something else.

The record keeps links where they mean something: cards, files, persons, the other edition. Where in
the text a person is linked is not in the record, so ``para_seq`` is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from kremlin_archive.dataset.chosen import Chosen
from kremlin_archive.dataset.columns import INT32, STRING, Column, Table, identity_columns
from kremlin_archive.records import EventPage
from kremlin_archive.urls import HOSTS, MEDIA_HOST, event_address, is_site

Role = Literal["card", "file", "person", "edition"]
Kind = Literal["internal_event", "supplement", "catalog", "media", "internal_other", "external"]

LINKS = Table(
    name="links",
    description="One row a link of a page: cards, files, persons in the text, the other edition.",
    sort=("event_id", "seq"),
    row_group=10_000,
    shard="language and year of the document's published_date: links-ru-2021.parquet",
    key=("link_id",),
    since="1.1.0",
    columns=(
        Column("link_id", STRING, "key: document and seq", "ru:66419#l0"),
        *identity_columns(),
        Column("revision_id", STRING, "revision", "ru:66419@3f0c1a2b4d5e", repeats=True),
        Column("seq", INT32, "place among the document's links, from 0: by role, then order", "0"),
        Column(
            "role",
            STRING,
            "card («See also»), file (for download), person (linked in the text), edition (the "
            "page's other language)",
            "card",
            repeats=True,
            values=get_args(Role),
        ),
        Column(
            "kind",
            STRING,
            "where it leads: internal_event, supplement, catalog, media, internal_other, external",
            "internal_event",
            repeats=True,
            values=get_args(Kind),
        ),
        Column(
            "url",
            STRING,
            "absolute address; a person's is made from the number; null for a person without one",
            "http://kremlin.ru/events/president/trips/66418",
            nullable=True,
        ),
        Column(
            "anchor_text",
            STRING,
            "words of the link; null for the other edition and for documents that were removed",
            "Поездка в Казахстан",
            nullable=True,
        ),
        Column(
            "shown_date",
            STRING,
            "date on the card, as printed; null where the document it leads to was removed",
            "21 августа",
            nullable=True,
        ),
        Column(
            "target_doc_id",
            STRING,
            "document the address names, whether the archive has it or not",
            "ru:66418",
            nullable=True,
        ),
        Column(
            "target_tag_id",
            STRING,
            "person the link names, under the site's number",
            "persons/336",
            nullable=True,
            repeats=True,
        ),
        Column(
            "tooltip_name",
            STRING,
            "person: name in the site's tooltip",
            "Токаев Касым-Жомарт",
            nullable=True,
            repeats=True,
        ),
        Column(
            "tooltip_position",
            STRING,
            "person: position in the site's tooltip on the day of the capture",
            "Президент Казахстана",
            nullable=True,
            repeats=True,
        ),
        Column(
            "para_seq",
            INT32,
            "paragraph the link stands in; null: not read in this version",
            "4",
            nullable=True,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link before it gets its place."""

    role: Role
    url: str | None
    anchor_text: str | None
    shown_date: str | None = None
    target_tag_id: str | None = None
    tooltip_name: str | None = None
    tooltip_position: str | None = None


def links_of(record: EventPage) -> Iterator[Link]:
    """List a record's links by role, each role in the page's order."""
    for card in record.related:
        yield Link("card", card.url, card.title, card.date)
    for file in record.attachments:
        yield Link("file", file.url, file.title)
    for person in record.person_mentions:
        tag_id = None if person.person_id is None else f"persons/{person.person_id}"
        yield Link(
            "person",
            tag_id and f"http://{HOSTS[record.language]}/catalog/{tag_id}",
            person.name_in_text,
            target_tag_id=tag_id,
            tooltip_name=person.tooltip_name,
            tooltip_position=person.tooltip_position,
        )
    if record.counterpart_url is not None:
        yield Link("edition", record.counterpart_url, None)


def link_rows(chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Give a document's links in order; cards of documents that were removed lose their words."""
    for seq, link in enumerate(links_of(chosen.record)):
        address = event_address(link.url or "")
        is_shown = address is None or address.doc_id not in chosen.removed
        yield {
            "link_id": f"{chosen.history.doc_id}#l{seq}",
            **chosen.identity,
            "revision_id": chosen.history.revision_id,
            "seq": seq,
            "role": link.role,
            "kind": link_kind(link.url) if link.url is not None else "catalog",
            "url": link.url,
            "anchor_text": link.anchor_text if is_shown else None,
            "shown_date": link.shown_date if is_shown else None,
            "target_doc_id": address.doc_id if address is not None else None,
            "target_tag_id": link.target_tag_id,
            "tooltip_name": link.tooltip_name,
            "tooltip_position": link.tooltip_position,
            "para_seq": None,
        }


def link_kind(url: str) -> Kind:
    """Tell where an absolute address leads.

    >>> link_kind("http://en.kremlin.ru/supplement/5309"), link_kind("https://www.un.org/")
    ('supplement', 'external')
    """
    address = event_address(url)
    if address is not None:
        return "supplement" if address.section == "supplement" else "internal_event"
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all, as the page has it
        return "external"
    if parts.hostname == MEDIA_HOST:
        return "media"
    if not is_site(url):
        return "external"
    return "catalog" if parts.path.startswith("/catalog/") else "internal_other"
