"""A site of a few events, made for a test, that can change while it is read; and runs at other times."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

from kremlin_archive.replica import Replica
from kremlin_archive.replica.http import Reply, Request
from kremlin_archive.replica.site import Site
from kremlin_archive.replica.site.edition import Edition
from kremlin_archive.urls import Language, event_address
from tests.crawl.running import Run, command, ran

RU: Language = "ru"
EN: Language = "en"


def event(
    number: int, language: Language, section: str = "president/news", day: str = "2021-08-01"
) -> Edition:
    published = f"{day} {number // 60 % 24:02}:{number % 60:02}"
    return Edition(
        number,
        language,
        f"Event {number}",
        published,
        f"{published}:00",
        body=f"<p>What happened: {number}.</p>",
        sections=(section,),
    )


def daily(number: int) -> str:
    """The day of an event where each has one of its own."""
    return (date(2021, 1, 1) + timedelta(days=number)).isoformat()


class Drifting(Site):
    """A site that changes at the first request of a path, just before it is answered."""

    path = ""

    def __init__(self, editions: list[Edition]) -> None:
        super().__init__(editions)
        self.then: Callable[[], object] = lambda: None

    def answer(self, request: Request) -> Reply:
        if request.path == self.path:
            self.path = ""
            self.then()
        return super().answer(request)


def many(site: Drifting, count: int) -> None:
    """As many Russian news as that and nothing else, 1 the oldest."""
    for one in site.editions:
        site.remove(one.language, one.event_id)
    publish(site, *range(1, count + 1))


def publish(site: Site, *numbers: int, day: str = "2021-08-01") -> None:
    """Russian news of these numbers."""
    for number in numbers:
        site.publish(event(number, RU, day=day))


def asked(replica: Replica, since: int = 0) -> list[str]:
    """Events asked for, in order."""
    return [
        address.doc_id
        for one in replica.exchanges[since:]
        if (address := event_address(one.url)) is not None
    ]


def targets(replica: Replica, since: int) -> list[str]:
    """All that was asked for, sorted."""
    return sorted(one.target for one in replica.exchanges[since:])


def later(
    root: Path,
    replica: Replica,
    hours: float,
    *,
    site_clock: str = "shifted too",
    **arguments: str,
) -> Run:
    """Crawl with the clock so many hours ahead: that of both, or that of this machine alone."""
    return later_with({}, root, replica, hours, site_clock=site_clock, **arguments)


def later_with(
    settings: Mapping[str, str],
    root: Path,
    replica: Replica,
    hours: float,
    *,
    site_clock: str = "shifted too",
    **arguments: str,
) -> Run:
    """The same with other settings than those of tests."""
    then = time.time() + hours * 3600
    every = {"CLOCKS_APART_MAX": "0", **settings}
    words = command(root, replica.connect_to, arguments, every)[3:]
    if site_clock == "shifted too":
        replica.clock = lambda: then
    try:
        shifted = [sys.executable, "-m", "tests.crawl.shifted_clock", str(hours * 3600)]
        return ran(root, [*shifted, *words])
    finally:
        replica.clock = time.time
