from __future__ import annotations

import pytest

from kremlin_archive.pages.labels import Label, is_named, is_speaker, read_plain_opening
from kremlin_archive.pages.words import WORDS
from kremlin_archive.urls import Language
from tests.unit.pages.markup import opening

TOOLTIP = (
    '<span class="read__tooltip tooltip_person hidden masha-ignore"> <span class="tooltip__text"> '
    '<span class="tooltip_title tooltip_link">Petrov Ivan</span>'
    '<span class="tooltip_description_dark">Minister of Ports</span></span> </span>'
)
PERSON = (
    f'<a href="/catalog/persons/5/events" class="person_tag read__tag">Ivan\nPetrov{TOOLTIP}</a>'
)


@pytest.mark.parametrize(
    ("paragraph", "name", "note", "rest"),
    [
        pytest.param("<b>Ivan Petrov:</b> Yes.", "Ivan Petrov", None, "Yes.", id="colon inside"),
        pytest.param("<b>Ivan Petrov</b>: Yes.", "Ivan Petrov", None, "Yes.", id="colon outside"),
        pytest.param(
            "<b>Ivan Petrov </b> :Yes.", "Ivan Petrov", None, "Yes.", id="spaces before the colon"
        ),
        pytest.param(
            "<b>Ivan\nPetrov</b>\n: Yes.", "Ivan Petrov", None, "Yes.", id="cut by newlines"
        ),
        pytest.param(
            "<b>Minister</b> <b>IVAN PETROV:</b> Yes.",
            "Minister IVAN PETROV",
            None,
            "Yes.",
            id="split",
        ),
        pytest.param(
            "<b>Ivan</b><b>Petrov</b>: Yes.",
            "Ivan Petrov",
            None,
            "Yes.",
            id="split without a space",
        ),
        pytest.param(
            "<b>I</b><b>van Petrov</b><b>:</b> Yes.", "Ivan Petrov", None, "Yes.", id="torn word"
        ),
        pytest.param(
            "I<b>van Petrov: </b>Yes.", "Ivan Petrov", None, "Yes.", id="first letter outside"
        ),
        pytest.param(
            f"<b>Minister {PERSON}:</b> Yes.",
            "Minister Ivan Petrov",
            None,
            "Yes.",
            id="person in bold",
        ),
        pytest.param(
            f"<b>{PERSON}</b>: Yes.", "Ivan Petrov", None, "Yes.", id="person is the bold"
        ),
        pytest.param(
            f'<a class="person_tag"><b>Ivan Petrov</b>{TOOLTIP}</a>:\nYes.',
            "Ivan Petrov",
            None,
            "Yes.",
            id="bold in person",
        ),
        pytest.param(
            "<b>Ivan Petrov</b> (<i>retranslated</i>): Yes.",
            "Ivan Petrov",
            "retranslated",
            "Yes.",
            id="note",
        ),
        pytest.param(
            "<b>Ivan Petrov (retranslated):</b> Yes.",
            "Ivan Petrov",
            "retranslated",
            "Yes.",
            id="note in bold",
        ),
        pytest.param(
            "<b>Ivan Petrov (</b><i>retranslated</i>): Yes.",
            "Ivan Petrov",
            "retranslated",
            "Yes.",
            id="note half in bold",
        ),
        pytest.param(
            "<b>Ivan Petrov</b> <i>(to Lev: quietly):</i> Yes.",
            "Ivan Petrov",
            "to Lev: quietly",
            "Yes.",
            id="colon in note",
        ),
        pytest.param(
            "<b>Ivan Petrov: </b>(<i>note</i>)<b>:</b> Yes.",
            "Ivan Petrov",
            "note",
            "Yes.",
            id="two colons",
        ),
        pytest.param(
            "<b>Ivan Petrov:</b> (on ports) Yes.",
            "Ivan Petrov",
            None,
            "(on ports) Yes.",
            id="bracket after",
        ),
        pytest.param(
            "<b>Ivan Petrov:</b> (sic): Yes.",
            "Ivan Petrov",
            None,
            "(sic): Yes.",
            id="colon after the bracket",
        ),
        pytest.param(
            "<b>Head of AB (France) Al Li:</b> Yes.",
            "Head of AB (France) Al Li",
            None,
            "Yes.",
            id="bracket within",
        ),
        pytest.param(
            "<b>Ivan Petrov: “</b>Why?” he said.",
            "Ivan Petrov",
            None,
            "“Why?” he said.",
            id="quote in bold",
        ),
        pytest.param(
            "<b>Ivan Petrov<i>:</i></b> Yes.", "Ivan Petrov", None, "Yes.", id="italic colon"
        ),
        pytest.param(
            "\u200b<b>Iv\u00adan Petrov\u200b:</b> Yes.",
            "Ivan Petrov",
            None,
            "Yes.",
            id="without width",
        ),
        pytest.param(
            "<strong>Ivan Petrov:</strong> Yes.", "Ivan Petrov", None, "Yes.", id="strong"
        ),
        pytest.param("<b>К.-Ж.Токаев</b>: Да.", "К.-Ж.Токаев", None, "Да.", id="Russian initials"),
        pytest.param(
            "<b>А.Меркель</b> (как переведено): Да.",
            "А.Меркель",
            "как переведено",
            "Да.",
            id="Russian note",
        ),
    ],
)
def test_marked_labels(paragraph: str, name: str, note: str | None, rest: str) -> None:
    found = opening(paragraph)
    assert found.label == Label(name, note, rest)
    assert not found.is_bold


