"""What one crawl is asked to do: the spider's arguments, read and checked before the first request."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast, get_args

from kremlin_archive import seeds
from kremlin_archive.errors import UsageError
from kremlin_archive.seeds import SectionSeed
from kremlin_archive.urls import Language

Mode = Literal["update", "backfill", "recheck", "fill"]
Media = Literal["none", "photos"]
MAX_IDS = 100_000
_FIRST_DAY = date(1999, 12, 31)
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_SPAN = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WALKING: tuple[Mode, ...] = ("update", "backfill")


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """Editions and sections to walk, the days, pages or ids wanted, how many pages at most, and how to look.

    ``update`` fetches what is new or changed and stops where a listing brings neither; ``backfill`` walks
    the whole range and fetches what is missing or changed; ``recheck`` looks at archived documents again;
    ``fill`` asks for what the site has named and not given, then for the numbers never asked for.
    ``since`` and ``until`` are Moscow days, both inclusive; ``pages`` are the first and last page of every
    listing; ``ids`` keeps the order given; ``older`` is how long a document was not looked at. ``media``
    says whether the pictures of the pages crawled are fetched too.
    """

    languages: tuple[Language, ...]
    sections: tuple[SectionSeed, ...]
    since: date | None = None
    until: date | None = None
    pages: tuple[int, int] | None = None
    ids: tuple[int, ...] = ()
    older: timedelta | None = None
    limit: int | None = None
    mode: Mode = "update"
    media: Media = "none"

    @property
    def walks(self) -> bool:
        """Whether feeds and listings are read at all."""
        return self.mode in _WALKING and not self.ids

    @property
    def walks_everything(self) -> bool:
        """Whether listings are walked to the end of the range instead of to the first quiet page."""
        return self.mode != "update" or self.is_bounded

    @property
    def is_bounded(self) -> bool:
        """Whether days or pages bound the walks."""
        return self.since is not None or self.until is not None or self.pages is not None

    @property
    def looks_after_the_archive(self) -> bool:
        """Whether the run also asks for what is missing or due: an ``update`` without bounds."""
        return not self.walks_everything and not self.ids

    @property
    def takes_turns(self) -> bool:
        """Whether sections where nothing happens may be passed over: where none was named."""
        return self.looks_after_the_archive and self._is_of_all_sections

    @property
    def first_page(self) -> int:
        """The page at which a listing's walk begins."""
        return self.pages[0] if self.pages else 1

    def last_page_of(self, pages: int) -> int:
        """The page at which the walk of a listing with so many pages (0: not known) ends."""
        if self.pages is None:
            return pages
        return min(pages or self.pages[1], self.pages[1])

    @property
    def _is_of_all_sections(self) -> bool:
        return self.sections == _sections("all")

    def covers(self, section: str) -> bool:
        """Whether a document of a section's path is wanted: of any where none was named.

        Those of councils lie below it (``councils/by-council/18``).
        """
        paths = (one.path for one in self.sections)
        return self._is_of_all_sections or any(f"{section}/".startswith(f"{one}/") for one in paths)

    def wants(self, day: str | None) -> bool:
        """Whether a day (``YYYY-MM-DD``; None: not known, so look) is in range."""
        return day is None or not (self.is_before(day) or self.is_after(day))

    def is_before(self, day: str) -> bool:
        """Whether a day is earlier than the range."""
        return self.since is not None and date.fromisoformat(day) < self.since

    def is_after(self, day: str) -> bool:
        """Whether a day is later than the range."""
        return self.until is not None and date.fromisoformat(day) > self.until


def read_plan(arguments: dict[str, str]) -> CrawlPlan:
    """Read ``-a NAME=VALUE`` arguments. Raises UsageError that names the argument and what it may be."""
    readers: dict[str, Callable[[str], object]] = {
        "languages": _languages,
        "sections": _sections,
        "since": lambda value: _day("since", value),
        "until": lambda value: _day("until", value),
        "pages": _pages,
        "ids": _ids,
        "older": _older,
        "limit": _limit,
        "mode": lambda value: _one_of("mode", value, get_args(Mode)),
        "media": lambda value: _one_of("media", value, get_args(Media)),
    }
    if unknown := sorted(set(arguments) - set(readers)):
        raise UsageError(f"unknown argument {', '.join(unknown)}; there are {', '.join(readers)}")
    given = {name: readers[name](value) for name, value in arguments.items()}
    defaults = {"languages": seeds.languages(), "sections": _sections("all")}
    plan = CrawlPlan(**{**defaults, **given})  # type: ignore[arg-type] # each reader returns its field's type
    _check_together(plan)
    return plan


