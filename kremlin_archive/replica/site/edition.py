"""One language's page of an event, as the bundled site's editors keep it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Any

from kremlin_archive.errors import UsageError
from kremlin_archive.replica.site.catalogue import EVERYTHING, section
from kremlin_archive.urls import HOSTS, Language

# The site marks how long a text is; where it draws the lines is not known, these are ours.
_MEDIUM, _BIG = 1_500, 6_000


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo under the site's number."""

    id: int
    caption: str
    vertical: bool = False


@dataclass(frozen=True, slots=True)
class Video:
    """A video; ``duration`` as the site writes it (``T28M54S``), in the body or in its tab only."""

    id: int
    duration: str
    subtitles: bool = False
    in_body: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """An event in one language.

    ``published`` is ``YYYY-MM-DD HH:MM`` and ``updated`` ``YYYY-MM-DD HH:MM:SS``, Moscow wall
    clock. ``body`` is a Jinja fragment that may use the macros of ``templates/pieces.html``.
    ``lead`` has one paragraph a line. With ``announcement`` (the day or days announced, in words)
    the page has no date, time or place in its head.
    """

    event_id: int
    language: Language
    title: str
    published: str
    updated: str
    body: str = ""
    sections: tuple[str, ...] = ("president/news",)
    lead: str = ""
    place: str = ""
    announcement: str = ""
    calendar: bool = False
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    topics: tuple[int, ...] = ()
    persons: tuple[int, ...] = ()
    photos: tuple[Photo, ...] = ()
    first_slide: int = 0
    video: Video | None = None

    def __post_init__(self) -> None:
        if self.language not in HOSTS:
            raise UsageError(f"event {self.event_id}: no such language {self.language!r}")
        for key in self.sections:
            section(key, self.language)  # raises for an unknown one

    @property
    def date(self) -> str:
        """Day of publication, ``YYYY-MM-DD``."""
        return self.published[:10]

    @property
    def time(self) -> str:
        """Time of publication, ``HH:MM``."""
        return self.published[11:16]

    @property
    def text_size(self) -> str:
        """The site's word for the length of the text."""
        length = len(self.body)
        return "small" if length < _MEDIUM else "medium" if length < _BIG else "big"

    def path_in(self, key: str) -> str:
        """Path of the page in a section; announcements have theirs in the news."""
        key = self.sections[0] if key == EVERYTHING else key
        return f"{section(key, self.language).pages}/{self.event_id}"


def edition_from(values: Mapping[str, Any]) -> Edition:
    """Edition from plain values (JSON, TOML); UsageError names what does not fit."""
    known = {one.name for one in fields(Edition)}
    unknown = set(values) - known
    if unknown:
        raise UsageError(f"an edition has no {sorted(unknown)}; it has {sorted(known)}")
    try:
        return Edition(**typed(values))
    except TypeError as error:
        raise UsageError(f"not an edition: {error}") from error


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values with lists as tuples, photos and video as records."""
    made: dict[str, Any] = {
        key: tuple(one) if isinstance(one, list) else one for key, one in values.items()
    }
    if "photos" in made:
        made["photos"] = tuple(Photo(**photo) for photo in made["photos"])
    if isinstance(made.get("video"), Mapping):
        made["video"] = Video(**made["video"])
    return made


def bundled_editions() -> Iterator[Edition]:
    """Editions of the events in ``events/*.toml``; what both share stands once."""
    for file in sorted(files(__package__).joinpath("events").iterdir(), key=lambda one: one.name):
        for event in tomllib.loads(file.read_text("utf-8"))["event"]:
            yield from _editions(event)


def _editions(event: dict[str, Any]) -> Iterator[Edition]:
    shared = {key: value for key, value in event.items() if key not in ("id", "en", "ru")}
    for language in ("en", "ru"):
        if language in event:
            photos = [_photo(photo, language) for photo in shared.get("photos", ())]
            identity = {"event_id": event["id"], "language": language}
            yield edition_from({**shared, "photos": photos, **event[language], **identity})


def _photo(photo: dict[str, Any], language: str) -> dict[str, Any]:
    kept = {key: value for key, value in photo.items() if key not in ("en", "ru")}
    return {**kept, "caption": photo[language]}
