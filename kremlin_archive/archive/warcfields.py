"""Names and values of WARC/1.1 header fields, in one place for writer, reader and verifier."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from urllib.parse import quote

VERSION = "WARC/1.1"
HTTP_REQUEST = "application/http;msgtype=request"
HTTP_RESPONSE = "application/http;msgtype=response"
FIELDS = "application/warc-fields"
REVISIT_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
REVISIT_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")


def record_id() -> str:
    """A new record id, ``<urn:uuid:…>``."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def derived_id(text: str) -> str:
    """A record id that is always the same for a text: for records made of other records."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}>"


def format_date(instant: datetime) -> str:
    """A UTC instant as WARC-Date with microseconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_date(value: str) -> datetime | None:
    """Read a WARC-Date (seconds to nanoseconds, always Z) as UTC; None when it is not one.

    >>> parse_date("2020-08-27T12:20:00Z").isoformat()
    '2020-08-27T12:20:00+00:00'
    """
    match = _DATE.fullmatch(value.strip())
    if match is None:
        return None
    try:
        instant = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return instant.replace(microsecond=int((match[2] or "0").ljust(6, "0")[:6]))


def target_uri(url: str) -> str:
    """URL as WARC-Target-URI wants it: no fragment, no space, nothing beyond ASCII, no angle brackets."""
    return quote(url.split("#", 1)[0], safe="!$%&'()*+,/:;=?@[]~-._")
