"""An archive made by hand: two WARC files a day apart, the second with a revisit and an edited page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.originals import Original
from kremlin_archive.archive.warcfields import format_date
from kremlin_archive.archive.writer import RunFacts, WarcWriter
from kremlin_archive.dataset.extract import extract
from kremlin_archive.records import Capture
from tests.unit.dataset.conftest import Event, Site

FIRST = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
SECOND = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

EN = Event(body="<p>Good afternoon to all.</p>" * 20)
RU = EN.but(
    language="ru", title="Встреча с соседом", lead="Встреча прошла в Кремле.", place="Москва"
)
OLD = Event(event_id=100, title="An older event", day="2004-02-01", body="<p>Long ago.</p>" * 20)
GONE = Event(event_id=101)


@dataclass
class Seen:
    """Remembers payloads as a crawl does."""

    by_digest: dict[str, Original] = field(default_factory=dict)

    def find(self, payload_digest: str, url: str) -> Original | None:  # noqa: ARG002
        return self.by_digest.get(payload_digest)

    def latest(self, url: str) -> Original | None:
        return next((one for one in self.by_digest.values() if one.url == url), None)

    def remember(self, capture: Capture) -> None:
        if capture.record_type == "response":
            original = Original(
                capture.pointer.record_id, capture.url, format_date(capture.fetched_at)
            )
            self.by_digest.setdefault(capture.payload_digest, original)


@dataclass
class Crawl:
    """One run: pages fetched a second apart into one WARC file."""

    root: Path
    began: datetime
    seen: Seen

    def __post_init__(self) -> None:
        facts = RunFacts(
            f"{self.began:%Y-%m-%dT%H%M%SZ}", "test/1", "", "agent", "obey", "HOST", ""
        )
        self._writer = WarcWriter(
            self.root, facts, max_bytes=10**9, originals=self.seen, now=lambda: self.began
        )
        self._count = 0

    def fetch(self, url: str, content: bytes, status: str = "200 OK") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n"
        length = f"Content-Length: {len(content)}\r\n\r\n"
        sent = f"GET {url} HTTP/1.1\r\n\r\n".encode()
        began = self.began.replace(second=self._count, microsecond=123456)
        self._count += 1
        received = f"{head}{length}".encode() + content
        stored = self._writer.store(Exchange(url, began, sent, received, "127.0.0.1"))
        assert stored is not None
        self.seen.remember(stored.capture)

    def close(self) -> None:
        self._writer.close()


def make_archive(root: Path) -> Path:
    site, seen = Site(), Seen()
    first = Crawl(root, FIRST, seen)
    first.fetch("http://en.kremlin.ru/robots.txt", b"User-agent: *\n")
    for event in (EN, RU, OLD):
        first.fetch(event.url, site.html(event))
    first.close()
    second = Crawl(root, SECOND, seen)
    second.fetch(EN.url, site.html(EN))
    second.fetch(GONE.url, b"<p>nothing</p>", "404 Not Found")
    second.fetch(OLD.url, site.html(OLD.but(lead="An edited lead.")))
    second.close()
    extract(root)
    return root


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive; tests must not change it."""
    return make_archive(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The archive, to be harmed."""
    return make_archive(tmp_path / "archive")
