from __future__ import annotations

import pytest

from kremlin_archive.errors import LayoutError
from kremlin_archive.records import Warn
from tests.unit.pages.markup import body, said


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param(
            "<p>72<sup>nd</sup> H<sub>2</sub>O</p>", "72nd H2O", id="marks are not parted"
        ),
        pytest.param("<p>One<br>two</p>", "One two", id="a line break parts words"),
        pytest.param("<p>One<!-- no -->two</p>", "Onetwo", id="comments are not text"),
        pytest.param(
            "<p>One<script>no</script><style>no</style></p>", "One", id="scripts are not text"
        ),
        pytest.param("<p>A&nbsp;B&amp;C &lt;…&gt;</p>", "A B&C <…>", id="entities"),
        pytest.param(
            "<div class=new><p>One</p><p>two</p><ul><li>three</li></ul></div>",
            "One two three",
            id="blocks",
        ),
        pytest.param(
            "<blockquote>Before <p>and in</p></blockquote>",
            "Before and in",
            id="text beside its paragraphs",
        ),
        pytest.param("<blockquote>Alone</blockquote>", "Alone", id="a quote without paragraphs"),
    ],
)
def test_text(markup: str, text: str) -> None:
    assert [paragraph[2] for paragraph in said(markup)] == [text]


@pytest.mark.parametrize(
    ("markup", "warning"),
    [
        ("<div class='a b'>x</div>", Warn("unknown_block", "div.a.b")),
        ("<table><tr><td>x</td></tr></table>", Warn("unknown_block", "table")),
        ("<h2>x</h2>", Warn("unknown_block", "h2")),
        ("x", Warn("bare_text", "x")),
        ("<p><button>x</button></p>", Warn("unknown_inline", "button")),
        ("<blockquote><p><video>x</video></p></blockquote>", Warn("unknown_inline", "video")),
    ],
)
def test_what_is_unknown_is_kept_with_a_warning(markup: str, warning: Warn) -> None:
    assert body(markup).warnings == [warning]
    assert "".join(paragraph[2] for paragraph in said(markup)) == "x"


def test_the_block_below_the_text_is_not_text() -> None:
    below = (
        '<div class="read__bottommeta hidden-copy extra"><p>Published in section: News</p></div>'
    )
    assert said(f"<p>Text.</p>{below}") == [("narration", None, "Text.")]


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param('<div class="slider masha-ignore"></div>', id="a slider without slides"),
        pytest.param(
            '<div class="media masha-ignore"><figure></figure></div>',
            id="a photo block without a photo",
        ),
        pytest.param(
            '<div class="media__container_video"><video></video></div>',
            id="a video without a source",
        ),
        pytest.param(
            '<div class="read__cut"><div class="cut"></div></div>', id="cards without a heading"
        ),
        pytest.param(
            '<div class="read__cut"><h3 class="cut__title">See also</h3></div>',
            id="a heading without cards",
        ),
    ],
)
def test_a_known_block_that_holds_nothing_is_an_error(markup: str) -> None:
    with pytest.raises(LayoutError, match="found 0"):
        body(markup)


def test_class_names_in_any_order_and_company() -> None:
    image = '<img itemprop="contentUrl" src="http://a/b.jpg" id="photo-7">'
    markup = f'<div class="new masha-ignore slider x">{image}</div>'
    assert [(photo.id, photo.caption) for photo in body(markup).photos] == [(7, None)]
