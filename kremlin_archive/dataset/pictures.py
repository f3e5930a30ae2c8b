"""Which capture holds a picture, video or file that a page shows, by its address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kremlin_archive.answers import is_whole_picture
from kremlin_archive.dataset.catalogue import Light

_REVISIT = "revisit"
_COLUMNS = (
    "capture_id",
    "url",
    "fetched_at",
    "record_type",
    "status",
    "mime_type",
    "mime_detected",
    "payload_length",
    "truncated",
    "payload_digest",
    "payload_sha256",
    "refers_to",
    "warc_filename",
    "warc_record_offset",
    "warc_record_length",
    "warc_record_id",
)


@dataclass(frozen=True, slots=True)
class Stored:
    """The whole answer an address gave last: its kind, size, hash and where its bytes are."""

    mime: str | None
    bytes: int
    sha256: str
    fetched_at: datetime
    warc_filename: str
    warc_record_offset: int
    warc_record_length: int
    warc_record_id: str


Pictures = Mapping[str, Stored]
"""By address, without its fragment."""


def pictures(light: pa.Table, rows: Light) -> dict[str, Stored]:
    """Find for each address that is no page, nor a robots.txt, the newest whole answer 200.

    Every run has a robots.txt: no page shows one, and they are more than all pictures together.
    ``light`` has the columns ``kind``, ``part`` and ``part_row`` of the captures that count. A
    revisit counts as the response it repeats, by its id, else by the payload's digest.
    """
    is_other = pc.equal(light["kind"], pa.scalar("other"))
    is_rules = pc.ends_with(light["url"], "/robots.txt")
    others = light.filter(pc.and_not(is_other, is_rules))
    places = others.select(["part", "part_row"]).to_pylist()
    captured = rows.take(((at["part"], at["part_row"]) for at in places), _COLUMNS).to_pylist()
    captured.sort(key=lambda facts: (facts["fetched_at"], facts["capture_id"]))
    return {facts["url"].partition("#")[0]: _stored(facts) for facts in _responses(captured)}


def _responses(captured: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give the whole answers 200, each as often as it was repeated, oldest first."""
    whole = [facts for facts in captured if _is_whole(facts)]
    by_id = {facts["capture_id"]: facts for facts in whole}
    by_payload = {(facts["url"], facts["payload_digest"]): facts for facts in whole}
    for facts in captured:
        if facts["record_type"] == _REVISIT:
            original = by_id.get(facts["refers_to"]) or by_payload.get(
                (facts["url"], facts["payload_digest"])
            )
            if original is not None:
                yield {**original, "url": facts["url"]}
        elif _is_whole(facts):
            yield facts


def _is_whole(facts: Mapping[str, Any]) -> bool:
    return facts["record_type"] != _REVISIT and is_whole_picture(facts)


def _stored(facts: Mapping[str, Any]) -> Stored:
    return Stored(
        mime=facts["mime_detected"] or facts["mime_type"],
        bytes=facts["payload_length"],
        sha256=facts["payload_sha256"],
        fetched_at=facts["fetched_at"],
        warc_filename=facts["warc_filename"],
        warc_record_offset=facts["warc_record_offset"],
        warc_record_length=facts["warc_record_length"],
        warc_record_id=facts["warc_record_id"],
    )
