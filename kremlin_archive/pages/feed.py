"""A section's Atom feed.

From one feed of August 2020 (two captures). **Its offsets are wrong**:
``2020-08-27T15:20:00+04:00`` where the page says 15:20 and Moscow kept +03:00, on 20 entries of 20.
So the wall clock is read and the offset dropped. An entry's content is the lead, a small photo and
the body's HTML without tooltips.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kremlin_archive.errors import LayoutError, NotThisPage
from kremlin_archive.pages.dates import iso_date
from kremlin_archive.pages.decoding import decode
from kremlin_archive.pages.each import read_each
from kremlin_archive.pages.inline import element_text
from kremlin_archive.pages.links import absolute
from kremlin_archive.pages.normalise import normalise
from kremlin_archive.records import FeedEntry, FeedPage
from kremlin_archive.urls import Language, event_address, language_of

ATOM = "{http://www.w3.org/2005/Atom}"
LEAD_CLASS = "c-summary"
TEXT_TAGS = frozenset({"p", "blockquote"})

_WALL_CLOCK = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_PAGE = re.compile(r"/page/(\d{1,9})/?$")


def parse_feed(content: bytes, url: str, *, charset: str | None = None) -> FeedPage:
    """Read a feed page from its decoded bytes.

    Raises `NotThisPage` when the body is empty, cannot be decoded or is not XML, and `LayoutError`
    when it is not an Atom feed of events. An odd entry beside others that are none is told in ``odd``.
    """
    language = language_of(url)
    if language is None:
        raise NotThisPage(url, "not the address of a feed")
    decoded = decode(content, url, charset)
    root = _parse_xml(decoded.text, url)
    if root.tag != f"{ATOM}feed":
        raise LayoutError(url, "feed", 0, f"an Atom feed, not {root.tag}")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    last = _PAGE.search(links.get("last") or "")
    following = links.get("next")
    entries, odd = read_each(
        root.findall(f"{ATOM}entry"), lambda entry: _entry(entry, url, language), _name
    )
    return FeedPage(
        url=url,
        language=language,
        updated=_wall_clock(root, "updated", url),
        entries=entries,
        next_url=absolute(following, url) if following else None,
        page_count=int(last[1]) if last else None,
        warnings=decoded.warnings,
        odd=odd,
    )


def _parse_xml(text: str, url: str) -> ET.Element:
    if "<!DOCTYPE" in text[:4096].upper():  # Atom has none; without one no entity can be declared
        raise NotThisPage(url, "not an Atom feed: it declares a document type")
    try:
        return ET.fromstring(text.encode("utf-8"), parser=ET.XMLParser(encoding="utf-8"))  # noqa: S314 - see above
    except ET.ParseError as bad:
        raise NotThisPage(url, f"not XML: {bad}") from bad


def _entry(entry: ET.Element, url: str, language: Language) -> FeedEntry:
    target = _text(entry, "id", url)
    address = event_address(target)
    if address is None or address.language != language:
        raise LayoutError(url, f"entry > id {target}", 0, "the address of an event of this edition")
    lead, paragraphs = _read_content(entry.findtext(f"{ATOM}content") or "")
    return FeedEntry(
        event_id=address.event_id,
        url=address.url,
        title=normalise(_text(entry, "title", url)),
        published=_wall_clock(entry, "published", url),
        updated=_wall_clock(entry, "updated", url),
        lead=lead,
        paragraphs=paragraphs,
    )


def _name(entry: ET.Element) -> str:
    return f"id {normalise(entry.findtext(f'{ATOM}id') or '') or 'missing'}"


def _read_content(content: str) -> tuple[str | None, tuple[str, ...]]:
    body = LexborHTMLParser(content).body
    children = [child for child in body.iter() if child.is_element_node] if body is not None else []
    summary = [
        child for child in children if LEAD_CLASS in (child.attributes.get("class") or "").split()
    ]
    lead = "\n".join(text for node in summary for text in _paragraphs(node))
    texts = (element_text(child) for child in children if child.tag in TEXT_TAGS)
    return lead or None, tuple(text for text in texts if text)


def _paragraphs(node: LexborNode) -> Iterator[str]:
    texts = (element_text(child) for child in node.css("p") or [node])
    return (text for text in texts if text)


def _text(parent: ET.Element, tag: str, url: str) -> str:
    found = parent.findall(f"{ATOM}{tag}")
    text = normalise(found[0].text or "") if len(found) == 1 else ""
    if not text:
        raise LayoutError(
            url, f"{parent.tag.removeprefix(ATOM)} > {tag}", len(found), "exactly 1 with text"
        )
    return text


def _wall_clock(parent: ET.Element, tag: str, url: str) -> str:
    text = _text(parent, tag, url)
    match = _WALL_CLOCK.fullmatch(text)
    if match is None or not _is_instant(match[1]):
        raise LayoutError(
            url, f"{parent.tag.removeprefix(ATOM)} > {tag} {text}", 0, "a date and time"
        )
    return match[1]


def _is_instant(text: str) -> bool:
    try:
        return iso_date(datetime.fromisoformat(text).date().isoformat()) is not None
    except ValueError:
        return False
