"""Names that components, roots and taxonomies must agree on."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from kremlin_archive.exporting.tei.element import element

CORPUS = "KremlinArchive"
LICENCE = "http://creativecommons.org/licenses/by/4.0/"
HOMES = {"en": "http://en.kremlin.ru", "ru": "http://kremlin.ru"}
SPEAKERS = {
    "person": "regular",
    "moderator": "chair",
    "question": "guest",
    "crowd": "crowd",
    "unknown": "unknown",
}
"""ParlaMint's kinds of speakers by ``turns.speaker_kind``; it has no crowd and no unknown."""

_NOT_IN_NAMES = re.compile(r"[^\w.\-]")


def xml_id(key: str) -> str:
    """Give a key of the tables as an XML id.

    >>> xml_id("ru:66419#p12"), xml_id("persons/336"), xml_id("label/o’neil")
    ('ru.66419.p12', 'persons.336', 'label.o_2019_neil')
    """
    plain = re.sub("[/:#]", ".", key)
    return _NOT_IN_NAMES.sub(lambda found: f"_{ord(found[0]):x}_", plain)


def section_id(section: str) -> str:
    """Give the id of a section's category.

    >>> section_id("president/news")
    'section.president.news'
    """
    return f"section.{xml_id(section)}"


def corpus_id(language: str) -> str:
    """Give the id of a root, also its file's name without the ending."""
    return f"{CORPUS}-{language}"


def component_path(doc_id: str, day: date) -> PurePosixPath:
    """Give the path of a component below its root's folder.

    >>> str(component_path("ru:66419", date(2021, 8, 21)))
    '2021/KremlinArchive-ru_2021-08-21-66419.xml'
    """
    language, _, number = doc_id.partition(":")
    return PurePosixPath(f"{day.year}/{corpus_id(language)}_{day.isoformat()}-{number}.xml")


def publication(address: str, day: str) -> Element:
    """Give ``publicationStmt``: who publishes what under which licence."""
    return element(
        "publicationStmt",
        element("publisher", element("orgName", "kremlin-archive", lang="en")),
        element("idno", address, type="URI"),
        element(
            "availability",
            element("licence", LICENCE),
            element(
                "p",
                "Texts of the site are published under the ",
                element(
                    "ref", "Creative Commons Attribution 4.0 International License", target=LICENCE
                ),
                ".",
            ),
            status="free",
        ),
        element("date", day, when=day),
    )


def extent(speeches: int, words: int) -> Element:
    """Give ``extent``: turns, and words as ``documents.n_words`` counts them."""
    return element(
        "extent",
        element("measure", f"{speeches:,} speeches", unit="speeches", quantity=str(speeches)),
        element("measure", f"{words:,} words", unit="words", quantity=str(words)),
    )


def tags_declaration(counts: dict[str, int]) -> Element:
    """Give ``tagsDecl``: how often each element stands in the text."""
    return element(
        "tagsDecl",
        element(
            "namespace",
            *(element("tagUsage", gi=tag, occurs=str(n)) for tag, n in sorted(counts.items())),
            name="http://www.tei-c.org/ns/1.0",
        ),
    )
