"""The frozen records that every room speaks: what a page says, and one stored exchange.

Wall-clock strings (``date``, ``time``, ``last_updated``) are what the site shows, in Moscow time; only
fields that say so carry an offset. ``None`` means the page does not say; an empty tuple means it says
there is none. ``to_json`` gives the shapes that users read (``kremlin-archive page``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from kremlin_archive.urls import Language

ParagraphKind = Literal["speech", "narration", "heading", "separator", "quote"]
RecordType = Literal["response", "revisit", "resource"]


@dataclass(frozen=True, slots=True)
class Warn:
    """Something on a page that was kept but not understood, or understood only in part."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One block of the body; ``speaker`` is repeated on the bare paragraphs that continue a speech."""

    kind: ParagraphKind
    text: str
    speaker: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section the page says it is published in: ``/events/president/news``, «News»."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """A geography tag: ISO 3166 alpha-2 of a country or the site's code of a region."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A topic or person tag under the site's number."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo shown on the page; ``id`` is the site's number of it (null where the page gives none)."""

    id: int | None
    url: str
    caption: str | None


@dataclass(frozen=True, slots=True)
class Video:
    """A video shown on the page, at the best quality offered, and the words below it."""

    url: str
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class PersonMention:
    """A person linked inside the text, with what the site's tooltip says of the person.

    The position is the one held when the page was *fetched*: on the saved pages no person has two, whatever
    year the page is of.
    """

    person_id: int | None
    name_in_text: str
    tooltip_name: str | None
    tooltip_position: str | None


@dataclass(frozen=True, slots=True)
class Related:
    """A card of the «See also» kind; ``date`` as printed."""

    url: str
    title: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file offered for download; ``format`` as printed."""

    url: str
    title: str
    format: str | None


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event page (or its text version) as it reads."""

    event_id: int
    language: Language
    url: str
    title: str
    lead: str | None = None
    date: str | None = None
    time: str | None = None
    published_at: str | None = None
    announce_text: str | None = None
    announced_for: str | None = None
    announced_until: str | None = None
    place: str | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    turn_starts: tuple[int, ...] = ()
    """Indices of the paragraphs that carry a speaker's label of their own (a new turn begins there)."""
    is_partial: bool = False
    sections: tuple[Section, ...] = ()
    countries: tuple[Place, ...] = ()
    regions: tuple[Place, ...] = ()
    topics: tuple[Tag, ...] = ()
    persons: tuple[Tag, ...] = ()
    photos: tuple[Photo, ...] = ()
    videos: tuple[Video, ...] = ()
    person_mentions: tuple[PersonMention, ...] = ()
    related: tuple[Related, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    counterpart_url: str | None = None
    short_url: str | None = None
    text_version_url: str | None = None
    last_updated: str | None = None
    warnings: tuple[Warn, ...] = ()

    @property
    def doc_id(self) -> str:
        """The edition's key, ``ru:66419``."""
        return f"{self.language}:{self.event_id}"


@dataclass(frozen=True, slots=True)
class ListingItem:
    """One event as a listing page shows it; ``updated`` is the hidden date of the last change."""

    event_id: int
    url: str
    title: str
    date: str | None
    time: str | None
    updated: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One page of a section's listing, newest first; ``older_url`` is labelled «Previous» by the site."""

    url: str
    language: Language
    page: int
    page_count: int
    items: tuple[ListingItem, ...]
    newer_url: str | None
    older_url: str | None
    warnings: tuple[Warn, ...] = ()
    odd: tuple[str, ...] = ()
    """What was wrong with items that could not be read and are left out, each with the page's address."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed. ``published`` and ``updated`` are wall clock (the feed's offset is wrong)."""

    event_id: int
    url: str
    title: str
    published: str
    updated: str
    lead: str | None
    paragraphs: tuple[str, ...]
    """The body's paragraphs, labels included, whitespace collapsed."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of an Atom feed."""

    url: str
    language: Language
    updated: str
    entries: tuple[FeedEntry, ...]
    next_url: str | None
    page_count: int | None
    warnings: tuple[Warn, ...] = ()
    odd: tuple[str, ...] = ()
    """What was wrong with entries that could not be read and are left out, each with the page's address."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a record's bytes are: file relative to the archive's ``warc/``, byte offset and length."""

    filename: str
    offset: int
    length: int
    record_id: str


@dataclass(frozen=True, slots=True)
class Capture:
    """One exchange as it is stored: the answer's head, its decoded content, and where its bytes are.

    ``content`` is the entity body after transfer- and content-decoding; where that failed it holds what
    could be decoded and ``content_error`` says why. ``payload_digest`` is the record's own (of the entity
    body before content-decoding), ``payload_length`` that body's length in bytes.
    """

    url: str
    fetched_at: datetime
    """UTC, microseconds: the instant the request went out."""
    record_type: RecordType
    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes
    content_error: str | None
    payload_digest: str
    payload_sha256: str
    payload_length: int
    truncated: str | None
    refers_to: str | None
    """Record id of the response a revisit repeats, if it says so."""
    run_id: str
    pointer: Pointer
    warc_date: str = ""
    """The record's WARC-Date as it stands: revisits must repeat it character for character."""

    @property
    def capture_id(self) -> str:
        """The record id without its decoration; unique over all archives."""
        return self.pointer.record_id.removeprefix("<").removesuffix(">").removeprefix("urn:uuid:")

    def header(self, name: str) -> str | None:
        """First value of an HTTP header, or None."""
        lowered = name.lower()
        return next((value for key, value in self.headers if key.lower() == lowered), None)


def to_json(record: EventPage | ListingPage | FeedPage) -> dict[str, Any]:
    """Record as plain JSON values, fields in their defined order; tuples become lists."""
    return asdict(record)
