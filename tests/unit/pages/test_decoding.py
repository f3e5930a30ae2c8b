from __future__ import annotations

import codecs

import pytest

from kremlin_archive.errors import NotThisPage
from kremlin_archive.pages.decoding import decode, parse_html
from kremlin_archive.records import Warn

URL = "http://kremlin.ru/events/president/news/1"


def html(text: str, meta: str = "") -> str:
    declared = f'<meta charset="{meta}"/>' if meta else ""
    return f"<!doctype html><html><head>{declared}</head><body>{text}</body></html>"


@pytest.mark.parametrize("charset", [None, "utf-8", "UTF8", "utf-8-sig"])
def test_utf_8_needs_no_declaration(charset: str | None) -> None:
    decoded = decode(html("Кремль").encode(), URL, charset)
    assert "Кремль" in decoded.text
    assert decoded.warnings == () or charset == "utf-8-sig"


def test_byte_order_mark_goes() -> None:
    assert decode(codecs.BOM_UTF8 + b"x", URL, None).utf8 == b"x"


@pytest.mark.parametrize("charset", ["latin-1", "windows-1251", "no-such-charset"])
def test_valid_utf_8_is_never_mojibake(charset: str) -> None:
    decoded = decode(html("Кремль").encode(), URL, charset)
    assert "Кремль" in decoded.text
    assert decoded.warnings == (Warn("charset", f"declared {charset}, is utf-8"),)


@pytest.mark.parametrize(
    ("header", "meta"), [("windows-1251", ""), (None, "windows-1251"), ("cp1251", "utf-8")]
)
def test_another_encoding_counts_when_declared(header: str | None, meta: str) -> None:
    decoded = decode(html("Кремль", meta).encode("cp1251"), URL, header)
    assert "Кремль" in decoded.text
    assert decoded.warnings == (Warn("charset", f"decoded as {header or meta}"),)


@pytest.mark.parametrize(
    ("charset", "problem"),
    [
        (None, "not utf-8: first undecodable byte at offset 41"),
        ("utf-8", "not utf-8: first undecodable byte at offset 41"),
        ("ascii", "not ascii: first undecodable byte at offset 41"),
        ("no-such-charset", "not no-such-charset: first undecodable byte at offset 41"),
        ("hex", "not hex: first undecodable byte at offset 41"),
    ],
)
def test_undecodable_bytes_are_refused_by_offset(charset: str | None, problem: str) -> None:
    with pytest.raises(NotThisPage) as refused:
        decode(
            html("Кремль").replace("<head></head>", "<head> </head>").encode("cp1251"), URL, charset
        )
    assert refused.value.problem == problem


@pytest.mark.parametrize("content", [b"", b" \r\n\t", b"\0\0", codecs.BOM_UTF8])
def test_empty_bodies_are_refused(content: bytes) -> None:
    with pytest.raises(NotThisPage, match="the body is empty"):
        decode(content, URL, None)


@pytest.mark.parametrize("content", [b"plain words", b"%PDF-1.7", b'{"a": 1}', b"<feed/>"])
def test_what_is_not_html_is_refused(content: bytes) -> None:
    with pytest.raises(NotThisPage, match="not an HTML page"):
        parse_html(content, URL, None)