@pytest.mark.parametrize(
    "paragraph",
    [
        pytest.param("Ivan Petrov: Yes.", id="not bold"),
        pytest.param("A <b>bold</b> word: no label.", id="bold later"),
        pytest.param("<b>Bold</b> start and a colon: no label.", id="words between"),
        pytest.param("<b>Article 1</b>", id="no colon"),
        pytest.param("<b>: Yes</b> no.", id="no name"),
        pytest.param("<b> </b>Plain: text.", id="bold space"),
        pytest.param("<i>Ivan Petrov: Yes.</i>", id="italic"),
    ],
)
def test_what_is_no_marked_label(paragraph: str) -> None:
    assert opening(paragraph).label is None


@pytest.mark.parametrize(
    ("paragraph", "is_bold"),
    [
        ("<b>Article 1</b>", True),
        ("<b>A</b> <i><b>B</b></i> ", True),
        ("<b>A</b> b", False),
        ("a", False),
    ],
)
def test_bold_throughout(paragraph: str, is_bold: bool) -> None:
    assert opening(paragraph).is_bold is is_bold


@pytest.mark.parametrize(
    ("line", "language", "name", "note"),
    [
        ("В.Путин: Да.", "ru", "В.Путин", None),
        ("К.-Ж.Токаев: Да.", "ru", "К.-Ж.Токаев", None),
        ("В. Путин: Да.", "ru", "В. Путин", None),
        (
            "М.Диас-Канель Бермудес (как переведено): Да.",
            "ru",
            "М.Диас-Канель Бермудес",
            "как переведено",
        ),
        ("Патриарх Кирилл: Да.", "ru", "Патриарх Кирилл", None),
        ("Реплика: Да.", "ru", "Реплика", None),
        ("Вопрос (перевод): Да.", "ru", "Вопрос", "перевод"),
        (
            "President of Russia Vladimir Putin: Yes.",
            "en",
            "President of Russia Vladimir Putin",
            None,
        ),
        ("K.-Zh. Tokayev (retranslated): Yes.", "en", "K.-Zh. Tokayev", "retranslated"),
        ("Question: Yes.", "en", "Question", None),
        ("King Abdullah II of Jordan: Yes.", "en", "King Abdullah II of Jordan", None),
        ("Aleksander Čeferin: Yes.", "en", "Aleksander Čeferin", None),
    ],
)
def test_labels_without_markup(line: str, language: Language, name: str, note: str | None) -> None:
    label = read_plain_opening(line, WORDS[language]).label
    assert label is not None
    assert (label.name, label.note, label.rest) == (name, note, line.partition(": ")[2])


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Первое: лёд.", "ru"),
        ("Скажу так: лёд.", "ru"),
        ("В 10:30 начали.", "ru"),
        ("Казахстан и Россия: вместе.", "ru"),
        ("Colleagues: be brief.", "en"),
        ("I will say this: yes.", "en"),
        ("We begin at 10:30 sharp.", "en"),
        ("No colon here.", "en"),
    ],
)
def test_lines_without_a_label(line: str, language: Language) -> None:
    assert read_plain_opening(line, WORDS[language]).label is None


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("Guy Ryder", True),
        ("Meeting points", False),
        ("Head of Bank No. 1", False),
        ("Ван И", True),
        ("K. O’Neill", True),
    ],
)
def test_names_end_in_a_capitalised_word(name: str, named: bool) -> None:
    assert is_named(Label(name, None, "")) is named


@pytest.mark.parametrize(
    ("name", "language", "speaks"),
    [
        ("Email", "en", False),
        ("Contact telephone numbers", "en", False),
        ("Note for television journalists", "en", False),
        ("Emma Il", "en", True),
        ("Телефон для справок", "ru", False),
        ("Электронная почта", "ru", False),
        ("Т.Лефонов", "ru", True),
    ],
)
def test_notices_are_no_speakers(name: str, language: Language, speaks: bool) -> None:
    assert is_speaker(Label(name, None, "x"), WORDS[language]) is speaks
