from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.pages import normalise
from kremlin_archive.pages.normalise import without_width_less

PIECES = st.sampled_from(
    [
        "&",
        "amp;",
        "lt;",
        "#8203;",
        "#x41;",
        "nbsp;",
        "shy;",
        "\u200b",
        "\u00ad",
        "\u0301",
        "е",
        "и\u0306",
        " ",
        "<",
        ";",
    ]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "The\u00a0Kremlin,\u2009Moscow", "The Kremlin, Moscow", id="no-break and thin spaces"
        ),
        pytest.param(" a\r\n\t b \u3000 c ", "a b c", id="newlines and runs of spaces"),
        pytest.param("eco\u00adnomy", "economy", id="soft hyphen"),
        pytest.param("\ufeffa\u200bb\u200dc\u2060d", "abcd", id="characters without width"),
        pytest.param("&lt;…&gt;", "<…>", id="escaped once too often"),
        pytest.param("&amp;lt;…&amp;gt;", "<…>", id="escaped twice too often"),
        pytest.param("Council&nbsp;for", "Council for", id="an entity that is a space"),
        pytest.param("R&D, AT&T &c", "R&D, AT&T &c", id="ampersands that are none"),
        pytest.param("Q&notes", "Q&notes", id="no entity without its semicolon"),
        pytest.param("&l&#8203;t;", "<", id="an entity hidden in an entity"),
        pytest.param(
            unicodedata.normalize("NFD", "Йошкар-Ола, ёлка"),
            "Йошкар-Ола, ёлка",
            id="letters composed",
        ),
        pytest.param("«ё» – “—” ’", "«ё» – “—” ’", id="quotes, dashes and ё stay"),
        pytest.param("", "", id="empty"),
    ],
)
def test_table(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text() | st.lists(PIECES, max_size=12).map("".join))
def test_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text() | st.lists(PIECES, max_size=12).map("".join))
def test_never_gains_characters(text: str) -> None:
    assert len(normalise(text)) <= len(unicodedata.normalize("NFC", text))


@given(st.text())
def test_result_is_one_composed_line(text: str) -> None:
    result = normalise(text)
    assert unicodedata.is_normalized("NFC", result)
    assert result == " ".join(result.split())
    assert without_width_less(result) == result
