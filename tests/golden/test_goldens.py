"""Every golden, one test a field, so that a failure names page and field."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

import pytest

import kremlin_archive.pages
from kremlin_archive.pages import page_kind
from kremlin_archive.records import EventPage, FeedPage, ListingPage
from kremlin_archive.urls import language_of
from tests.golden.goldens import GOLDENS, Golden, all_goldens

ALL = all_goldens()
RECORDS = [golden for golden in ALL if golden.expectation.name == "expected.json"]
ERROR_FIELDS = ("type", "message")
RECORD_TYPES = {
    "event": EventPage,
    "text_version": EventPage,
    "listing": ListingPage,
    "feed": FeedPage,
}


@cache
def actual(name: str) -> dict[str, Any]:
    return Golden(GOLDENS / name).actual()


@cache
def expected(name: str) -> dict[str, Any]:
    return Golden(GOLDENS / name).expected()


def field_names(golden: Golden) -> tuple[str, ...]:
    if golden not in RECORDS:
        return ERROR_FIELDS
    return tuple(field.name for field in fields(RECORD_TYPES[page_kind(golden.meta["url"])]))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        pytest.param(golden.name, field, id=f"{golden.name}-{field}")
        for golden in ALL
        for field in field_names(golden)
    ],
)
def test_field(name: str, field: str) -> None:
    assert actual(name).get(field, "no such field") == expected(name)[field]


@pytest.mark.parametrize("golden", ALL, ids=lambda golden: golden.name)
def test_golden_is_complete(golden: Golden) -> None:
    files = sorted(path.name for path in golden.folder.iterdir())
    assert files == sorted([golden.page.name, "meta.json", golden.expectation.name])
    assert sorted(golden.expected()) == sorted(field_names(golden))
    assert golden.name.startswith(f"{language_of(golden.meta['url'])}_")


def test_every_folder_is_a_golden() -> None:
    folders = {path.name for path in GOLDENS.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == {golden.name for golden in ALL}


def test_every_page_type_and_language_has_a_golden() -> None:
    seen = {
        (language_of(url), page_kind(url)) for url in (golden.meta["url"] for golden in RECORDS)
    }
    assert seen == {(language, kind) for language in ("en", "ru") for kind in RECORD_TYPES}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_field_of_an_event_is_filled_somewhere(language: str) -> None:
    records = [expected(golden.name) for golden in RECORDS if golden.name.startswith(language)]
    filled = {name for record in records for name, value in record.items() if value}
    assert {field.name for field in fields(EventPage)} <= filled


def test_every_kind_of_warning_has_a_golden() -> None:
    documented = {
        word
        for line in (kremlin_archive.pages.__doc__ or "").splitlines()
        if line.startswith("``")
        for word in line.split("``")[1::2]
    }
    raised = {
        warning["kind"] for golden in RECORDS for warning in expected(golden.name)["warnings"]
    }
    assert raised == documented


def test_there_are_goldens_enough() -> None:
    assert len(ALL) >= 60
    assert sum(golden.name.startswith("ru_") for golden in ALL) >= 20
