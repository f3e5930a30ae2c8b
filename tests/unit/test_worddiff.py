"""The words that changed between two texts: all of them, in a time that long texts allow."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kremlin_archive.report import worddiff
from kremlin_archive.report.worddiff import Piece, changed_paragraphs, word_diff

TEXTS = st.lists(
    st.sampled_from(["Да", "нет", "He", "said", " ", "  ", "\t", "\n", ".", ",", "—", "é"]),
    max_size=30,
).map("".join)
WORDS = [f"слово{number}" for number in range(3000)]
TRANSCRIPT = 355_000


def side(pieces: tuple[Piece, ...], op: str) -> str:
    return "".join(piece.text for piece in pieces if piece.op in ("equal", op))


def transcript(seed: int, characters: int = TRANSCRIPT) -> str:
    choose = random.Random(seed)  # noqa: S311 - the same texts every time
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < characters:
        paragraphs.append(" ".join(choose.choices(WORDS, k=50)) + ".")
    return "\n".join(paragraphs)


@given(TEXTS, TEXTS)
@example("", "")
@example("", "New.")
@example("A b", "A  b")
def test_the_pieces_give_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert (side(pieces, "delete"), side(pieces, "insert")) == (before, after)
    assert all(piece.text for piece in pieces)


@given(TEXTS, TEXTS)
def test_the_stretches_are_all_that_is_not_in_both(before: str, after: str) -> None:
    stretches = [one.pieces for one in changed_paragraphs(before, after)]
    assert bool(stretches) == (before != after)
    gone, come = (
        Counter(line for pieces in stretches for line in side(pieces, op).split("\n"))
        for op in ("delete", "insert")
    )
    kept, still = Counter(before.split("\n")), Counter(after.split("\n"))
    kept.subtract(gone)
    still.subtract(come)
    del kept[""], still[""]  # of no paragraphs nothing tells them from an empty one
    assert kept == still


def test_what_was_changed_together_is_told_together() -> None:
    assert word_diff("He came to the old town, then left.", "He came to a village, then left.") == (
        Piece("equal", "He came to "),
        Piece("delete", "the old town"),
        Piece("insert", "a village"),
        Piece("equal", ", then left."),
    )


def test_two_long_texts_that_have_nothing_in_common_are_compared() -> None:
    before, after = transcript(1), transcript(2)
    (stretch,) = changed_paragraphs(before, after)
    assert not stretch.is_whole
    assert side(stretch.pieces, "delete") == before
    assert side(stretch.pieces, "insert") == after


def test_a_long_text_changed_in_every_paragraph_is_compared_by_words() -> None:
    before = transcript(1)
    (stretch,) = changed_paragraphs(before, before.replace(".", "…"))
    changes = Counter(piece.text for piece in stretch.pieces if piece.op != "equal")
    assert changes == {".": before.count("."), "…": before.count(".")}


def test_a_small_edit_of_a_long_text_is_that_edit() -> None:
    before = transcript(1)
    line = before.split("\n")[700]
    (stretch,) = changed_paragraphs(before, before.replace(line, line.replace(".", " вновь.")))
    assert [piece for piece in stretch.pieces if piece.op != "equal"] == [Piece("insert", " вновь")]


def test_a_stretch_beyond_all_measure_is_replaced_whole_and_the_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worddiff, "MOST_PAIRS", 100)
    before = "He said so.\n\n" + "so many words " * 20
    after = "He says so.\n\n" + "so much talk " * 20
    first, second = changed_paragraphs(before, after)
    assert (first.is_whole, second.is_whole) == (False, True)
    assert second.pieces == (
        Piece("delete", "so many words " * 20),
        Piece("insert", "so much talk " * 20),
    )
