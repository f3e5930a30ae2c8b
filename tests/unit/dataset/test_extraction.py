from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kremlin_archive.dataset.extraction import extract_capture, media_type
from kremlin_archive.dataset.part_schema import PART_SCHEMA, part_row
from kremlin_archive.dataset.sniffing import sniff

if TYPE_CHECKING:
    from tests.unit.dataset.conftest import Event, Site


def test_an_event_page_gives_its_record(site: Site, event: Event) -> None:
    found = extract_capture(site.event(event))
    assert (found.kind, found.doc_id, found.problem) == ("event", "en:66419", None)
    assert found.record is not None
    assert found.record.title == event.title
    assert found.record.warnings == ()


@pytest.mark.parametrize("status", [301, 304, 403, 404, 429, 500, 503])
def test_other_answers_give_no_record_and_no_problem(site: Site, event: Event, status: int) -> None:
    found = extract_capture(site.capture(event.url, b"<html>sorry</html>", status=status))
    assert (found.doc_id, found.record, found.problem) == ("en:66419", None, None)


def test_a_cut_body_is_a_problem_that_names_the_address(site: Site, event: Event) -> None:
    found = extract_capture(replace(site.event(event), truncated="time"))
    assert found.record is None
    assert found.problem_kind == "truncated"
    assert event.url in str(found.problem)


def test_a_body_that_cannot_be_decoded_is_a_problem(site: Site, event: Event) -> None:
    found = extract_capture(replace(site.event(event), content_error="gzip: invalid data"))
    assert found.problem == f"{event.url}: gzip: invalid data"
    assert found.problem_kind == "content"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "not_this_page"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_this_page"),
        (b"<!DOCTYPE html><html><body>Maintenance</body></html>", "layout"),
    ],
    ids=["empty", "an image", "another page"],
)
def test_a_page_that_is_not_as_promised_is_a_problem(
    site: Site, event: Event, content: bytes, kind: str
) -> None:
    found = extract_capture(site.capture(event.url, content))
    assert (found.record, found.problem_kind) == (None, kind)
    assert event.url in str(found.problem)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://en.kremlin.ru/events/president/news/page/2", "listing"),
        ("http://en.kremlin.ru/events/president/news/feed", "feed"),
        ("http://en.kremlin.ru/robots.txt", "other"),
        ("http://example.org/", "other"),
        ("http://[broken", "other"),
    ],
)
def test_other_pages_are_told_apart_and_not_read(site: Site, url: str, kind: str) -> None:
    found = extract_capture(site.capture(url, b"anything"))
    assert (found.kind, found.doc_id, found.record, found.problem) == (kind, None, None, None)


def test_a_location_or_port_that_cannot_be_split_is_kept(site: Site, event: Event) -> None:
    odd = site.capture(event.url, status=302, headers=(("Location", "http://[x"),))
    assert part_row(odd, extract_capture(odd))["redirect"] == "http://[x"
    far = site.capture("http://kremlin.ru:99999999/")
    assert part_row(far, extract_capture(far))["url_surtkey"] == "http://kremlin.ru:99999999/"


def test_a_part_row_has_every_column(site: Site) -> None:
    capture = site.event()
    assert set(part_row(capture, extract_capture(capture))) == set(PART_SCHEMA.names)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/html; charset=UTF-8", ("text/html", "utf-8")),
        ('Text/HTML;charset="windows-1251"', ("text/html", "windows-1251")),
        ("text/html", ("text/html", None)),
        ("", (None, None)),
    ],
)
def test_media_type(site: Site, header: str, expected: tuple[str | None, str | None]) -> None:
    headers = (("content-type", header),)
    assert media_type(site.capture("http://kremlin.ru/", headers=headers)) == expected


def test_without_a_content_type_nothing_is_declared(site: Site) -> None:
    assert media_type(site.capture("http://kremlin.ru/", headers=())) == (None, None)


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"\xef\xbb\xbf<!-- x -->\n<!DOCTYPE HTML>", "text/html"),
        (b'<?xml version="1.0"?><feed xmlns="x">', "application/atom+xml"),
        (b'<?xml version="1.0"?><rss>', "application/xml"),
        (b'<?xml version="1.0"?><html>', "text/html"),
        (b"%PDF-1.4", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"User-agent: *", None),
        (b"", None),
    ],
)
def test_sniffing(content: bytes, mime: str | None) -> None:
    assert sniff(content) == mime
