from __future__ import annotations

import pytest

from kremlin_archive.breaker import Breaker, Trouble, Why, shut_for

EN, RU = "http://en.kremlin.ru", "http://kremlin.ru"


def breaker() -> Breaker:
    return Breaker(refusals=2, failures=3)


def test_as_many_refusals_in_a_row_as_allowed_shut_a_host() -> None:
    one = breaker()
    assert one.troubled(EN, "refused", "/1", "/1 answered 403") is None
    shut = one.troubled(EN, "closed", "/2", "/2: reset")
    assert shut is not None
    assert (shut.origin, shut.why) == (EN, "refused")
    assert "2 in a row, the last: /2: reset" in shut.problem
    assert "stays due" in shut.problem


def test_an_answer_ends_the_row() -> None:
    one = breaker()
    one.troubled(EN, "refused", "/1", "")
    one.answered(EN, "/0")
    assert one.troubled(EN, "refused", "/2", "") is None


def test_hosts_and_kinds_are_counted_apart() -> None:
    one = breaker()
    one.troubled(EN, "refused", "/1", "")
    assert one.troubled(RU, "refused", "/2", "") is None
    assert one.troubled(EN, "broken", "/3", "") is None
    assert one.troubled(EN, "silent", "/4", "") is None
    assert one.troubled(EN, "unreachable", "/5", "") is not None


def test_an_address_counts_once_however_often_it_is_tried() -> None:
    one = breaker()
    assert [one.troubled(EN, "refused", "/1", "") for _ in range(9)] == [None] * 9


def test_a_limit_of_0_is_none() -> None:
    patient = Breaker(refusals=0, failures=0)
    assert [patient.troubled(EN, "refused", f"/{n}", "") for n in range(99)] == [None] * 99


def refused_every(nth: int, addresses: int) -> int | None:
    """After how many addresses a host that refuses every ``nth`` is shut."""
    one = Breaker(refusals=5, failures=5)
    for number in range(1, addresses + 1):
        if number % nth:
            one.answered(EN, f"/{number}")
        elif one.troubled(EN, "refused", f"/{number}", f"/{number} answered 403") is not None:
            return number
    return None


def test_refusals_that_alternate_with_answers_shut_a_host() -> None:
    assert refused_every(2, 99) == 20
    assert refused_every(3, 999) is None


def test_the_share_of_refusals_is_told() -> None:
    one = breaker()
    for number in range(3):
        one.troubled(EN, "refused", f"/{number}", "")
        one.answered(EN, f"/{number}/answered")
    shut = one.troubled(EN, "refused", "/4", "/4 answered 403")
    assert shut is not None
    assert "4 of the last 7, the last: /4 answered 403" in shut.problem


def test_an_address_that_is_answered_when_asked_again_was_not_refused() -> None:
    one = breaker()
    for number in range(99):
        assert one.troubled(EN, "refused", f"/{number}", "") is None
        one.answered(EN, f"/{number}")


def test_failures_among_answers_do_not_shut_a_host() -> None:
    one = breaker()
    for number in range(99):
        assert one.troubled(EN, "broken", f"/{number}", "") is None
        one.answered(EN, f"/{number}/answered")


def test_a_failure_between_refusals_does_not_end_their_row() -> None:
    one = breaker()
    one.troubled(EN, "refused", "/1", "")
    one.troubled(EN, "broken", "/2", "")
    assert one.troubled(EN, "refused", "/3", "") is not None


WORDS: list[tuple[Trouble, bool, Why, str]] = [
    ("refused", False, "refused", "refuses"),
    ("refused", True, "refused", "refuses"),
    ("closed", True, "refused", "closes the connections after it had answered: it throttles"),
    (
        "closed",
        False,
        "refused",
        "throttles or is broken, which of the two cannot be told from here",
    ),
    ("silent", False, "unreachable", "cannot be reached: is the network up? is the site down?"),
    ("unreachable", False, "unreachable", "cannot be reached"),
    ("silent", True, "unreachable", "which of these cannot be told from here"),
    ("unreachable", True, "unreachable", "does not answer any more"),
    ("broken", True, "broken", "answers with errors"),
]


@pytest.mark.parametrize(("trouble", "has_answered", "why", "words"), WORDS)
def test_what_is_known_is_said_and_what_cannot_be_known_too(
    trouble: Trouble, has_answered: bool, why: Why, words: str
) -> None:
    shut = shut_for(EN, trouble, "detail", has_answered=has_answered)
    assert shut.why == why
    assert shut.problem.startswith(EN)
    assert words in shut.problem
    assert "(detail)" in shut.problem
