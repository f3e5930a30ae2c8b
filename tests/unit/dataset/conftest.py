"""A small archive made by hand: pages in the site's structure, captures of them, WARC files, parts."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kremlin_archive.dataset.extraction import extract_capture
from kremlin_archive.dataset.parts import Part, PartWriter, part_path, read_part
from kremlin_archive.records import Capture, Pointer, RecordType
from kremlin_archive.urls import EventAddress, Language

NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)

_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<link rel="canonical" href="{url}">{alternate}</head><body><nav>{frame}</nav>
<article class="read__in hentry h-entry" id="event-{event_id}"><div class="read__content">
<div class="read__top"><div class="width_limiter"><h1 class="entry-title p-name">{title}</h1>
<div class="read__lead entry-summary p-summary"><div><p>{lead}</p></div></div>
<div class="read__meta"><time class="read__published" datetime="{day}">{day}</time>
<div class="read__time">{clock}</div><div class="read__place p-location"><i></i>{place}</div></div>
</div></div>
<div class="entry-content e-content read__internal_content">{body}
<div class="read__bottommeta hidden-copy"><div class="read__tags masha-ignore">{tags}</div>
<div class="read__status masha-ignore"><h3>{status}</h3>
<p>{published_in} <a href="/events/president/news">News</a></p>
<p>{dated} <time datetime="{day}">{day}, {clock}</time></p>
<p><a class="text_version_link" href="/events/president/news/copy/{event_id}">Text version</a></p>
</div></div></div></div></article>
<div class="read__updated">Last updated at <time datetime="{day}">{day}, {updated}</time></div>
</body></html>"""

_WORDS = {
    "en": ("Publication status", "Published in section:", "Publication date:"),
    "ru": ("Статус материала", "Опубликован в разделе:", "Дата публикации:"),
}
_TAGS = """<div class="read__tagscol"><h3>Geography</h3><ul class="read__taglist">
<li><a href="/catalog/countries/KZ/events" rel="tag"><i></i>Kazakhstan</a></li></ul></div>"""

PHOTO_URL = "http://static.kremlin.ru/media/events/photos/big/a1.jpg"
PHOTO = f"""<div class="media"><figure class="media__pic"><img itemprop="contentUrl" id="photo-61254"
src="{PHOTO_URL}" data-text="With the guest"></figure></div>"""
CARDS = """<div class="read__cut"><div class="cut"><h3 class="cut__title">See also</h3>
<div class="cut__description"><a class="cut__item" href="/events/president/trips/66418">A trip</a>
<div class="cut__date">August 20, 2021</div></div>
<div class="cut__description"><a class="cut__item" href="http://static.kremlin.ru/media/f/a.pdf"
download>Papers</a><span class="file_format">pdf, 12 kB</span></div></div></div>"""


@dataclass(frozen=True)
class Event:
    """What a made page shows."""

    event_id: int = 66419
    language: Language = "en"
    section: str = "president/news"
    title: str = "Meeting with a neighbour"
    lead: str = "They met in the Kremlin."
    day: str = "2021-08-21"
    clock: str = "13:10"
    place: str = "The Kremlin, Moscow"
    body: str = (
        "<p>The talks began at noon.</p><p><b>Vladimir Putin:</b> Good afternoon [to all].</p>"
        "<p>We have much to discuss.</p><p><b>Guest</b> (<i>retranslated</i>): Thank you.</p>"
    )
    tags: str = _TAGS
    frame: str = "2026"
    updated: str = "18:00"
    names_counterpart: bool = True

    @property
    def url(self) -> str:
        return EventAddress(self.language, self.section, self.event_id).url

    def but(self, **changes: str) -> Event:
        return replace(self, **changes)  # type: ignore[arg-type]


class Site:
    """Makes captures as if they had been fetched one minute after the other."""

    def __init__(self) -> None:
        self._count = 0

    def html(self, event: Event) -> bytes:
        other: Language = "ru" if event.language == "en" else "en"
        twin = replace(event, language=other).url
        link = f'<link rel="alternate" hreflang="{other}" href="{twin}">'
        status, published_in, dated = _WORDS[event.language]
        return _PAGE.format(
            url=event.url,
            status=status,
            published_in=published_in,
            dated=dated,
            alternate=link if event.names_counterpart else "",
            **{name: getattr(event, name) for name in Event.__dataclass_fields__},
        ).encode()

    def event(
        self, event: Event | None = None, *, hours: float | None = None, url: str = ""
    ) -> Capture:
        shown = event or Event()
        return self.capture(url or shown.url, self.html(shown), hours=hours)

    def capture(
        self,
        url: str,
        content: bytes = b"",
        *,
        status: int = 200,
        hours: float | None = None,
        headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),),
        record_type: RecordType = "response",
        refers_to: str | None = None,
        digest: str | None = None,
    ) -> Capture:
        self._count += 1
        after = timedelta(hours=hours) if hours is not None else timedelta(minutes=self._count)
        record_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{url} {self._count}")
        hex_digest = sha256(content).hexdigest()
        return Capture(
            url=url,
            fetched_at=NOON + after,
            record_type=record_type,
            status=status,
            headers=headers,
            content=content,
            content_error=None,
            payload_digest=digest or f"sha256:{hex_digest}",
            payload_sha256=hex_digest,
            payload_length=len(content),
            truncated=None,
            refers_to=refers_to,
            run_id="2026-11-21T120000Z",
            pointer=Pointer("2026/a.warc.gz", 100 * self._count, 99, f"<urn:uuid:{record_id}>"),
        )

    def part(self, root: Path, captures: Iterable[Capture], name: str = "2026/a.warc.gz") -> Part:
        """Write the part of a WARC file that is said to hold these captures."""
        warc = root / "warc" / name
        warc.parent.mkdir(parents=True, exist_ok=True)
        warc.write_bytes(name.encode().ljust(100_000))  # the pointers made above lie within
        writer = PartWriter(part_path(root, name))
        for capture in captures:
            placed = replace(capture, pointer=replace(capture.pointer, filename=name))
            writer.add(placed, extract_capture(placed))
        writer.close(warc, name)
        part = read_part(part_path(root, name))
        assert part is not None
        return part

    def warc(self, path: Path, captures: Sequence[Capture]) -> Path:
        """Write a real WARC file with these captures as its records."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(gzip.compress(_record(each), mtime=0) for each in captures))
        return path


def _record(capture: Capture) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in capture.headers)
    length = f"Content-Length: {len(capture.content)}\r\n\r\n"
    block = f"HTTP/1.1 {capture.status} OK\r\n{head}{length}".encode() + capture.content
    fields = {
        "WARC-Type": capture.record_type,
        "WARC-Target-URI": capture.url,
        "WARC-Date": capture.fetched_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "WARC-Record-ID": capture.pointer.record_id,
        "WARC-Payload-Digest": capture.payload_digest,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def rows_of(snapshot: Path, table: str) -> list[dict[str, Any]]:
    """Rows of one table of a snapshot, file by file."""
    return [
        row
        for path in sorted((snapshot / table).glob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


@pytest.fixture
def site() -> Site:
    """A fresh site."""
    return Site()


@pytest.fixture
def event() -> Event:
    """The event most tests vary."""
    return Event()
