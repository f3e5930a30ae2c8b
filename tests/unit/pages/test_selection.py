from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from kremlin_archive.errors import LayoutError
from kremlin_archive.pages.selection import attribute, classes, maybe_one, one, shape, some

URL = "http://kremlin.ru/events/president/news/1"
PAGE = LexborHTMLParser('<h1>A</h1><p class="a  b">B</p><p>C</p>')


def test_found() -> None:
    assert one(PAGE, "h1", URL).text() == "A"
    assert maybe_one(PAGE, "h2", URL) is None
    first, _ = some(PAGE, "p", URL)
    assert classes(first) == {"a", "b"}
    assert (attribute(first, "class", URL), shape(first)) == ("a  b", "p.a.b")


@pytest.mark.parametrize(
    ("select", "selector", "found", "expected"),
    [
        (one, "h2", 0, "exactly 1"),
        (one, "p", 2, "exactly 1"),
        (maybe_one, "p", 2, "at most 1"),
        (some, "h2", 0, "at least 1"),
    ],
)
def test_errors_name_url_selector_and_count(
    select: object, selector: str, found: int, expected: str
) -> None:
    assert callable(select)
    with pytest.raises(LayoutError) as error:
        select(PAGE, selector, URL)
    assert str(error.value) == f"{URL}: selector '{selector}' found {found}, expected {expected}"


def test_a_missing_attribute_is_an_error() -> None:
    with pytest.raises(LayoutError, match=r"h1\[href\]"):
        attribute(one(PAGE, "h1", URL), "href", URL)
