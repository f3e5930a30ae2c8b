"""An event record as compact JSON and back: how the parts keep it.

>>> record = EventPage(event_id=1, language="en", url="http://en.kremlin.ru/events/x/1", title="A")
>>> load_record(dump_record(record)) == record
True
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any

from kremlin_archive import records
from kremlin_archive.records import EventPage

_NESTED = MappingProxyType(
    {
        "paragraphs": records.Paragraph,
        "sections": records.Section,
        "countries": records.Place,
        "regions": records.Place,
        "topics": records.Tag,
        "persons": records.Tag,
        "photos": records.Photo,
        "videos": records.Video,
        "person_mentions": records.PersonMention,
        "related": records.Related,
        "attachments": records.Attachment,
        "warnings": records.Warn,
    }
)


def as_values(record: object) -> dict[str, Any]:
    """Fields of a record by name, one level deep, in their defined order."""
    if not is_dataclass(record):
        raise TypeError(f"{type(record).__name__} is no record")
    return {field.name: getattr(record, field.name) for field in fields(record)}


def dump_record(record: EventPage) -> str:
    """Record as one line of JSON, fields in their defined order."""
    return dump_values(as_values(record))


def dump_values(values: dict[str, Any]) -> str:
    """Values and the records among them as one line of JSON."""
    # default=as_values is called for records only: far faster than asdict's deep copy.
    return json.dumps(values, default=as_values, ensure_ascii=False, separators=(",", ":"))


def load_record(line: str) -> EventPage:
    """Record from what ``dump_record`` wrote; unknown or missing fields raise TypeError."""
    values = json.loads(line)
    for name, nested in _NESTED.items():
        values[name] = tuple(nested(**item) for item in values[name])
    values["turn_starts"] = tuple(values["turn_starts"])
    return EventPage(**values)
