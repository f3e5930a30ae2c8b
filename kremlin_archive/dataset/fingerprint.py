"""What makes two readings of a document the same: hashes of its content and a simhash.

``text`` is the body as people read it, paragraphs joined by a newline. ``meta`` is everything else
the page says of the event: title, lead, place, times, sections, tags, who speaks, photos, cards.
Left out of both, because they change while the event does not:

* ``last_updated`` (a migration in 2015 gave 3,447 of 7,235 pages a new one);
* the addresses ``url``, ``short_url``, ``text_version_url``, ``counterpart_url`` (one event is
  shown under several sections, and the other edition's address has been seen to move between
  sections);
* ``warnings``, which are about the reading.

What the frame around the event holds (menus, footer, promoted blocks) never reaches the record at
all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b, sha256
from struct import pack, unpack
from typing import Any

from kremlin_archive.dataset.record_json import as_values, dump_values
from kremlin_archive.records import EventPage

WORD = re.compile(r"\w+")
NOT_CONTENT = (
    "last_updated",
    "url",
    "short_url",
    "text_version_url",
    "counterpart_url",
    "warnings",
)
_PLACES = 3
_HASH_BYTES = 8
_BIT_OF_BYTE = tuple(bytes((value >> bit) & 1 for value in range(256)) for bit in range(7, -1, -1))


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Hashes of one reading: lower-case hex of sha256, and a 64-bit simhash as 16 hex digits."""

    content_sha256: str
    text_sha256: str
    meta_sha256: str
    text_simhash: str


def body_text(record: EventPage) -> str:
    """Join the paragraphs by a newline; speakers' labels are left out."""
    return "\n".join(paragraph.text for paragraph in record.paragraphs)


def fingerprint(record: EventPage) -> Fingerprint:
    """Hash a record; equal content gives equal hashes whatever page frame it came in."""
    text = body_text(record)
    text_hash, meta_hash = _hashes(record, text)
    return Fingerprint(_sha256(f"{text_hash} {meta_hash}"), text_hash, meta_hash, simhash(text))


def content_sha256(record: EventPage) -> str:
    """Hash a record as ``fingerprint`` does, without the costlier simhash."""
    text_hash, meta_hash = _hashes(record, body_text(record))
    return _sha256(f"{text_hash} {meta_hash}")


def _hashes(record: EventPage, text: str) -> tuple[str, str]:
    return _sha256(text), _sha256(dump_values(_meta(record)))


def simhash(text: str) -> str:
    """Hash runs of three lower-case words to 16 hex digits; near texts differ in few bits.

    The algorithm is Charikar's; a run's hash is the XOR of its words' hashes for their places.

    >>> simhash("") , simhash("One two three four.") == simhash("one, two three FOUR")
    ('0000000000000000', True)
    """
    runs = _run_hashes(text)
    packed = pack(f">{len(runs)}Q", *runs)
    bits = 0
    # Counting in bytes.translate keeps the loop at 64 steps a text, however long the text is.
    for position in range(_HASH_BYTES):
        column = packed[position::_HASH_BYTES]
        for table in _BIT_OF_BYTE:
            bits = bits << 1 | (2 * column.translate(table).count(1) > len(runs))
    return f"{bits:016x}"


def _run_hashes(text: str) -> list[int]:
    words = WORD.findall(text.lower())
    if words and len(words) < _PLACES:
        words += [""] * (_PLACES - len(words))
    hashes = [_word_hashes(word) for word in words]
    runs = zip(hashes, hashes[1:], hashes[2:], strict=False)
    return [first[0] ^ second[1] ^ third[2] for first, second, third in runs]


@lru_cache(maxsize=1 << 14)
def _word_hashes(word: str) -> tuple[int, ...]:
    """Hash a word for each of the three places it can have in a run."""
    digest = blake2b(word.encode(), digest_size=_PLACES * _HASH_BYTES).digest()
    return unpack(f">{_PLACES}Q", digest)


def _meta(record: EventPage) -> dict[str, Any]:
    values = as_values(record)
    for name in NOT_CONTENT:
        del values[name]
    values["paragraphs"] = [[p.kind, p.speaker, p.note] for p in record.paragraphs]
    return values


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
