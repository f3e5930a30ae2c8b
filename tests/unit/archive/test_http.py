from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.archive.http import (
    Head,
    dechunk,
    decode_content,
    entity,
    parse_head,
    split_response,
)

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("raw", "interim", "head", "body"),
    [
        pytest.param(OK + b"A: 1\r\n\r\nbody", b"", OK + b"A: 1\r\n\r\n", b"body", id="plain"),
        pytest.param(
            b"HTTP/1.1 200 OK\nA: 1\n\nb", b"", b"HTTP/1.1 200 OK\nA: 1\n\n", b"b", id="lf"
        ),
        pytest.param(
            b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + OK + b"\r\n",
            b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n",
            OK + b"\r\n",
            b"",
            id="early hints",
        ),
        pytest.param(
            b"HTTP/1.1 101 Switching\r\n\r\nrest",
            b"",
            b"HTTP/1.1 101 Switching\r\n\r\n",
            b"rest",
            id="101 is final",
        ),
    ],
)
def test_a_response_is_split_where_its_parts_meet(
    raw: bytes, interim: bytes, head: bytes, body: bytes
) -> None:
    split = split_response(raw)
    assert split is not None
    assert (split.interim, split.head, split.body) == (interim, head, body)
    assert split.interim + split.head + split.body == raw


@pytest.mark.parametrize(
    "raw", [b"", b"HTTP/1.1 200 OK\r\nA: 1", b"HTTP/1.1 103 E\r\n\r\nHTTP/1.1 2"]
)
def test_a_head_that_never_ended_is_no_response(raw: bytes) -> None:
    assert split_response(raw) is None


def test_a_head_is_read_leniently() -> None:
    head = parse_head(
        b"HTTP/1.1 404 \xd0\x9d\xd0\xb5\xd1\x82\r\nsErVeR: nginx\r\nno colon here\r\nX-Fold: one\r\n"
        b"   two\r\nX-Raw: \xcf\xf3\r\nset-cookie: a\r\nSet-Cookie: b\r\n\r\n"
    )
    assert head is not None
    assert (head.status, head.reason) == (404, "Нет")
    assert head.get("Server") == "nginx"
    assert head.get("x-fold") == "one two"
    assert head.get("X-Raw") == "Ïó"
    assert [value for name, value in head.headers if name.lower() == "set-cookie"] == ["a", "b"]


@pytest.mark.parametrize("line", [b"HTTP/1.1 200\r\n\r\n", b"HTTP/1.0 200 \r\n\r\n"])
def test_a_reason_phrase_may_be_missing(line: bytes) -> None:
    head = parse_head(line)
    assert head is not None
    assert (head.status, head.reason) == (200, "")


def test_what_is_not_http_has_no_head() -> None:
    assert parse_head(b"<html>\r\n\r\n") is None


@pytest.mark.parametrize(
    ("body", "expected", "complete"),
    [
        (b"3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n", b"abcde", True),
        (b"3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n", b"abc", True),
        (b"3\nabc\n0\n\n", b"abc", True),
        (b"3\r\nabc\r\n", b"abc", False),
        (b"5\r\nabc", b"abc", False),
        (b"zz\r\nabc\r\n", b"", False),
        (b"", b"", False),
    ],
    ids=["extension", "trailer", "bare lf", "no last chunk", "cut chunk", "bad size", "nothing"],
)
def test_chunks_are_joined_and_judged(body: bytes, expected: bytes, complete: bool) -> None:
    whole = dechunk(body)
    assert (whole.body, whole.complete) == (expected, complete)


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=8))
def test_chunking_is_undone_exactly(chunks: list[bytes]) -> None:
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert dechunk(framed).body == b"".join(chunks)
    assert dechunk(framed).complete


def _head(*headers: tuple[str, str], status: int = 200) -> Head:
    return Head(status, "OK", headers)


def test_a_body_shorter_than_its_content_length_is_incomplete() -> None:
    whole = entity(_head(("Content-Length", "10")), b"12345")
    assert (whole.body, whole.complete) == (b"12345", False)


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body_whatever_their_length_says(status: int) -> None:
    whole = entity(_head(("Content-Length", "10"), status=status), b"")
    assert (whole.body, whole.complete) == (b"", True)


TEXT = "Встреча с Президентом".encode() * 20
RAW_DEFLATE = zlib.compress(TEXT)[2:-4]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", RAW_DEFLATE),
        ("identity", TEXT),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
    ],
    ids=["gzip", "x-gzip", "zlib", "raw deflate", "identity", "twice", "two members"],
)
def test_content_codings_are_undone(coding: str, body: bytes) -> None:
    assert decode_content(_head(("Content-Encoding", coding)), body) == (TEXT, None)


@pytest.mark.parametrize(
    ("coding", "body", "problem"),
    [
        ("gzip", gzip.compress(TEXT)[:-9], "ends too early"),
        ("gzip", gzip.compress(TEXT)[:40] + b"\0" * 40, "broken gzip body"),
        ("gzip", TEXT, "broken gzip body"),
        ("br", b"\x0b", "unknown content coding 'br'"),
    ],
    ids=["cut", "corrupt", "not gzip at all", "unknown"],
)
def test_a_body_that_cannot_be_decoded_says_why(coding: str, body: bytes, problem: str) -> None:
    _, error = decode_content(_head(("Content-Encoding", coding)), body)
    assert error is not None
    assert problem in error


def test_what_could_be_decoded_of_a_cut_body_is_kept() -> None:
    content, _ = decode_content(_head(("Content-Encoding", "gzip")), gzip.compress(TEXT)[:-9])
    assert TEXT.startswith(content)
    assert content
