"""The export itself: components one by one, then a root for each language that includes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from kremlin_archive.exporting.aside import aside
from kremlin_archive.exporting.snapshot import Chosen, Document, OnProgress, Row, Snapshot
from kremlin_archive.exporting.tei.component import PUBLISHER, component
from kremlin_archive.exporting.tei.convention import (
    HOMES,
    component_path,
    corpus_id,
    extent,
    publication,
    tags_declaration,
)
from kremlin_archive.exporting.tei.element import element, write_xml
from kremlin_archive.exporting.tei.persons import list_person
from kremlin_archive.exporting.tei.taxonomies import class_declaration

_TITLES = {
    "en": "Corpus of the event pages of the President of Russia, {} edition",
    "ru": "Корпус страниц событий сайта Президента России, издание: {}",
}
_SITES = {"en": "President of Russia", "ru": "Президент России"}
_EDITIONS = {"en": ("English", "английское"), "ru": ("Russian", "русское")}
_DECISIONS = {
    "correction": "Nothing is corrected.",
    "normalization": "Unicode NFC, single spaces; quotation marks, dashes and the letter ё are kept.",
    "hyphenation": "Soft hyphens are removed; there are no hyphens at the ends of lines.",
    "quotation": "Quotation marks stay in the text.",
    "segmentation": "An utterance is what stands under one label; a segment is a paragraph of the page.",
}


@dataclass(slots=True)
class _Tally:
    """What a root says of its components."""

    documents: int = 0
    speeches: int = 0
    words: int = 0
    elements: Counter[str] = field(default_factory=Counter)
    sections: set[str] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)
    days: tuple[date, ...] = ()
    """The first and the last."""

    def add(self, document: Document, made: Element, path: str) -> None:
        row = document.row
        self.documents += 1
        self.speeches += row["n_turns"]
        self.words += row["n_words"]
        self.elements.update(each.tag for each in made.iterfind("text/body//*"))
        self.elements["body"] += 1
        self.sections.add(row["section"])
        self.persons.update(turn["person_id"] for turn in document.of["turns"] if turn["person_id"])
        self.tags.update(tag["tag_id"] for tag in row["tags"])
        self.files.append(path)
        days = (*self.days, row["published_date"])
        self.days = min(days), max(days)


def export_tei(chosen: Chosen, out: Path, on_progress: OnProgress) -> tuple[Path, ...]:
    """Write the corpus below ``out``, a new folder; documents that were taken down are left out."""
    tallies: dict[str, _Tally] = {}
    statuses = chosen.snapshot.rows("documents", ("doc_id", "status"))
    removed = {row["doc_id"] for row in statuses if row["status"] == "removed_by_us"}
    days = {doc_id: day for doc_id, day in chosen.days.items() if doc_id not in removed}
    with aside(out) as (folder,):
        folder.mkdir()
        for done, document in enumerate(chosen.documents("paragraphs", "turns"), 1):
            if document.row["doc_id"] in days:
                tally = tallies.setdefault(document.row["lang"], _Tally())
                _write_component(document, days, folder, tally)
            on_progress(done, len(chosen.days))
        for language, tally in tallies.items():
            name = corpus_id(language)
            write_xml(_root(language, tally, chosen.snapshot), folder / name / f"{name}.xml")
    return (out,)


def _write_component(
    document: Document, days: Mapping[str, date], folder: Path, tally: _Tally
) -> None:
    row = document.row
    made = component(document, days.get(row["pair_doc_id"]))
    path = component_path(row["doc_id"], row["published_date"])
    tally.add(document, made, str(path))
    place = folder / corpus_id(row["lang"]) / path
    place.parent.mkdir(parents=True, exist_ok=True)
    write_xml(made, place)


def _root(language: str, tally: _Tally, snapshot: Snapshot) -> Element:
    root = element(
        "teiCorpus",
        element(
            "teiHeader",
            _file_description(language, tally, snapshot),
            _encoding(tally, snapshot),
            _profile(language, tally, snapshot),
            lang="en",
        ),
        *(element("xi:include", href=path) for path in sorted(tally.files)),
        id=corpus_id(language),
        lang=language,
    )
    root.set("xmlns:xi", "http://www.w3.org/2001/XInclude")
    return root


def _file_description(language: str, tally: _Tally, snapshot: Snapshot) -> Element:
    first, last = (day.isoformat() for day in tally.days)
    return element(
        "fileDesc",
        _title_statement(language),
        element("editionStmt", element("edition", f"snapshot {snapshot.name}")),
        extent(tally.speeches, tally.words),
        publication(HOMES[language], snapshot.captured_until),
        element(
            "sourceDesc",
            element(
                "bibl",
                element("title", _SITES[language], lang=language),
                element("idno", HOMES[language], type="URI"),
                element("date", f"{first} – {last}", from_=first, to=last),
            ),
        ),
    )


def _title_statement(language: str) -> Element:
    return element(
        "titleStmt",
        *(
            element("title", title.format(edition), type="main", lang=of)
            for (of, title), edition in zip(_TITLES.items(), _EDITIONS[language], strict=True)
        ),
        element(
            "respStmt",
            element("persName", "kremlin-archive"),
            element("resp", "Archiving and encoding", lang="en"),
        ),
        element("funder", element("orgName", "Not funded", lang="en")),
    )


def _encoding(tally: _Tally, snapshot: Snapshot) -> Element:
    sections, tags = sorted(tally.sections), snapshot.rows("tags")
    return element(
        "encodingDesc",
        element(
            "projectDesc",
            element("p", "Encoded by the conventions of ParlaMint, one component a document."),
        ),
        element(
            "editorialDecl",
            *(element(name, element("p", words)) for name, words in _DECISIONS.items()),
        ),
        tags_declaration(tally.elements),
        class_declaration(sections, (tag for tag in tags if tag["tag_id"] in tally.tags)),
    )


def _profile(language: str, tally: _Tally, snapshot: Snapshot) -> Element:
    first, last = (day.isoformat() for day in tally.days)
    return element(
        "profileDesc",
        element(
            "settingDesc",
            element(
                "setting",
                element("name", PUBLISHER["en"], type="org", lang="en"),
                element("date", f"{first} – {last}", from_=first, to=last),
            ),
        ),
        element(
            "particDesc",
            _organisation(),
            list_person(_persons(tally, snapshot), _days_of_events(snapshot)),
        ),
        element(
            "langUsage",
            element("language", _EDITIONS[language][0], ident=language, lang="en"),
        ),
    )


def _organisation() -> Element:
    names = (element("orgName", name, lang=of, full="yes") for of, name in PUBLISHER.items())
    office = element("org", *names, id="executive-office", role="government")
    return element("listOrg", office)


def _persons(tally: _Tally, snapshot: Snapshot) -> Iterator[Row]:
    """Give who speaks or is tagged, by the table of persons; a tag it lacks by its labels."""
    wanted = tally.persons | {tag for tag in tally.tags if tag.startswith("persons/")}
    for row in snapshot.rows("persons"):
        if row["person_id"] in wanted:
            wanted.discard(row["person_id"])
            yield row
    for tag in snapshot.rows("tags"):
        if tag["tag_id"] in wanted:
            yield _person_of_tag(tag)


def _person_of_tag(tag: Row) -> dict[str, Any]:
    names = {f"name_{language}": tag[f"label_{language}"] for language in HOMES}
    shown = dict.fromkeys((f"display_{language}" for language in HOMES), None)
    return {"person_id": tag["tag_id"], **names, **shown, "aliases": [], "roles": []}


def _days_of_events(snapshot: Snapshot) -> dict[int, date]:
    """Give each event's day; where the editions have two, the earlier."""
    days: dict[int, date] = {}
    for row in snapshot.rows("documents", ("event_id", "published_date")):
        event, day = row["event_id"], row["published_date"]
        days[event] = min(day, days.get(event, day))
    return days
