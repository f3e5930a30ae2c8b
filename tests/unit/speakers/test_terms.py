"""The term table has no gaps, no overlaps but days of transfer, and only persons it names."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from kremlin_archive.dataset.speakers.offices import terms


def test_every_term_is_of_a_person_of_the_table() -> None:
    assert {term.person for term in terms().terms} == {holder.id for holder in terms().holders}


@pytest.mark.parametrize("office", ["president", "prime_minister"])
def test_terms_follow_each_other_without_a_gap(office: str) -> None:
    held = sorted(
        (term for term in terms().terms if term.office == office), key=lambda term: term.first
    )
    held = [term for term in held if term.person != "persons/330"]  # acted while the holder was ill
    for term, following in pairwise(held):
        assert term.last is not None
        assert following.first - term.last <= timedelta(days=0)
    assert held[-1].last is None
