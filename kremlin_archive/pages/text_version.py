"""The plain text version of an event (``…/copy/N``), read and written.

Layout, from the one document known, as text (the Russian one of event 66419)::

    ⏎
    title⏎
    ⏎
    ⏎
    2021-08-21 13:10:00⏎
    ⏎
    place⏎
    ⏎
    lead⏎
    ⏎
    body, one paragraph a line⏎
    ⏎
    ⏎
    ⏎
    address

The page is reported to hold this text in a ``textarea``; bare text is read too. ``<…>`` is written
``&lt;…&gt;``. Labels carry no mark and are known by the look of a name. What a text version does
not hold (tags, photos, sections, labels' type) stays empty in the record. Anything else raises
`LayoutError`: this reader has never met the real page.

Written back, a text version equals the original but for what the normaliser takes: no-break spaces
become spaces, spaces at the end of a line go.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from kremlin_archive.errors import LayoutError, NotThisPage
from kremlin_archive.pages.clock import known_time, moscow_iso
from kremlin_archive.pages.dates import iso_date
from kremlin_archive.pages.decoding import decode
from kremlin_archive.pages.event import required_address
from kremlin_archive.pages.labels import read_plain_opening
from kremlin_archive.pages.normalise import normalise
from kremlin_archive.pages.selection import one
from kremlin_archive.pages.turns import Block, assign_turns, is_partial
from kremlin_archive.pages.words import WORDS
from kremlin_archive.records import EventPage, Paragraph
from kremlin_archive.urls import EventAddress, event_address

TEXT_AREA = "textarea"

_MARKUP = re.compile(r"<(?:!doctype|html|body|textarea)\b", re.IGNORECASE)
_STAMP = re.compile(r"(?P<date>\d{4}-\d\d-\d\d) (?P<time>\d\d:\d\d):\d\d")
_MIDNIGHT = "00:00"
# Place and lead stand at fixed lines after the stamp, each followed by an empty one; the body
# begins after them.
_PLACE_LINE, _LEAD_LINE = 2, 4


@dataclass(frozen=True, slots=True)
class _Layout:
    """The parts of a text version."""

    title: str
    date: str
    time: str
    place: str | None
    lead: str | None
    body: tuple[str, ...]


def parse_text_version(content: bytes, url: str, *, charset: str | None = None) -> EventPage:
    """Read a text version from its decoded bytes, HTML around it or not.

    Raises `NotThisPage` when the body is empty, cannot be decoded or is another event's, and
    `LayoutError` when it is not laid out as a text version.
    """
    address = required_address(url)
    words = WORDS[address.language]
    decoded = decode(content, url, charset)
    layout = _read_layout(_plain_text(decoded.text, url), address, url)
    turns = assign_turns((Block(read_plain_opening(line, words)) for line in layout.body), words)
    known = known_time(layout.date, layout.time)
    return EventPage(
        event_id=address.event_id,
        language=address.language,
        url=address.url,
        title=layout.title,
        lead=layout.lead,
        date=layout.date,
        time=known,
        published_at=moscow_iso(layout.date, known) if known else None,
        place=layout.place,
        paragraphs=turns.paragraphs,
        turn_starts=turns.starts,
        is_partial=is_partial(turns.paragraphs, words),
        text_version_url=address.text_version_url,
        warnings=decoded.warnings,
    )


def render_text_version(page: EventPage, url: str | None = None) -> str:
    """Write the text version of any record, ``url`` (by default its own address) in its last line.

    A record without a time is written ``00:00:00``, as the site does; one without a date takes that
    of its publication.
    """
    stamp = (page.published_at or "")[:16].split("T")
    date = page.date or stamp[0]
    time = page.time or (stamp[-1] if date == stamp[0] and date else _MIDNIGHT)
    starts = frozenset(page.turn_starts)
    body = (
        _line(paragraph, labelled=index in starts)
        for index, paragraph in enumerate(page.paragraphs)
    )
    lines = [
        *("", page.title, "", ""),
        *(f"{date} {time}:00" if date else "", ""),
        *(page.place or "", ""),
        *(page.lead or "", ""),
        *body,
        *("", "", "", url or page.text_version_url or page.url),
    ]
    return html.escape("\n".join(lines), quote=False)


def _line(paragraph: Paragraph, *, labelled: bool) -> str:
    if not labelled or paragraph.speaker is None:
        return paragraph.text
    note = f" ({paragraph.note})" if paragraph.note else ""
    return f"{paragraph.speaker}{note}: {paragraph.text}"


def _plain_text(text: str, url: str) -> str:
    if _MARKUP.search(text) is None:
        return text
    area = one(LexborHTMLParser(text), TEXT_AREA, url)
    # A parser drops one newline right after the opening tag; the layout begins with an empty line.
    return "\n" + (area.text() or "").lstrip("\r\n")


def _read_layout(text: str, address: EventAddress, url: str) -> _Layout:
    lines = [line.rstrip() for line in text.strip("\r\n").splitlines()]
    stamps = [index for index, line in enumerate(lines) if _STAMP.fullmatch(line.strip())]
    if not stamps:
        raise LayoutError(url, "line YYYY-MM-DD HH:MM:SS", 0, "at least 1")
    at = stamps[0]
    stamp = _STAMP.fullmatch(lines[at].strip())
    title = normalise(" ".join(lines[:at]))
    if stamp is None or not title or iso_date(stamp["date"]) is None:
        raise LayoutError(url, "title, then a real date and time", 0, "exactly 1")
    _check_address(lines[-1], address, url)
    place, lead, body = _place_lead_body(lines[at + 1 : -1], url)
    return _Layout(title, stamp["date"], stamp["time"], place, lead, body)


def _check_address(line: str, address: EventAddress, url: str) -> None:
    last = event_address(line.strip())
    if last is None:
        raise LayoutError(url, "last line: the address", 0, "exactly 1")
    if (last.event_id, last.language) != (address.event_id, address.language):
        raise NotThisPage(url, f"the text version is of {last.doc_id}")


def _place_lead_body(lines: list[str], url: str) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Read what stands between stamp and address; an absent place or lead leaves its line empty."""
    empty = [
        index for index in (0, _PLACE_LINE, len(lines) - 1) if index < len(lines) and lines[index]
    ]
    if len(lines) < _LEAD_LINE or empty:
        raise LayoutError(
            url, "empty lines around place and lead", len(empty), "as in the known layout"
        )
    lead_end = next(
        (index for index in range(_LEAD_LINE - 1, len(lines)) if not lines[index]), len(lines)
    )
    lead = "\n".join(filter(None, map(normalise, lines[_LEAD_LINE - 1 : lead_end])))
    body = tuple(filter(None, map(normalise, lines[lead_end + 1 :])))
    return normalise(lines[1]) or None, lead or None, body
