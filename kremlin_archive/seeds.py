"""The sections and languages a crawl walks, read from ``seeds/*.toml``: adding one is no code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kremlin_archive.errors import UsageError
from kremlin_archive.urls import HOSTS, Language, event_address, section_path

_BESIDE_THE_PACKAGE = Path(__file__).parent.parent / "seeds"
_IN_THE_WHEEL = Path(__file__).parent / "_seeds"


@dataclass(frozen=True, slots=True)
class SectionSeed:
    """A section of the site: short name, path, whether it has a feed, and the section it is part of."""

    name: str
    path: str
    feed: bool
    part_of: str | None = None

    def listing_url(self, language: Language, page: int = 1) -> str:
        """URL of a listing page. The first has no number; ``?page=N`` would be ignored by the site."""
        url = f"http://{HOSTS[language]}{section_path(self.path)}"
        return url if page == 1 else f"{url}/page/{page}"

    def day_url(self, language: Language, day: str) -> str:
        """URL of the listing page on which a day (``YYYY-MM-DD``) falls; its number is in the page."""
        year, month, date = day.split("-")
        return f"{self.listing_url(language)}/by-date/{date}.{month}.{year}"

    def feed_url(self, language: Language) -> str:
        """URL of the section's Atom feed."""
        return f"{self.listing_url(language)}/feed"

    def front_urls(self, language: Language) -> tuple[str, ...]:
        """URLs at which the section shows what is new: its first listing page, and its feed if it has one."""
        feeds = (self.feed_url(language),) if self.feed else ()
        return (self.listing_url(language), *feeds)

    def event_url(self, language: Language, event_id: int) -> str:
        """URL an event has when it is shown in this section."""
        return f"{self.listing_url(language)}/{event_id}"


@cache
def has_pages(section: SectionSeed) -> bool:
    """Whether events have addresses in a section; those of announcements are in the news."""
    return event_address(section.event_url("en", 1)) is not None


def everything_url(language: Language) -> str:
    """URL of an edition's feed of all its sections.

    Five scrapers read it; in February 2024 it had 1,904 English and 3,323 Russian pages of twenty. No copy
    of it was seen, so nobody depends on it: where there is none, every section is read.
    """
    return f"http://{HOSTS[language]}{section_path('all')}/feed"


@cache
def sections(folder: Path | None = None) -> tuple[SectionSeed, ...]:
    """All sections, in the order of the file. Raises UsageError when it cannot be read."""
    path = (folder or _folder()) / "sections.toml"
    try:
        blocks = tomllib.loads(path.read_text("utf-8"))["section"]
        return tuple(SectionSeed(**block) for block in blocks)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: not a list of sections: {error}") from error


@cache
def languages(folder: Path | None = None) -> tuple[Language, ...]:
    """Codes of the editions, in the order of the file. Raises UsageError when it cannot be read."""
    path = (folder or _folder()) / "languages.toml"
    try:
        blocks = tomllib.loads(path.read_text("utf-8"))["language"]
        codes = tuple(block["code"] for block in blocks)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: not a list of languages: {error}") from error
    if unknown := [code for code in codes if code not in HOSTS]:
        raise UsageError(f"{path}: no host is known for {', '.join(unknown)}")
    return codes


def _folder() -> Path:
    return _BESIDE_THE_PACKAGE if _BESIDE_THE_PACKAGE.is_dir() else _IN_THE_WHEEL
