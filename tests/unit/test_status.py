"""The words of ``status``: bounded, the worst first, coloured, and what to run."""

from __future__ import annotations

from typing import Any

import click

from kremlin_archive.cli.status_text import status_text
from kremlin_archive.ledger import FATES

QUIET: dict[str, Any] = {
    "run_in_progress": False,
    "editions": {},
    "listings": [],
    "runs": [],
    "not_begun": None,
}


def edition(days: list[dict[str, Any]], **found: list[tuple[int, int]]) -> dict[str, Any]:
    ranges = {fate: found.get(fate, []) for fate in FATES}
    counts = {fate: sum(b - a + 1 for a, b in each) for fate, each in ranges.items()}
    numbers = {"lowest": 1, "highest": 999, "counts": counts, "ranges": ranges}
    here = {"archived": counts["archived"], "gaps": [], "pictures": []}
    return {**here, "numbers": numbers, "days": days}


def day(number: int, missing: int) -> dict[str, Any]:
    ids = [f"ru:{n}" for n in range(missing)]
    return {"day": f"2021-08-{number:02}", "named": 9, "archived": 9 - missing, "missing": ids}


def listing(section: str, *unread: tuple[str, str, int], read: bool = True) -> dict[str, Any]:
    holes = [{"since": a, "until": b, "months": months} for a, b, months in unread]
    at = "2021-09-01T00:00:00+00:00" if read else None
    return {"language": "en", "section": section, "last_read_at": at, "unread": holes}


def test_the_worst_comes_first_and_the_rest_is_counted() -> None:
    days = [day(number, number % 7) for number in range(1, 29)]
    told = {**QUIET, "editions": {"ru": edition(days, never_asked=[(2, 3), (10, 400), (7, 7)])}}
    lines = click.unstyle(status_text(told)).splitlines()
    assert "    24 of 28 days with missing documents" in lines
    place = lines.index("    24 of 28 days with missing documents")
    assert lines[place + 1] == "      2021-08-06  6 of 9 missing"
    assert lines[place + 11] == "      … and 14 more; --json names all"
    place = lines.index("    394 numbers never asked, in 3 ranges")
    assert lines[place + 1 : place + 4] == ["      10-400", "      2-3", "      7"]
    assert "To fill the numbers:  scrapy crawl events -a mode=fill" in lines


def test_days_of_listings_that_were_never_read_come_with_what_reads_them() -> None:
    holes = [("2012-05-09", "2012-08-20", 4), ("1999-12-31", "2008-05-07", 102)]
    told = {**QUIET, "listings": [listing("news", *holes), listing("trips", read=False)]}
    words = click.unstyle(status_text(told))
    assert words.index("1999-12-31 to 2008-05-07 (102 months)") < words.index("2012-05-09 to")
    assert "Listings never read: en trips" in words
    assert "-a mode=backfill -a since=2012-05-09 -a until=2012-08-20" in words


def test_an_archive_without_gaps_is_green() -> None:
    told = {**QUIET, "editions": {"ru": edition([day(1, 0)], archived=[(1, 999)])}}
    words = status_text({**told, "listings": [listing("news")]})
    assert click.style("No gaps: nothing is left to ask for.", fg="green") in words
    assert "    999 archived" in click.unstyle(words)


def test_an_archive_that_lacks_pictures_is_not_without_gaps() -> None:
    lacks = {"doc_id": "ru:1", "url": "http://static.kremlin.ru/1.jpg", "why": "refused"}
    one = {**edition([day(1, 0)]), "pictures": [{**lacks, "day": "2021-08-01"}]}
    told = {**QUIET, "editions": {"ru": one}, "listings": [listing("news")]}
    words = click.unstyle(status_text(told))
    assert "No gaps" not in words
    assert "1 pictures of archived pages, refused" in words
    assert "mode=fill -a media=photos" in words


def test_an_archive_whose_listings_were_never_read_is_not_without_gaps() -> None:
    words = click.unstyle(status_text({**QUIET, "listings": [listing("news", read=False)]}))
    assert "No gaps" not in words
    assert "To read those listings:  scrapy crawl events" in words
