from __future__ import annotations

from datetime import date

import pytest

from kremlin_archive.errors import UsageError
from kremlin_archive.packing.selection import Selection, read_selection


def test_nothing_asked_means_everything() -> None:
    assert read_selection({}).is_everything
    assert read_selection({}).wants("ru:1")


def test_options_are_read_as_a_crawl_reads_them() -> None:
    days = read_selection({"since": "2021-08-01", "until": "2021-08-31", "languages": "ru"})
    assert days == Selection(frozenset({"ru"}), date(2021, 8, 1), date(2021, 8, 31))
    assert read_selection({"ids": "66419,66400-66402"}).ids == {66400, 66401, 66402, 66419}


@pytest.mark.parametrize(
    ("option", "value"), [("since", "soon"), ("languages", "de"), ("ids", "x"), ("until", "2021")]
)
def test_a_wrong_value_is_named(option: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"{option}='{value}'"):
        read_selection({option: value})


@pytest.mark.parametrize(
    ("selection", "doc_id", "expected"),
    [
        (Selection(languages=frozenset({"ru"})), "ru:5", True),
        (Selection(languages=frozenset({"ru"})), "en:5", False),
        (Selection(ids=frozenset({5})), "en:5", True),
        (Selection(ids=frozenset({5})), "en:55", False),
        (Selection(frozenset({"ru"}), ids=frozenset({5})), "en:5", False),
    ],
)
def test_which_documents_are_wanted(selection: Selection, doc_id: str, *, expected: bool) -> None:
    assert selection.wants(doc_id) is expected


def test_both_days_are_included() -> None:
    selection = Selection(since=date(2021, 8, 1), until=date(2021, 8, 2))
    days = [date(2021, 7, 31), date(2021, 8, 1), date(2021, 8, 2), date(2021, 8, 3)]
    assert [selection.wants_day(day) for day in days] == [False, True, True, False]
