from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.dataset import diffs
from kremlin_archive.dataset.diffs import paragraph_diff

BODIES = st.lists(st.sampled_from(["* * *", "One.", "Two words.", "", "Ещё"]), max_size=12)


@pytest.mark.parametrize(
    ("before", "after", "ops", "inserted", "deleted"),
    [
        ([], [], [], 0, 0),
        ([], ["New."], ["insert"], 4, 0),
        (["Old."], [], ["delete"], 0, 4),
        (["A.", "B.", "C."], ["A.", "C."], ["equal", "delete", "equal"], 0, 2),
        (["A.", "C."], ["A.", "B.", "C."], ["equal", "insert", "equal"], 2, 0),
        (["He said so.", "E."], ["He says so.", "E."], ["replace", "equal"], 2, 2),
        (["A A"], ["A"], ["replace"], 0, 2),
    ],
    ids=["empty", "first", "last", "deleted", "inserted", "a word", "overlap"],
)
def test_what_changed(
    before: list[str], after: list[str], ops: list[str], inserted: int, deleted: int
) -> None:
    found = paragraph_diff(before, after)
    assert [change.op for change in found.changes] == ops
    assert (found.inserted, found.deleted) == (inserted, deleted)


@given(BODIES, BODIES)
def test_the_changes_lead_from_one_body_to_the_other(before: list[str], after: list[str]) -> None:
    found = paragraph_diff(before, after)
    assert 0 <= found.similarity <= 1
    if before == after:
        assert found.changes == ()
        return
    rebuilt: list[str] = []
    for change in found.changes:
        same = change.op == "equal"
        rebuilt += before[change.a0 : change.a1] if same else after[change.b0 : change.b1]
    assert rebuilt == after
    ends = [(0, 0), *((change.a1, change.b1) for change in found.changes)]
    assert [(change.a0, change.b0) for change in found.changes] == ends[:-1]
    assert ends[-1] == (len(before), len(after))
    assert all(one < other for one, other in pairwise(ends))
    grown = sum(map(len, after)) - sum(map(len, before)) + len(after) - len(before)
    assert abs(found.inserted - found.deleted - grown) <= len(before) + len(after)


def test_a_body_rewritten_as_a_whole_costs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diffs, "MOST_COMPARISONS", 10)
    before, after = ["a"] * 4 + ["end"], ["b"] * 4 + ["end"]
    found = paragraph_diff(before, after)
    assert [change.op for change in found.changes] == ["replace", "equal"]
    assert (found.inserted, found.deleted) == (7, 7)
