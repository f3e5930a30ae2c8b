"""A component: the file of one document."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date
from xml.etree.ElementTree import Element

from kremlin_archive.exporting.snapshot import Document, Row
from kremlin_archive.exporting.tei.body import body
from kremlin_archive.exporting.tei.convention import (
    HOMES,
    component_path,
    corpus_id,
    extent,
    publication,
    section_id,
    tags_declaration,
    xml_id,
)
from kremlin_archive.exporting.tei.element import element, line

PUBLISHER = {
    "en": "Presidential Executive Office of Russia",
    "ru": "Администрация Президента России",
}


def component(document: Document, other_day: date | None) -> Element:
    """Give the ``TEI`` element; ``other_day`` dates the other edition's file, if that is exported too."""
    row = document.row
    text = body(document)
    section = f"#{section_id(row['section'])}"
    tags = " ".join((section, *(f"#{xml_id(tag['tag_id'])}" for tag in row["tags"])))
    return element(
        "TEI",
        _header(row, Counter(each.tag for each in text.iter())),
        element("text", text, ana=tags),
        id=component_path(row["doc_id"], row["published_date"]).stem,
        lang=row["lang"],
        ana=section,
        corresp=_other(row, other_day),
    )


def _other(row: Row, day: date | None) -> str | None:
    if day is None:
        return None
    other = row["pair_doc_id"]
    return f"../../{corpus_id(other.partition(':')[0])}/{component_path(other, day)}"


def _header(row: Row, counts: dict[str, int]) -> Element:
    return element(
        "teiHeader",
        element(
            "fileDesc",
            _title_statement(row),
            element(
                "editionStmt",
                element("edition", f"revision {row['revision_no']}: {row['revision_id']}"),
            ),
            extent(row["n_turns"], row["n_words"]),
            publication(row["url"], row["fetched_at"].astimezone(UTC).date().isoformat()),
            _source(row),
        ),
        element(
            "encodingDesc", element("projectDesc", *_provenance(row)), tags_declaration(counts)
        ),
        element("profileDesc", _setting(row)),
        lang="en",
    )


def _title_statement(row: Row) -> Element:
    return element(
        "titleStmt",
        element("title", line(row["title"]), type="main", lang=row["lang"]),
        element("title", f"Event {row['doc_id']}", type="sub", lang="en"),
        element(
            "meeting",
            f"Event {row['event_id']}",
            n=str(row["event_id"]),
            ana=f"#{section_id(row['section'])}",
        ),
    )


def _source(row: Row) -> Element:
    addresses = [("page", row["url"]), ("textVersion", row["url_print"])]
    day = row["published_date"].isoformat()
    return element(
        "sourceDesc",
        element(
            "bibl",
            element("title", line(row["title"]), lang=row["lang"]),
            element("publisher", PUBLISHER[row["lang"]], lang=row["lang"]),
            *(
                element("idno", address, type="URI", subtype=what)
                for what, address in addresses
                if address
            ),
            element("date", _shown(row), when=day),
        ),
    )


def _provenance(row: Row) -> tuple[Element, ...]:
    fetched = row["fetched_at"].astimezone(UTC).isoformat().replace("+00:00", "Z")
    return (
        element(
            "p",
            "Made by kremlin-archive from the page of ",
            element("ref", HOMES[row["lang"]].removeprefix("http://"), target=HOMES[row["lang"]]),
            f" as fetched at {fetched}.",
        ),
        element(
            "p",
            "Its bytes: WARC record ",
            element(
                "ref",
                row["warc_record_id"],
                target=row["warc_record_id"].removeprefix("<").removesuffix(">"),
            ),
            f" in {row['warc_filename']}, offset {row['warc_record_offset']}, "
            f"length {row['warc_record_length']}, payload {row['payload_digest']}.",
        ),
    )


def _setting(row: Row) -> Element:
    day = row["published_date"].isoformat()
    place = element("name", line(row["place"]), type="place", lang=row["lang"])
    return element(
        "settingDesc",
        element(
            "setting",
            element("name", PUBLISHER[row["lang"]], type="org", lang=row["lang"]),
            place if row["place"] else None,
            element("date", _shown(row), when=day),
        ),
    )


def _shown(row: Row) -> str:
    """Give the day, and the minute where the page shows it."""
    return str(row["published_local"] or row["published_date"]).replace("T", " ")
