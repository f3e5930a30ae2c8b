"""Compose the records of one exchange: which there are, their fields, their blocks. Pure: nothing is written.

An answer whose payload is stored already becomes a revisit; its head is kept exactly, its body is not kept
again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kremlin_archive.archive.digest import labelled
from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.http import Head, ResponseBytes, entity, parse_head, split_response
from kremlin_archive.archive.originals import SMALLEST, Original, Originals
from kremlin_archive.archive.reader import RawRecord
from kremlin_archive.archive.warcfields import (
    FIELDS,
    HTTP_REQUEST,
    HTTP_RESPONSE,
    REVISIT_IDENTICAL,
    REVISIT_NOT_MODIFIED,
    format_date,
    target_uri,
)

Fields = list[tuple[str, str]]
_OK = 200
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record about to be written."""

    fields: Fields
    block: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Composed:
    """The records of an exchange, the answer first, and the answer with its body if a revisit left it out."""

    records: list[NewRecord]
    whole_answer: NewRecord | None


def compose(
    exchange: Exchange, warcinfo_id: str, new_id: Callable[[], str], originals: Originals
) -> Composed:
    """The records of one exchange; an answer without an HTTP head becomes metadata of its request."""
    shared = _shared_fields(exchange, warcinfo_id)
    split = split_response(exchange.received)
    head = parse_head(split.head) if split else None
    answer_id = new_id()
    if split is None or head is None:
        request = _request(exchange, shared, new_id(), None)
        return Composed([request, *_unanswered(exchange, shared, new_id, request)], None)
    response = _response(exchange, shared, answer_id, head, split)
    revisit = _revisit(response, exchange, head, split, originals)
    records = [revisit or response, _request(exchange, shared, new_id(), answer_id)]
    if split.interim:
        records.append(_metadata(shared, new_id(), answer_id, split.interim, HTTP_RESPONSE))
    return Composed(records, response)


def _shared_fields(exchange: Exchange, warcinfo_id: str) -> Fields:
    fields = [
        ("WARC-Warcinfo-ID", warcinfo_id),
        ("WARC-Date", format_date(exchange.began)),
        ("WARC-Target-URI", target_uri(exchange.url)),
        ("WARC-Protocol", "http/1.1"),
    ]
    if exchange.peer:
        fields.append(("WARC-IP-Address", exchange.peer))
    return fields


def _response(
    exchange: Exchange, shared: Fields, identity: str, head: Head, split: ResponseBytes
) -> NewRecord:
    whole = entity(head, split.body)
    fields = [("WARC-Type", "response"), ("WARC-Record-ID", identity), *shared]
    fields.append(("WARC-Payload-Digest", labelled(whole.body)))
    if exchange.truncated:
        fields.append(("WARC-Truncated", exchange.truncated))
    return NewRecord(fields, split.head + split.body, HTTP_RESPONSE)


def _revisit(
    response: NewRecord, exchange: Exchange, head: Head, split: ResponseBytes, originals: Originals
) -> NewRecord | None:
    """The answer as a revisit of one that is stored; None when it has to be stored itself."""
    if exchange.truncated:
        return None
    if head.status == _NOT_MODIFIED:
        original = originals.latest(exchange.url)
        return _referring(response, split.head, REVISIT_NOT_MODIFIED, original)
    if head.status != _OK:
        return None  # of an error nothing is read, so no page may come to refer to one
    whole = entity(head, split.body)
    if not whole.complete or len(whole.body) < SMALLEST:
        return None
    original = originals.find(labelled(whole.body), exchange.url)
    return _referring(response, split.head, REVISIT_IDENTICAL, original)


def revisit_of(record: RawRecord, original: Original, identity: str) -> NewRecord | None:
    """Somebody's response as a revisit of one that is stored: its head exactly, its fields, a new id."""
    split = split_response(record.block)
    if split is None:
        return None
    taken = ("warc-type", "warc-record-id", "content-length", "content-type", "warc-block-digest")
    kept = [field for field in record.fields if field[0].lower() not in taken]
    response = NewRecord([("WARC-Type", ""), ("WARC-Record-ID", identity), *kept], b"", "")
    return _referring(response, split.head, REVISIT_IDENTICAL, original)


def _referring(
    response: NewRecord, head: bytes, profile: str, original: Original | None
) -> NewRecord | None:
    if original is None:
        return None
    fields = [("WARC-Type", "revisit"), *response.fields[1:], ("WARC-Profile", profile)]
    fields += [
        ("WARC-Refers-To", original.record_id),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", original.date),
        ("WARC-Truncated", "length"),
    ]
    return NewRecord(fields, head, HTTP_RESPONSE)


def _request(exchange: Exchange, shared: Fields, identity: str, answer_id: str | None) -> NewRecord:
    fields = [("WARC-Type", "request"), ("WARC-Record-ID", identity), *shared]
    if answer_id is not None:
        fields.append(("WARC-Concurrent-To", answer_id))
    _, _, payload = exchange.sent.partition(b"\r\n\r\n")
    fields.append(("WARC-Payload-Digest", labelled(payload)))
    return NewRecord(fields, exchange.sent, HTTP_REQUEST)


def _unanswered(
    exchange: Exchange, shared: Fields, new_id: Callable[[], str], request: NewRecord
) -> list[NewRecord]:
    """Metadata of an exchange without an HTTP head: why, and the bytes that came, if any."""
    request_id = request.fields[1][1]
    reason = f"outcome: no HTTP response\r\nreason: {exchange.error or 'unknown'}\r\n".encode()
    records = [_metadata(shared, new_id(), request_id, reason, FIELDS)]
    if exchange.received:
        octets = "application/octet-stream"
        records.append(_metadata(shared, new_id(), request_id, exchange.received, octets))
    return records


def _metadata(
    shared: Fields, identity: str, concurrent_to: str, block: bytes, content_type: str
) -> NewRecord:
    network = ("WARC-IP-Address", "WARC-Protocol")
    fields = [("WARC-Type", "metadata"), ("WARC-Record-ID", identity)]
    fields += [field for field in shared if field[0] not in network]
    fields.append(("WARC-Concurrent-To", concurrent_to))
    return NewRecord(fields, block, content_type)
