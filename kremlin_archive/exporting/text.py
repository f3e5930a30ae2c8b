"""A file a document in the site's own plain layout, ``LANG/YEAR/ID.txt``, and ``index.tsv`` beside them."""

from __future__ import annotations

from pathlib import Path

from kremlin_archive.exporting.aside import aside
from kremlin_archive.exporting.snapshot import Chosen, Document, OnProgress, Row
from kremlin_archive.pages.text_version import render_text_version
from kremlin_archive.records import EventPage, Paragraph

INDEX = "index.tsv"
COLUMNS = (
    "path", "doc_id", "event_id", "lang", "published_local", "title", "place", "section", "n_words",
    "n_turns", "pair_doc_id", "status", "url", "revision_id",
)  # fmt: skip


def export_text(chosen: Chosen, out: Path, on_progress: OnProgress) -> tuple[Path, ...]:
    """Write the texts below ``out``, a new folder; documents that were taken down are left out."""
    with aside(out) as (folder,):
        folder.mkdir()
        with (folder / INDEX).open("w", encoding="utf-8", newline="\n") as index:
            index.write("\t".join(COLUMNS) + "\n")
            for done, document in enumerate(chosen.documents("paragraphs", "turns"), 1):
                if document.row["status"] != "removed_by_us":
                    index.write(_line(document.row, _write(document, folder)))
                on_progress(done, len(chosen.days))
    return (out,)


def page_of(document: Document) -> EventPage:
    """Give the record that a document's rows were made from, as far as a plain text shows it."""
    row = document.row
    day, _, clock = (row["published_local"] or "").partition("T")
    return EventPage(
        event_id=row["event_id"],
        language=row["lang"],
        url=row["url"],
        title=row["title"],
        lead=row["lead"],
        date=day or None,
        time=clock or None,
        place=row["place"],
        paragraphs=tuple(
            Paragraph(one["kind"], one["text"], one["speaker_label"], one["delivery_note"])
            for one in document.of["paragraphs"]
        ),
        turn_starts=tuple(turn["para_start"] for turn in document.of["turns"]),
        text_version_url=row["url_print"],
    )


def _write(document: Document, folder: Path) -> str:
    row = document.row
    path = f"{row['lang']}/{row['published_date'].year}/{row['event_id']}.txt"
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(render_text_version(page_of(document)).encode() + b"\n")
    return path


def _line(row: Row, path: str) -> str:
    values = (path, *(row[name] for name in COLUMNS[1:]))
    return (
        "\t".join("" if value is None else " ".join(str(value).split()) for value in values) + "\n"
    )
