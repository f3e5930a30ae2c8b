"""Templates and fragments to pages; nothing here knows of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser

from kremlin_archive.errors import UsageError
from kremlin_archive.replica.site.catalogue import Entry, entry, section, words
from kremlin_archive.replica.site.edition import Edition
from kremlin_archive.replica.site.media import media_url, token
from kremlin_archive.replica.site.typography import (
    counted,
    day_head,
    long_date,
    long_time,
    typeset,
    wrong_offset,
)
from kremlin_archive.urls import HOSTS, Language

_PIECES = """
{%- from "pieces.html" import photos, person, term, cards, card, event_card, attached, clip
    with context -%}
{{ photos(edition) }}{% if edition.video and edition.video.in_body -%}
{{ clip(edition, edition.video) }}{% endif %}
"""


@dataclass(frozen=True, slots=True)
class TagLink:
    """A tag under an event."""

    name: str
    address: str
    kind: str = ""


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("kremlin_archive.replica.site", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    filters = (counted, long_date, long_time, day_head, typeset, wrong_offset)
    made.filters |= {one.__name__: one for one in filters}
    made.globals |= {"media": media_url, "token": token}
    return made


def page(template: str, language: Language, **values: Any) -> str:  # noqa: ANN401 - template's own
    """Render a template in a language; ``year`` is that of the frame's footer."""
    frame: dict[str, Any] = {"body_class": " is-reading", "counterpart": "", "printing": False}
    return _environment().get_template(template).render(frame | _frame(language) | values)


def body(edition: Edition, find: Callable[[int], Edition | None]) -> Markup:
    """Render an edition's body; ``find`` gives the editions that its cards name, None if gone.

    Raises UsageError for a fragment that is not a template.
    """
    try:
        template = _environment().from_string(_PIECES + edition.body)
        html = template.render(_frame(edition.language), edition=edition, find=find)
    except TemplateError as error:
        raise UsageError(f"body of {edition.language}:{edition.event_id}: {error}") from error
    return typeset(Markup(html), edition.language)  # noqa: S704 - autoescaped


def _frame(language: Language) -> dict[str, Any]:
    def lookup(kind: str, key: int) -> Entry:
        return entry(kind, key, language)

    other: Language = "ru" if language == "en" else "en"
    return {
        "language": language,
        "other": other,
        "host": HOSTS[language],
        "w": words(language),
        "lookup": lookup,
    }


def tags(edition: Edition) -> dict[str, list[TagLink]]:
    """Tags of an edition under the three heads of the site."""

    def links(kind: str, keys: Sequence[int | str], where: str, style: str = "") -> list[TagLink]:
        named = [(key, entry(kind, key, edition.language).name) for key in keys]
        return [TagLink(name, f"/catalog/{where}/{key}/events", style) for key, name in named]

    regions = links("regions", edition.regions, "regions")
    return {
        "geography": regions + links("countries", edition.countries, "countries"),
        "topics": links("topics", edition.topics, "keywords", "p-category"),
        "persons": links("persons", edition.persons, "persons"),
    }


def sections(edition: Edition) -> list[Any]:
    """Sections that the status block names."""
    return [section(key, edition.language) for key in edition.sections]


def plain_body(html: str) -> str:
    """Body as the feed gives it: no tooltips, no links of people, no pictures, no cards."""
    tree = LexborHTMLParser(f"<div id=body>{html}</div>")
    for node in tree.css(".read__tooltip"):
        node.decompose()
    for node in tree.css("a.read__tag"):
        node.unwrap()
    blocks = tree.css("#body > p, #body > blockquote, #body > hr")
    return "".join(node.html or "" for node in blocks)
