"""``document_tags`` and ``tags``: which document carried which tag when, and the tags themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from kremlin_archive.dataset.chosen import Chosen
from kremlin_archive.dataset.columns import (
    BOOL,
    INSTANT,
    INT32,
    STRING,
    Column,
    Table,
    identity_columns,
    list_of_struct,
)
from kremlin_archive.dataset.counts import tags_of
from kremlin_archive.urls import HOSTS

_FACETS = ("geography", "topics", "persons")

DOCUMENT_TAGS = Table(
    name="document_tags",
    description="One row a tag that a document carries or, in a revision seen, carried.",
    sort=("event_id",),
    row_group=10_000,
    shard="language and year of the document's published_date: document_tags-ru-2021.parquet",
    key=("doc_id", "tag_id"),
    since="1.1.0",
    columns=(
        *identity_columns(),
        Column("tag_id", STRING, "tag", "countries/KZ", repeats=True),
        Column(
            "facet",
            STRING,
            "geography, topics or persons",
            "geography",
            repeats=True,
            values=_FACETS,
        ),
        Column(
            "seq",
            INT32,
            "place among the tags of the newest revision that carries it: countries, regions, "
            "topics, persons, each in the page's order, from 0",
            "0",
        ),
        Column("label", STRING, "name as printed there", "Казахстан", repeats=True),
        Column("is_current", BOOL, "whether the current revision carries it", "true"),
        Column(
            "first_seen_at", INSTANT, "first capture that showed it here", "2026-11-21T12:00:03Z"
        ),
        Column("last_seen_at", INSTANT, "last capture that showed it here", "2026-11-22T08:00:03Z"),
    ),
)

TAGS = Table(
    name="tags",
    description="One row a tag; the editions share the numbers.",
    sort=("tag_id",),
    row_group=10_000,
    shard="all in one file",
    key=("tag_id",),
    since="1.1.0",
    columns=(
        Column("tag_id", STRING, "key: the site's catalogue and id there", "countries/KZ"),
        Column(
            "facet",
            STRING,
            "geography, topics or persons",
            "geography",
            repeats=True,
            values=_FACETS,
        ),
        Column("site_id", STRING, "id in the catalogue: number, or code of a place", "KZ"),
        Column("iso2", STRING, "countries: ISO 3166 alpha-2 code", "KZ", nullable=True),
        Column(
            "label_en",
            STRING,
            "name in the English edition, on most documents; null where none carries it",
            "Kazakhstan",
            nullable=True,
        ),
        Column(
            "label_ru", STRING, "name in the Russian edition, alike", "Казахстан", nullable=True
        ),
        Column(
            "url_en",
            STRING,
            "address of its events, made from the id; null where no document carries it",
            "http://en.kremlin.ru/catalog/countries/KZ/events",
            nullable=True,
        ),
        Column(
            "url_ru",
            STRING,
            "address in the Russian edition, alike",
            "http://kremlin.ru/catalog/countries/KZ/events",
            nullable=True,
        ),
        Column(
            "aliases",
            list_of_struct(lang=STRING, label=STRING),
            "other names it was printed under",
            '[{"lang": "en", "label": "Republic of Kazakhstan"}]',
        ),
        Column("n_docs_en", INT32, "English documents that carry it now", "118"),
        Column("n_docs_ru", INT32, "Russian documents that carry it now", "181"),
        Column("first_seen_at", INSTANT, "first capture that showed it", "2026-11-21T12:00:03Z"),
        Column("last_seen_at", INSTANT, "last capture that showed it", "2026-11-22T08:00:03Z"),
        Column(
            "wikidata_id",
            STRING,
            "null: tags are not linked to Wikidata in this version",
            "Q232",
            nullable=True,
        ),
    ),
)


def document_tag_rows(chosen: Chosen) -> list[dict[str, Any]]:
    """Give the tags of all revisions: those of the current one in its order, former ones after."""
    found: dict[str, dict[str, Any]] = {}
    for state in chosen.states:
        for seq, tag in enumerate(tags_of(state.record)):
            began = state.revision.began.fetched_at
            first = found[tag["tag_id"]]["first_seen_at"] if tag["tag_id"] in found else began
            found[tag["tag_id"]] = {
                **chosen.identity,
                **tag,
                "seq": seq,
                "is_current": state is chosen.states[-1],
                "first_seen_at": first,
                "last_seen_at": state.revision.last_seen_at,
            }
    return sorted(
        found.values(), key=lambda row: (not row["is_current"], row["seq"], row["tag_id"])
    )


def tag_rows(carried: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give all tags, sorted, from what documents carry, grouped.

    ``carried`` has a mapping for each ``tag_id``, ``facet``, ``lang``, ``label``, with the number of
    documents now and ever, ``n_current`` and ``n_ever``, and ``first_seen_at``, ``last_seen_at``.
    """
    by_tag: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for group in carried:
        by_tag[group["tag_id"]].append(group)
    for tag_id in sorted(by_tag):
        yield _tag_row(tag_id, by_tag[tag_id])


def _tag_row(tag_id: str, groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    catalogue, _, site_id = tag_id.partition("/")
    english, russian = _label(groups, "en"), _label(groups, "ru")
    main = {("en", english), ("ru", russian)}
    others = {(group["lang"], group["label"]) for group in groups} - main
    return {
        "tag_id": tag_id,
        "facet": groups[0]["facet"],
        "site_id": site_id,
        "iso2": site_id if catalogue == "countries" else None,
        "label_en": english,
        "label_ru": russian,
        "url_en": english and f"http://{HOSTS['en']}/catalog/{tag_id}/events",
        "url_ru": russian and f"http://{HOSTS['ru']}/catalog/{tag_id}/events",
        "aliases": [{"lang": lang, "label": label} for lang, label in sorted(others)],
        "n_docs_en": _documents(groups, "en"),
        "n_docs_ru": _documents(groups, "ru"),
        "first_seen_at": _instants(groups, "first_seen_at")[0],
        "last_seen_at": _instants(groups, "last_seen_at")[-1],
        "wikidata_id": None,
    }


def _label(groups: Sequence[Mapping[str, Any]], language: str) -> str | None:
    """Find the label most documents bear, the first in the alphabet where several do."""
    printed = [(-group["n_ever"], group["label"]) for group in groups if group["lang"] == language]
    return min(printed)[1] if printed else None


def _documents(groups: Sequence[Mapping[str, Any]], language: str) -> int:
    return sum(group["n_current"] for group in groups if group["lang"] == language)


def _instants(groups: Sequence[Mapping[str, Any]], name: str) -> list[datetime]:
    return sorted(group[name] for group in groups)
