from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.archive.http import dechunk
from kremlin_archive.verify.chunks import Dechunker

CHUNKS = st.lists(st.binary(min_size=1, max_size=40), max_size=6)


def framed(chunks: list[bytes], ending: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + ending


@given(chunks=CHUNKS, cuts=st.lists(st.integers(0, 300), max_size=8), lost=st.integers(0, 30))
def test_pieces_of_any_size_give_what_the_whole_gives(
    chunks: list[bytes], cuts: list[int], lost: int
) -> None:
    raw = framed(chunks)
    raw = raw[: len(raw) - lost]
    edges = sorted({0, len(raw), *(cut for cut in cuts if cut < len(raw))})
    dechunker = Dechunker()
    body = b"".join(dechunker.feed(raw[a:b]) for a, b in pairwise(edges))
    whole = dechunk(raw)
    assert body == whole.body
    # «0» alone is a size whose line has not ended yet.
    assert dechunker.is_complete == whole.complete
    assert not dechunker.is_broken


@pytest.mark.parametrize(
    ("raw", "broken", "more"),
    [
        (b"<html>\n<p>not chunked", True, False),
        (b"4\r\npage\r\nzz\r\n", True, False),
        (b"4;name=value\r\npage\r\n0\r\n\r\n", False, False),
        (b"4\npage\n0\n\n", False, False),
        (b"4\r\npage\r\n0\r\nTrailer: x\r\n\r\n", False, False),
        (b"4\r\npage\r\n0\r\n\r\nmore", False, True),
        (b"x" * 5000, True, False),
    ],
)
def test_what_stands_where_a_size_should(raw: bytes, *, broken: bool, more: bool) -> None:
    dechunker = Dechunker()
    dechunker.feed(raw)
    assert (dechunker.is_broken, dechunker.has_more) == (broken, more)


def test_a_line_without_end_must_look_like_a_size() -> None:
    dechunker = Dechunker()
    dechunker.feed(b"not chunked")
    assert not dechunker.is_broken
    dechunker.end()
    assert dechunker.is_broken
