"""Broken pages for the fuzz test: goldens cut, torn, doubled, shuffled, with foreign bytes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_TAG = re.compile(rb"<[^<>]{1,400}>")
_ATTRIBUTE = re.compile(rb'="[^"]{0,80}"')
_JUNK = (
    b"\0",
    b"\xff\xfe",
    b"<",
    b"</p>",
    b'"',
    b"&",
    b"&#0;",
    b"<!--",
    b"<p>",
    b"\xf0\x9f",
    b"]]>",
    b"<b>",
    b":",
)


def cut(page: bytes, choose: random.Random) -> bytes:
    """The page as a broken connection leaves it."""
    return page[: choose.randrange(len(page))]


def tear(page: bytes, choose: random.Random) -> bytes:
    """A piece is missing."""
    start = choose.randrange(len(page))
    return page[:start] + page[start + choose.randrange(1, 2000) :]


def double(page: bytes, choose: random.Random) -> bytes:
    """A piece comes twice."""
    start = choose.randrange(len(page))
    piece = page[start : start + choose.randrange(1, 3000)]
    return page[:start] + piece + page[start:]


def soil(page: bytes, choose: random.Random) -> bytes:
    """Foreign bytes in a dozen places."""
    for _ in range(12):
        at = choose.randrange(len(page) + 1)
        page = page[:at] + choose.choice(_JUNK) + page[at:]
    return page


def drop_tags(page: bytes, choose: random.Random) -> bytes:
    """One tag in twenty is gone."""
    return _TAG.sub(lambda tag: b"" if choose.random() < 0.05 else tag[0], page)


def swap_tags(page: bytes, choose: random.Random) -> bytes:
    """One tag in twenty is another tag of the page."""
    tags = _TAG.findall(page) or [b"<p>"]
    return _TAG.sub(lambda tag: choose.choice(tags) if choose.random() < 0.05 else tag[0], page)


def empty_attributes(page: bytes, choose: random.Random) -> bytes:
    """One attribute in ten is empty, or a number, or nonsense."""
    values = (b'=""', b'="-1"', b'="99999999999999999999"', b'="http://[x"', b'="\xc2\xa0"')
    return _ATTRIBUTE.sub(
        lambda value: choose.choice(values) if choose.random() < 0.1 else value[0], page
    )


def nest(page: bytes, choose: random.Random) -> bytes:
    """Elements nested deeper than Python recurses."""
    at = page.find(b"<p>") + 3
    tag = choose.choice((b"<i>", b"<b>", b"<div>", b"<blockquote>", b"<a>"))
    return page[:at] + tag * 3000 + page[at:]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    cut,
    tear,
    double,
    soil,
    drop_tags,
    swap_tags,
    empty_attributes,
    nest,
)