def _check_together(plan: CrawlPlan) -> None:
    if plan.since and plan.until and plan.since > plan.until:
        raise UsageError(f"since={plan.since} is after until={plan.until}: swap them")
    if plan.ids and plan.is_bounded:
        raise UsageError("ids= names pages one by one; since=, until= and pages= do not go with it")
    if plan.pages and (plan.since or plan.until):
        raise UsageError("pages= and since=/until= are two ways to bound a walk; give one of them")
    if plan.pages and plan.mode not in _WALKING:
        raise UsageError(f"pages= are pages of listings, which mode={plan.mode} does not walk")
    if plan.older is not None and plan.mode != "recheck":
        raise UsageError("older= says which documents to look at again; it goes with mode=recheck")
    if plan.mode == "recheck" and not plan.ids and plan.sections != _sections("all"):
        _check_addresses(plan.sections)


def _check_addresses(sections: tuple[SectionSeed, ...]) -> None:
    """A recheck knows an archived document's section by its address."""
    if homeless := {one.name: home for one in sections if (home := _home(one)) != one.name}:
        raise UsageError(
            f"mode=recheck goes by addresses, and {', '.join(homeless)} has none of its own for its pages;"
            f" name the section they are in: sections={','.join(dict.fromkeys(homeless.values()))}"
        )


def _home(section: SectionSeed) -> str:
    """Name of the section at whose addresses a section's pages are."""
    if section.part_of is not None:
        return section.part_of
    # Announcements are the one section without addresses that is no part of another.
    return section.name if seeds.has_pages(section) else "news"


def _languages(value: str) -> tuple[Language, ...]:
    return cast("tuple[Language, ...]", _chosen("languages", value, seeds.languages()))


def _sections(value: str) -> tuple[SectionSeed, ...]:
    by_name = {section.name: section for section in seeds.sections()}
    if value.strip() == "all":
        return tuple(section for section in by_name.values() if section.part_of is None)
    return tuple(by_name[name] for name in _chosen("sections", value, tuple(by_name)))


def _chosen(name: str, value: str, known: tuple[str, ...]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    unknown = [part for part in wanted if part not in known]
    if unknown or not wanted:
        what = f"{', '.join(unknown)!r} is not one" if unknown else "nothing is named"
        raise UsageError(f"{name}={value!r}: {what}; there are {', '.join(known)}")
    return wanted


def _day(name: str, value: str) -> date:
    try:
        day = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(f"{name}={value!r}: expected a day such as 2021-08-01") from None
    if day < _FIRST_DAY:
        raise UsageError(f"{name}={value!r}: the site's first event is of {_FIRST_DAY}")
    return day


def _ids(value: str) -> tuple[int, ...]:
    ids: dict[int, None] = {}
    for part in value.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise UsageError(
                f"ids={value!r}: expected numbers and ranges such as 66419,66400-66410"
            )
        first, last = sorted((int(match[1]), int(match[2] or match[1])))
        if last - first + len(ids) >= MAX_IDS:
            raise UsageError(f"ids={value!r}: more than {MAX_IDS:,} ids; crawl them in parts")
        ids.update(dict.fromkeys(range(first, last + 1)))
    return tuple(ids)


def _pages(value: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(value.strip())
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 0 < first <= last:
        raise UsageError(f"pages={value!r}: expected pages of a listing such as 10-40, from 1 on")
    return first, last


def _older(value: str) -> timedelta:
    match = _SPAN.fullmatch(value.strip())
    if match is None:
        raise UsageError(f"older={value!r}: expected a time such as 90d, 12h or 8w")
    return int(match[1]) * _UNITS[match[2]]


def _limit(value: str) -> int:
    if not (value.isascii() and value.isdigit()) or int(value) == 0:
        raise UsageError(f"limit={value!r}: expected a number of pages above 0")
    return int(value)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise UsageError(f"{name}={value!r}: expected one of {', '.join(known)}")
    return value
