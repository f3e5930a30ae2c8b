"""``classDecl``: kinds of speakers, the site's sections, and its tags of places and topics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from kremlin_archive.exporting.snapshot import Row
from kremlin_archive.exporting.tei.convention import HOMES, section_id, xml_id
from kremlin_archive.exporting.tei.element import element, line

_KINDS = {
    "chair": ("Moderator", "who leads a conversation", "Ведущий", "ведёт разговор"),
    "regular": (
        "Speaker",
        "a person speaking under a name",
        "Участник",
        "говорит под своим именем",
    ),
    "guest": (
        "Question",
        "who asks, without a name",
        "Вопрос",
        "спрашивает, не названный по имени",
    ),
    "crowd": (
        "Remark",
        "a voice or several, without a name",
        "Реплика",
        "голос или голоса без имени",
    ),
    "unknown": ("Unknown", "a label that names nobody", "Неизвестно", "подпись никого не называет"),
}
_FACETS = {
    "geography": ("Geography", "countries and regions", "География", "страны и регионы"),
    "topics": ("Topics", "keywords of the site", "Темы", "ключевые слова сайта"),
}


def class_declaration(sections: Iterable[str], tags: Iterable[Row]) -> Element:
    """Give ``classDecl``; taxonomies without a category are left out."""
    kinds = [
        element("category", *_both("catDesc", *words), id=key) for key, words in _KINDS.items()
    ]
    shelves: dict[str, list[Element]] = {facet: [] for facet in _FACETS}
    for tag in tags:
        if tag["facet"] in shelves:
            shelves[tag["facet"]].append(_tag(tag))
    return element(
        "classDecl",
        _taxonomy("speaker_types", ("Speakers", "kinds", "Говорящие", "виды"), kinds),
        _taxonomy(
            "sections",
            ("Sections", "of the site", "Разделы", "сайта"),
            list(map(_section, sections)),
        ),
        *(_taxonomy(facet, words, shelves[facet]) for facet, words in _FACETS.items()),
    )


def _taxonomy(key: str, words: tuple[str, str, str, str], of: list[Element]) -> Element | None:
    return element("taxonomy", *_both("desc", *words), *of, id=key) if of else None


def _both(tag: str, english: str, meaning: str, russian: str, meaning_ru: str) -> Iterator[Element]:
    yield element(tag, element("term", english), f": {meaning}", lang="en")
    yield element(tag, element("term", russian), f": {meaning_ru}", lang="ru")


def _section(path: str) -> Element:
    described = element(
        "catDesc", element("term", path), f": {HOMES['en']}/events/{path}", lang="en"
    )
    return element("category", described, id=section_id(path))


def _tag(tag: Row) -> Element:
    labels = {language: tag[f"label_{language}"] for language in HOMES}
    return element(
        "category",
        *(
            element("catDesc", element("term", line(label)), lang=language)
            for language, label in labels.items()
            if label or not any(labels.values())
        ),
        id=xml_id(tag["tag_id"]),
    )
