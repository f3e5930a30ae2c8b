from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
)
from scrapy.http.headers import Headers
from twisted.internet.error import ConnectionLost, NoRouteError, TCPTimedOutError

from kremlin_archive.answers import retry_after
from kremlin_archive.breaker import Trouble
from kremlin_archive.refusals import seconds_ahead, trouble_of
from kremlin_archive.turns import Turns

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("Sat, 21 Nov 2026 12:01:30 -0000", None),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


ERRORS: list[tuple[Exception, Trouble | None]] = [
    (DownloadTimeoutError(), "silent"),
    (DownloadConnectionRefusedError(), "unreachable"),
    (CannotResolveHostError(), "unreachable"),
    (NoRouteError(), "unreachable"),  # type: ignore[no-untyped-call]
    (TCPTimedOutError(), "unreachable"),  # type: ignore[no-untyped-call]
    (DownloadFailedError(), "closed"),
    (ResponseDataLossError(), "closed"),
    (ConnectionLost(), "closed"),
    (DownloadCancelledError(), None),
    (IgnoreRequest(), None),
    (NotSupported(), None),
    (OSError(28, "No space left on device"), None),
]


@pytest.mark.parametrize(("error", "trouble"), ERRORS, ids=lambda one: type(one).__name__)
def test_errors_are_told_apart_by_what_they_may_mean(
    error: Exception, trouble: Trouble | None
) -> None:
    assert trouble_of(error) == trouble


def test_a_host_that_is_shut_ends_a_wait_for_it() -> None:
    async def waited() -> None:
        turns = Turns()
        turns.hold("kremlin.ru", 3600)
        turns.shut("kremlin.ru")
        await asyncio.wait_for(turns.wait("kremlin.ru", lambda: False), timeout=5)

    asyncio.run(waited())


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [
        ({"Date": "Sat, 21 Nov 2026 11:00:00 GMT"}, 3600.0),
        ({"Date": "Sat, 21 Nov 2026 11:00:00 GMT", "Age": "3000"}, 600.0),
        ({"Date": "Sat, 21 Nov 2026 11:00:00 GMT", "Age": "old"}, 3600.0),
        ({"Date": "Sat, 21 Nov 2026 12:00:30 GMT"}, -30.0),
        ({"Date": "yesterday"}, 0.0),
        ({}, 0.0),
    ],
)
def test_clocks_are_compared_by_date_and_age(headers: dict[str, str], ahead: float) -> None:
    assert seconds_ahead(Headers(headers), NOW) == ahead


def test_those_who_waited_for_one_instant_go_one_after_another() -> None:
    now, passed = [0.0], []

    async def one(turns: Turns, number: int) -> None:
        await turns.wait("http://kremlin.ru", lambda: now[0] > 100, apart=10)
        passed.append((number, now[0]))

    async def tick() -> None:
        while len(passed) < 3:
            now[0] += 1
            await asyncio.sleep(0.6)

    async def all_of_them() -> None:
        turns = Turns(lambda: now[0])
        turns.hold("http://kremlin.ru", 1)
        await asyncio.gather(*(one(turns, number) for number in range(3)), tick())

    asyncio.run(all_of_them())
    instants = [instant for _, instant in passed]
    assert all(after - before >= 10 for before, after in pairwise(instants))
