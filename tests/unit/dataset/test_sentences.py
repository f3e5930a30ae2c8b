"""Sentences: ranges that cover every word, cut where a reader would cut."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.dataset.sentences import sentence_spans

CASES = [
    ("en", "Good afternoon. Let us begin.", ["Good afternoon.", "Let us begin."]),
    (
        "en",
        "I met U.S. President D. Trump on Jan. 5. He said: “Yes.” [Laughter]",
        ["I met U.S. President D. Trump on Jan. 5.", "He said: “Yes.”", "[Laughter]"],
    ),
    (
        "en",
        "Growth is 3.5 percent. Is it enough? No!",
        ["Growth is 3.5 percent.", "Is it enough?", "No!"],
    ),
    ("ru", "К.-Ж.Токаев приехал. Его ждут.", ["К.-Ж.Токаев приехал.", "Его ждут."]),
    ("ru", "Это 5 млн. рублей, т.е. много. Да.", ["Это 5 млн. рублей, т.е. много.", "Да."]),
    ("ru", "В 2021 г. было лучше. Верно?", ["В 2021 г. было лучше.", "Верно?"]),
    ("ru", "Спасибо. 😀 Начнём!", ["Спасибо.", "😀 Начнём!"]),
    ("en", "* * *", []),
    ("ru", "", []),
]


@pytest.mark.parametrize(("language", "text", "sentences"), CASES)
def test_cuts_where_a_reader_would(language: str, text: str, sentences: list[str]) -> None:
    assert [text[begin:end] for begin, end in sentence_spans(text, language)] == sentences


@given(st.text(), st.sampled_from(["en", "ru"]))
def test_covers_every_letter_once(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    assert all(begin < end for begin, end in spans)
    assert all(one[1] <= next_[0] for one, next_ in pairwise(spans))
    left_out = set(range(len(text))).difference(*(range(*span) for span in spans))
    assert not any(text[place].isalnum() for place in left_out)


@pytest.mark.parametrize(("name", "fewest"), [("66419-en.txt", 20), ("66419-ru-copy.txt", 20)])
def test_no_sentence_of_the_seeds_begins_with_a_small_letter(name: str, fewest: int) -> None:
    seeds = Path(__file__).parents[3] / "seeds"
    text = (seeds / name).read_text("utf-8")
    language = name.split("-")[1][:2]
    lines = [line.strip() for line in text.splitlines() if len(line.strip()) > 80]
    found = [line[b:e] for line in lines for b, e in sentence_spans(line, language)]
    assert len(found) >= fewest
    assert not [one for one in found if one[0].islower()]


def test_a_long_row_of_cuts_that_are_taken_back_costs_time_in_proportion() -> None:
    """Half a million characters; looking at the whole sentence at each cut would take half an hour."""
    assert sentence_spans("ура! " * 100_000, "ru") == [(0, 499_999)]
    assert sentence_spans("… " * 200_000 + "Да.", "ru") == [(0, 400_003)]
