"""The publication status below the text: sections, date and time, short link, text version."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from kremlin_archive.pages.inline import element_text
from kremlin_archive.pages.links import absolute, path_of
from kremlin_archive.pages.normalise import normalise
from kremlin_archive.pages.selection import maybe_one, one
from kremlin_archive.pages.stamp import read_stamp
from kremlin_archive.pages.words import SiteWords
from kremlin_archive.records import Section, Warn

STATUS = "div.read__status"
STATUS_HEAD = "h3"
STATUS_LINES = "p"
STATUS_TIME = "time"
SHORT_LINK = "a.print_link"
TEXT_VERSION_LINK = "a.text_version_link"
OTHER_LINKS = "a:not(.print_link):not(.text_version_link)"


@dataclass(frozen=True, slots=True)
class Status:
    """What the status block says; ``date`` and ``time`` are the wall clock."""

    sections: tuple[Section, ...]
    date: str | None
    time: str | None
    short_url: str | None
    text_version_url: str | None
    warnings: tuple[Warn, ...]


def read_status(article: LexborNode, url: str, words: SiteWords) -> Status:
    """Read the status block, which every page has."""
    block = one(article, STATUS, url)
    stamp = maybe_one(block, STATUS_TIME, url)
    date, time = read_stamp(stamp, words) if stamp is not None else (None, None)
    return Status(
        sections=tuple(_section(link, url) for link in block.css(OTHER_LINKS)),
        date=date,
        time=time,
        short_url=_address(maybe_one(block, SHORT_LINK, url), url),
        text_version_url=_address(maybe_one(block, TEXT_VERSION_LINK, url), url),
        warnings=tuple(_unknown_words(block, words)),
    )


def _section(link: LexborNode, url: str) -> Section:
    return Section(path_of(link.attributes.get("href") or "", url), element_text(link))


def _address(link: LexborNode | None, url: str) -> str | None:
    href = link.attributes.get("href") if link is not None else None
    return absolute(href, url) if href else None


def _unknown_words(block: LexborNode, words: SiteWords) -> list[Warn]:
    """Words of the block, outside its links and date, that are not the site's known ones."""
    found = [(head, words.status_heads) for head in block.css(STATUS_HEAD)]
    found += [(line, words.status_words) for line in block.css(STATUS_LINES)]
    texts = [(normalise(node.text(deep=False)).strip(" ,"), known) for node, known in found]
    return [Warn("unknown_status", text) for text, known in texts if text.lower() not in known]
