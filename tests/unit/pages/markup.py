"""A paragraph or a body in the site's markup, read as the page's would be."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kremlin_archive.pages.body import Body, read_body
from kremlin_archive.pages.inline import read_inline
from kremlin_archive.pages.labels import Opening, read_opening
from kremlin_archive.pages.turns import Turns, assign_turns
from kremlin_archive.pages.words import WORDS
from kremlin_archive.urls import Language

URL = "http://en.kremlin.ru/events/president/news/1"


def element(markup: str, selector: str) -> LexborNode:
    found = LexborHTMLParser(markup).css_first(selector)
    assert found is not None
    return found


def opening(paragraph: str) -> Opening:
    """How the inner HTML of one paragraph opens."""
    return read_opening(read_inline(element(f"<p>{paragraph}</p>", "p")).runs)


def body(markup: str, language: Language = "en") -> Body:
    return read_body(element(f"<div id=b>{markup}</div>", "#b"), URL, WORDS[language])


def turns(markup: str, language: Language = "en") -> Turns:
    return assign_turns(body(markup, language).blocks, WORDS[language])


def said(markup: str, language: Language = "en") -> list[tuple[str, str | None, str]]:
    """Kind, speaker and text of each paragraph."""
    return [(one.kind, one.speaker, one.text) for one in turns(markup, language).paragraphs]
