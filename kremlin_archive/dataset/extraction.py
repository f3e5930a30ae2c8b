"""From one stored exchange to what it says: the extraction that crawl and re-extraction share.

Pure: a Capture in, an Extraction out, never an exception for anything a server can send. Only a
whole, decodable answer with status 200 is read; refusals, redirects and cut bodies give no record.
A challenge (``pages.challenge``) is a refusal whatever its status: it says nothing about the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from typing import Literal

from kremlin_archive.dataset.publication import publication
from kremlin_archive.errors import ContentError, LayoutError, NotThisPage, PageError
from kremlin_archive.pages import PageKind, page_kind, parse_event, parse_text_version
from kremlin_archive.pages.challenge import challenge_mark, service_mark
from kremlin_archive.records import Capture, EventPage
from kremlin_archive.urls import event_address

ProblemKind = Literal[
    "challenge", "truncated", "content", "not_this_page", "layout", "page", "crash"
]
OK = 200
_REFUSED = frozenset({403, 429})
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a capture was found to be. ``problem`` says why an event's page gave no record.

    ``doc_id`` is set for events and text versions whatever the status, so that a 404 can be laid to
    the document it is about.
    """

    kind: PageKind
    doc_id: str | None
    record: EventPage | None = None
    problem: str | None = None
    problem_kind: ProblemKind | None = None


def extract_capture(capture: Capture) -> Extraction:
    """Read one capture; see the module's words on what is read."""
    kind = _kind(capture.url)
    is_read = kind in ("event", "text_version")
    address = event_address(capture.url) if is_read else None
    doc_id = address.doc_id if address else None
    if (mark := _challenge(capture)) is not None:
        problem = f"{capture.url}: a challenge instead of the page ({mark}), which is a refusal"
        return Extraction(kind, doc_id, None, problem, "challenge")
    if not is_read:
        return Extraction(kind, None)
    if capture.status != OK or capture.record_type == "revisit":
        return Extraction(kind, doc_id)
    if capture.truncated is not None:
        problem = f"{capture.url}: the body was cut short ({capture.truncated})"
        return Extraction(kind, doc_id, None, problem, "truncated")
    if capture.content_error is not None:
        problem = f"{capture.url}: {capture.content_error}"
        return Extraction(kind, doc_id, None, problem, "content")
    return _read(capture, kind, doc_id)


def media_type(capture: Capture) -> tuple[str | None, str | None]:
    """MIME type and charset by the Content-Type header, lower-case; None where absent."""
    declared = capture.header("Content-Type")
    if declared is None:
        return None, None
    message = Message()
    message["Content-Type"] = declared.replace("\n", " ").replace("\r", " ")
    charset = message.get_content_charset()
    return declared.partition(";")[0].strip().lower() or None, charset


def _kind(url: str) -> PageKind:
    try:
        return page_kind(url)
    except ValueError:  # an address that cannot be split, in other people's WARCs
        return "other"


def _challenge(capture: Capture) -> str | None:
    """Name the mark of a challenge; None for a refusal by its status, which needs none."""
    if capture.status in _REDIRECTS:
        return service_mark(capture.header("Location") or "")
    if capture.status in _REFUSED or capture.record_type == "revisit":
        return None
    return challenge_mark(capture.content)


def _read(capture: Capture, kind: PageKind, doc_id: str | None) -> Extraction:
    parse = parse_event if kind == "event" else parse_text_version
    _, charset = media_type(capture)
    try:
        record = parse(capture.content, capture.url, charset=charset)
        publication(record, capture.fetched_at)  # what every table asks of it
    except (PageError, ContentError) as error:
        return Extraction(kind, doc_id, None, str(error), _problem_kind(error))
    except Exception as error:  # noqa: BLE001 - a fault of ours costs one record, named, not the archive
        problem = f"{capture.url}: the parser failed: {error!r}; please report it with this page"
        return Extraction(kind, doc_id, None, problem, "crash")
    return Extraction(kind, record.doc_id, record)


def _problem_kind(error: PageError | ContentError) -> ProblemKind:
    if isinstance(error, ContentError):
        return "content"
    if isinstance(error, LayoutError):
        return "layout"
    return "not_this_page" if isinstance(error, NotThisPage) else "page"
