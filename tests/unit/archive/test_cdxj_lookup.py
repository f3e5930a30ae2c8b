from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from kremlin_archive.archive.cdxj import IndexEntry, sort_key
from kremlin_archive.archive.cdxj_lookup import at, captures_of, closest, instant
from kremlin_archive.errors import UsageError, WarcError


def entry(url: str, timestamp: str) -> IndexEntry:
    return IndexEntry(sort_key(url), timestamp, MappingProxyType({"url": url, "status": "200"}))


def url(number: int) -> str:
    return f"http://en.kremlin.ru/events/president/news/{number}"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """1,000 addresses, the n-th with n % 4 captures, in 200 KB."""
    lines = [
        entry(url(number), f"2026112112000{nth}").line
        for number in range(1000)
        for nth in range(number % 4)
    ]
    path = tmp_path / "kremlin.cdxj"
    path.write_bytes(b"".join(sorted(lines)))
    return path


def test_every_capture_of_every_address_is_found_and_nothing_else(index: Path) -> None:
    for number in range(1000):
        found = captures_of(index, url(number))
        assert [one.timestamp for one in found] == [f"2026112112000{n}" for n in range(number % 4)]
        assert {one.fields["url"] for one in found} <= {url(number)}


@pytest.mark.parametrize(
    "asked", ["http://a.ru/", "http://en.kremlin.ru/events", "http://zz.ru/", "http://kremlin.ru/"]
)
def test_what_is_not_there_is_not_found(index: Path, asked: str) -> None:
    assert captures_of(index, asked) == []


def test_scheme_and_www_do_not_matter(index: Path) -> None:
    asked = url(7).replace("http://", "https://www.")
    assert captures_of(index, asked) == captures_of(index, url(7)) != []


def test_many_captures_of_one_address_are_all_found(tmp_path: Path) -> None:
    path = tmp_path / "kremlin.cdxj"
    stamps = [str(20261121000000 + n) for n in range(500)]
    entries = [entry(url(1), stamp) for stamp in stamps]
    others = [entry(url(n), stamps[0]) for n in (0, 10, 2)]
    path.write_bytes(b"".join(sorted(one.line for one in entries + others)))
    assert [one.timestamp for one in captures_of(path, url(1))] == stamps


def test_an_index_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    path = tmp_path / "kremlin.cdxj"
    with pytest.raises(WarcError, match=r"kremlin\.cdxj: there is no index"):
        captures_of(path, url(1))
    path.write_bytes(f"{sort_key(url(1))} 2026 broken\n".encode())
    with pytest.raises(WarcError, match=r"kremlin\.cdxj: not a line of CDXJ"):
        captures_of(path, url(1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026", "20261231235959"),
        ("2026-02", "20260228235959"),
        ("202402", "20240229235959"),
        ("2026-11-21", "20261121235959"),
        ("2026-11-21T12", "20261121125959"),
        ("2026-11-21 12:30", "20261121123059"),
        ("2026-11-21T12:30:15Z", "20261121123015"),
        ("2026-11-21T12:30:15.123456Z", "20261121123015"),
        ("20261121123015", "20261121123015"),
    ],
)
def test_a_part_of_a_time_means_its_last_second(text: str, expected: str) -> None:
    assert instant(text) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13", "2026-02-30", "20", "2026-11-21T25"])
def test_what_is_no_time_is_said_so(text: str) -> None:
    with pytest.raises(UsageError, match="expected a time such as"):
        instant(text)


THREE = [entry(url(1), stamp) for stamp in ("20200101000000", "20210101000000", "20210101000010")]


@pytest.mark.parametrize(
    ("timestamp", "newest_then", "nearest"),
    [
        ("20191231235959", None, 0),
        ("20200101000000", 0, 0),
        ("20201231235959", 0, 1),
        ("20210101000005", 1, 1),
        ("20210101000006", 1, 2),
        ("20991231235959", 2, 2),
    ],
)
def test_which_capture_is_shown_at_a_time(
    timestamp: str, newest_then: int | None, nearest: int
) -> None:
    assert at(THREE, timestamp) == (None if newest_then is None else THREE[newest_then])
    assert closest(THREE, timestamp) == THREE[nearest]
    assert closest([], timestamp) is None
