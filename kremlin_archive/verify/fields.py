"""The header of a WARC record against the standard: WARC/1.1 (ISO 28500:2017), clauses 4 and 5.

Which type must, may and must not have which field is one table here; the rest is how values look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from types import MappingProxyType

from kremlin_archive.archive.scan import RecordHead
from kremlin_archive.archive.warcfields import parse_date

Problem = tuple[str, str]
"""Code and words."""

TYPES = frozenset(
    {
        "warcinfo", "response", "resource", "request",
        "metadata", "revisit", "conversion", "continuation",
    }
)  # fmt: skip
_ALWAYS = ("WARC-Record-ID", "WARC-Date", "WARC-Type")
_MANDATORY = MappingProxyType(
    {
        **dict.fromkeys(TYPES - {"warcinfo", "metadata"}, ("WARC-Target-URI",)),
        "revisit": ("WARC-Target-URI", "WARC-Profile"),
        "continuation": ("WARC-Target-URI", "WARC-Segment-Origin-ID", "WARC-Segment-Number"),
    }
)
_ONLY_IN = MappingProxyType(
    {
        "warc-filename": {"warcinfo"},
        "warc-profile": {"revisit"},
        "warc-target-uri": TYPES - {"warcinfo"},
        "warc-warcinfo-id": TYPES - {"warcinfo"},
        "warc-concurrent-to": TYPES - {"warcinfo", "conversion", "continuation"},
        "warc-ip-address": TYPES - {"warcinfo", "conversion", "continuation"},
        "warc-refers-to": {"metadata", "revisit", "conversion"},
        "warc-refers-to-target-uri": {"metadata", "revisit", "conversion"},
        "warc-refers-to-date": {"metadata", "revisit", "conversion"},
        "warc-segment-origin-id": {"continuation"},
        "warc-segment-total-length": {"continuation"},
    }
)
_SINGLE = frozenset(
    {
        *_ONLY_IN, "warc-type", "warc-record-id", "warc-date", "content-length", "content-type",
        "warc-block-digest", "warc-payload-digest", "warc-truncated", "warc-segment-number",
        "warc-identified-payload-type",
    }
) - {"warc-concurrent-to"}  # fmt: skip

_VERSION = re.compile(r"WARC/(?:0\.\d+|1\.[01])")
_ID = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+>")
_COARSE_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\dZ)?)?)?")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]*")
_PROFILE = re.compile(
    r"http://netpreserve\.org/warc/(?:0\.\d+|1\.[01])/revisit/(?:identical-payload-digest|server-not-modified)"
)
_ID_FIELDS = ("WARC-Record-ID", "WARC-Concurrent-To", "WARC-Refers-To", "WARC-Warcinfo-ID")


def header_problems(head: RecordHead) -> Iterator[Problem]:
    """All that is wrong with a record's header by itself."""
    yield from _version(head)
    yield from (("bad-header-line", f"{line[:80]!r} is no header field") for line in head.odd)
    names = Counter(name.lower() for name, _ in head.fields)
    yield from (
        ("repeated-field", f"{_shown(head, name)} is there {n} times")
        for name, n in names.items()
        if n > 1 and name in _SINGLE
    )
    yield from _type(head, frozenset(names))
    yield from _date(head)
    yield from _ids(head)
    yield from _target(head)
    if head.type == "revisit":
        yield from _revisit(head)
    if "warc-segment-number" in names:
        yield "segmented", "the record is one of several segments"


def _version(head: RecordHead) -> Iterator[Problem]:
    if not _VERSION.fullmatch(head.version):
        yield "unknown-version", f"the record begins with {head.version[:40]!r}"
    elif head.version.startswith("WARC/0"):
        yield "old-version", f"the record is {head.version}"


def _type(head: RecordHead, names: frozenset[str]) -> Iterator[Problem]:
    kind = head.type
    for name in (*_ALWAYS, *_MANDATORY.get(kind, ())):
        if not head.get(name):
            yield "missing-field", f"the {kind or 'untyped'} record has no {name}"
    if kind and kind not in TYPES:
        yield "unknown-type", f"WARC-Type is {kind!r}"
        return
    for name in sorted(names & _ONLY_IN.keys()):
        if kind and kind not in _ONLY_IN[name]:
            itself = kind == "warcinfo" and head.get(name) == head.get("WARC-Record-ID")
            code = "warcinfo-names-itself" if itself else "forbidden-field"
            yield code, f"a {kind} record must not have {_shown(head, name)}"
    has_block = head.get("Content-Length") not in (None, "0")
    if has_block and kind != "continuation" and not head.get("Content-Type"):
        yield "no-content-type", f"the {kind or 'untyped'} record does not say what its block is"
    yield from _msgtype(head)


def _msgtype(head: RecordHead) -> Iterator[Problem]:
    content_type = (head.get("Content-Type") or "").replace(" ", "").lower()
    if head.type in ("request", "response") and content_type.startswith("application/http"):
        said = content_type.partition("msgtype=")[2].strip('"')
        if said and said != head.type:
            yield "wrong-msgtype", f"Content-Type of the {head.type} is {content_type}"


def _date(head: RecordHead) -> Iterator[Problem]:
    value = head.get("WARC-Date")
    if not value:
        return
    instant = parse_date(value)
    if instant is None and _COARSE_DATE.fullmatch(value):
        yield "coarse-date", f"WARC-Date is {value}"
    elif instant is None:
        yield "bad-date", f"WARC-Date is {value[:60]!r}"
    elif "." in value and head.version == "WARC/1.0":
        yield "fine-date", f"WARC-Date is {value}"


def _ids(head: RecordHead) -> Iterator[Problem]:
    for name in _ID_FIELDS:
        value = head.get(name)
        if value and not _ID.fullmatch(value):
            yield "bad-record-id", f"{name} is {value[:80]!r}"


def _target(head: RecordHead) -> Iterator[Problem]:
    value = head.get("WARC-Target-URI")
    if not value:
        return
    if value.startswith("<") and value.endswith(">"):
        yield "uri-in-brackets", f"WARC-Target-URI is {value[:200]}"
        value = value[1:-1]
    if not _URI.fullmatch(value) or "<" in value or ">" in value:
        yield "bad-uri", f"WARC-Target-URI is {value[:200]!r}"
    elif "#" in value:
        yield "uri-with-fragment", f"WARC-Target-URI is {value[:200]}"


def _revisit(head: RecordHead) -> Iterator[Problem]:
    profile = head.get("WARC-Profile") or ""
    if profile and not _PROFILE.fullmatch(profile):
        yield "unknown-profile", f"WARC-Profile is {profile[:120]!r}"
    if "identical-payload-digest" in profile and not head.get("WARC-Payload-Digest"):
        yield "missing-field", "a revisit of an identical payload has no WARC-Payload-Digest"
    wanted = ("WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
    lacking = [name for name in wanted if not head.get(name)]
    if lacking:
        yield "revisit-unresolvable", f"the revisit has no {', '.join(lacking)}"


def _shown(head: RecordHead, lowered: str) -> str:
    return next(name for name, _ in head.fields if name.lower() == lowered)
