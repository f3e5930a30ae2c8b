from __future__ import annotations

from kremlin_archive.backoff import Backoff

EN, RU = "http://en.kremlin.ru", "http://kremlin.ru"


def test_each_trouble_in_a_row_is_followed_by_a_longer_wait_up_to_a_longest() -> None:
    backoff = Backoff(0.5)
    assert [backoff.troubled(EN) for _ in range(6)] == [0.5, 1, 2, 4, 4, 4]


def test_a_good_answer_ends_the_row_of_its_origin_alone() -> None:
    backoff = Backoff(1)
    for origin in (EN, EN, RU):
        backoff.troubled(origin)
    backoff.answered(EN)
    assert (backoff.troubled(EN), backoff.troubled(RU)) == (1, 2)


def test_a_base_of_0_is_no_wait() -> None:
    backoff = Backoff(0)
    assert {backoff.troubled(EN) for _ in range(99)} == {0}
