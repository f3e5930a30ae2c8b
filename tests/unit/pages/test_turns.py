from __future__ import annotations

import pytest

from kremlin_archive.pages.turns import is_partial
from kremlin_archive.pages.words import WORDS
from kremlin_archive.urls import Language
from tests.unit.pages.markup import said, turns

OPEN = "<p><b>Lev Orlov:</b> One.</p>"
SPOKEN = ("speech", "Lev Orlov", "One.")


@pytest.mark.parametrize(
    ("markup", "rest"),
    [
        pytest.param("<p>Two.</p>", [("speech", "Lev Orlov", "Two.")], id="bare goes on"),
        pytest.param("<p><b>A B:</b> Two.</p>", [("speech", "A B", "Two.")], id="label ends it"),
        pytest.param(
            "<p>&lt;…&gt;</p><p>Two.</p>",
            [("separator", None, "<…>"), ("speech", "Lev Orlov", "Two.")],
            id="cut",
        ),
        pytest.param(
            "<p>* * *</p><p>Two.</p>",
            [("separator", None, "* * *"), ("narration", None, "Two.")],
            id="asterisks",
        ),
        pytest.param(
            "<p><b>***</b></p><p>Two.</p>",
            [("separator", None, "***"), ("narration", None, "Two.")],
            id="bold ones",
        ),
        pytest.param(
            "<p><b>Part two</b></p><p>Two.</p>",
            [("heading", None, "Part two"), ("narration", None, "Two.")],
            id="heading",
        ),
        pytest.param(
            "<blockquote><p>Q.</p></blockquote><p>Two.</p>",
            [("quote", None, "Q."), ("speech", "Lev Orlov", "Two.")],
            id="pull-quote",
        ),
        pytest.param(
            "<p><i>(Applause.)</i></p><p>Two.</p>",
            [("narration", None, "(Applause.)"), ("speech", "Lev Orlov", "Two.")],
            id="aside",
        ),
        pytest.param(
            "<p>To be continued.</p>", [("narration", None, "To be continued.")], id="continued"
        ),
        pytest.param("<p></p><p>&nbsp;</p><p>\u200b</p>", [], id="empty paragraphs"),
        pytest.param("<hr><p>Two.</p>", [("speech", "Lev Orlov", "Two.")], id="a rule"),
        pytest.param(
            "<p>Lev Orlov: Two.</p>", [("speech", "Lev Orlov", "Two.")], id="unmarked, known name"
        ),
        pytest.param(
            "<p><b>Lev Orlov</b>. Two.</p>", [("speech", "Lev Orlov", "Two.")], id="full stop"
        ),
        pytest.param(
            "<p><b>Mr X</b>. Two.</p>",
            [("speech", "Lev Orlov", "Mr X. Two.")],
            id="full stop, no speaker",
        ),
        pytest.param("<p>Reply: Two.</p>", [("speech", "Reply", "Two.")], id="unmarked voice"),
        pytest.param(
            "<p>Then: two.</p>", [("speech", "Lev Orlov", "Then: two.")], id="only a colon"
        ),
        pytest.param(
            "<p><b>Lev Orlov: Two.</b></p>",
            [("speech", "Lev Orlov", "Two.")],
            id="bold speech, known name",
        ),
        pytest.param(
            "<p><b>Part two: ports</b></p>",
            [("heading", None, "Part two: ports")],
            id="heading with a colon",
        ),
        pytest.param(
            "<p><b>Al Li:</b></p><p>Two.</p>", [("speech", "Al Li", "Two.")], id="lone label"
        ),
        pytest.param(
            "<p><b>Al Li:</b></p>", [("heading", None, "Al Li:")], id="lone label, nothing after"
        ),
        pytest.param(
            "<p><b>Al Li:</b></p><p><b>Bo Yu:</b> Two.</p>",
            [("heading", None, "Al Li:"), ("speech", "Bo Yu", "Two.")],
            id="lone label, label after",
        ),
        pytest.param(
            "<p><b>Al Li</b>:</p>", [("speech", "Lev Orlov", "Al Li:")], id="lone, colon not bold"
        ),
    ],
)
def test_what_follows_a_speech(markup: str, rest: list[tuple[str, str | None, str]]) -> None:
    assert said(OPEN + markup) == [SPOKEN, *rest]


def test_a_lone_label_needs_other_labels_on_the_page() -> None:
    assert said("<p><b>North Gate:</b></p><p>From ten.</p>") == [
        ("heading", None, "North Gate:"),
        ("narration", None, "From ten."),
    ]


def test_names_are_known_to_the_paragraphs_before_them() -> None:
    assert said("<p>Lev Orlov: Zero.</p>" + OPEN) == [("speech", "Lev Orlov", "Zero."), SPOKEN]


def test_starts_and_notes_are_those_of_the_labelled_paragraphs() -> None:
    found = turns(
        "<p>Zero.</p><p><b>Al Li</b> (quietly): One.</p><p>Two.</p><p><b>Al Li:</b> Three.</p>"
    )
    assert found.starts == (1, 3)
    assert [paragraph.note for paragraph in found.paragraphs] == [None, "quietly", None, None]


def test_a_lone_label_gives_its_note_to_the_paragraph_it_opens() -> None:
    found = turns(OPEN + "<p><b>Al Li</b> (quietly):</p><p>Two.</p>")
    assert found.starts == (0, 1)
    assert (found.paragraphs[1].speaker, found.paragraphs[1].note) == ("Al Li", "quietly")


@pytest.mark.parametrize(
    ("markup", "language", "partial"),
    [
        ("<p>Text &lt;…&gt; text.</p>", "en", True),
        ("<p>&lt;</b>…<b>&gt;</p>", "en", True),
        ("<p>To be continued</p>", "en", True),
        ("<p>&lt;To be continued…&gt;</p>", "en", True),
        ("<p>It is to be continued.</p>", "en", False),
        ("<p>To be continued, he said.</p>", "en", False),
        ("<p>And so…</p>", "en", False),
        ("<p>Продолжение следует.</p>", "ru", True),
        ("<p>Продолжение следует ждать.</p>", "ru", False),
        ("<p>To be continued</p>", "ru", False),
    ],
)
def test_is_partial(markup: str, language: Language, partial: bool) -> None:
    assert is_partial(turns(markup, language).paragraphs, WORDS[language]) is partial
