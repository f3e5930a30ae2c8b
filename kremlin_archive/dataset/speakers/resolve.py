"""Labels of one event's page, or of both its editions, to persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kremlin_archive.dataset.speakers.catalogue import NO_CATALOGUE, Catalogue
from kremlin_archive.dataset.speakers.editions import from_other_edition
from kremlin_archive.dataset.speakers.index import Match, NameIndex
from kremlin_archive.dataset.speakers.namesakes import namesake_of
from kremlin_archive.dataset.speakers.naming import Split, read_initials, slug, tokens
from kremlin_archive.dataset.speakers.offices import terms
from kremlin_archive.dataset.speakers.resolution import Method, Resolution
from kremlin_archive.dataset.speakers.scene import Scene, labels_of, scene
from kremlin_archive.dataset.speakers.transliteration import romanise
from kremlin_archive.dataset.speakers.voices import kind_of_voice
from kremlin_archive.records import EventPage


def resolve_turns(
    page: EventPage, other: EventPage | None = None, catalogue: Catalogue = NO_CATALOGUE
) -> tuple[Resolution, ...]:
    """Resolve each turn of a page (``page.turn_starts``, in order); ``other`` is the other edition."""
    if other is None:
        return _named(page, _alone(page, catalogue))
    return resolve_pair(page, other, catalogue)[0]


def resolve_pair(
    page: EventPage, other: EventPage, catalogue: Catalogue = NO_CATALOGUE
) -> tuple[tuple[Resolution, ...], tuple[Resolution, ...]]:
    """Resolve the turns of both editions of one event, each with the help of the other."""
    one, two = _alone(page, catalogue), _alone(other, catalogue)
    # English names first: an id made of a name is made of the English one.
    if page.language == "en":
        named = _named(page, from_other_edition(page, one, other, two))
        return named, _named(other, from_other_edition(other, two, page, named))
    named = _named(other, from_other_edition(other, two, page, one))
    return _named(page, from_other_edition(page, one, other, named)), named


def _alone(page: EventPage, catalogue: Catalogue) -> tuple[Resolution, ...]:
    """Resolve by the page and the catalogue; what is unresolved may yet be, by the other edition."""
    labels = labels_of(page)
    if not labels:
        return ()
    here = scene(page, catalogue)
    known = {label: _resolve(label, here) for label in dict.fromkeys(labels)}
    return tuple(known[label] for label in labels)


def _resolve(label: str, here: Scene) -> Resolution:
    kind = kind_of_voice(label)
    if kind is not None:
        return Resolution(None, "none", 0.0, kind, reason="voice")
    for step in _STEPS:
        resolution = step(label, here)
        if resolution is not None:
            return resolution
    split = here.split(label)
    return _unresolved(split)


def _linked_in_label(label: str, here: Scene) -> Resolution | None:
    return _by(here.linked_in_labels.find(label), "mention")


def _tagged(label: str, here: Scene) -> Resolution | None:
    return _by(here.tags.find(label), "tag_exact")


def _nearly_tagged(label: str, here: Scene) -> Resolution | None:
    return _by(here.tags.find_nearly(label), "tag_fuzzy")


def _linked(label: str, here: Scene) -> Resolution | None:
    return _by(here.linked.find(label), "mention", 0.95)


def _by_position(label: str, here: Scene) -> Resolution | None:
    """«Defence Minister» alone: a link on the page says who that is (when the page was fetched)."""
    persons = here.positions.get(tokens(label), frozenset())
    return _by(Match(persons, Split(label, "")), "mention", 0.8) if persons else None


def _in_office(label: str, here: Scene) -> Resolution | None:
    """By name, or by the office alone."""
    if here.day is None:
        return None
    persons = terms().holding(label, here.day)
    if persons:
        return _by(Match(persons, Split(label, "")), "office_holder", 0.9)
    match = terms().names.find(label)
    if match is None or not match.persons <= terms().in_office(here.day):
        return None
    return _by(match, "office_holder")


def _in_catalogue(label: str, here: Scene) -> Resolution | None:
    """By a full name; initials are too little among hundreds of persons, but for those of a table."""
    match = here.catalogue.index.find(label) or terms().names.find(label)
    if match is None or read_initials(match.split.name) is not None:
        return None
    if len(match.persons) > 1:
        role = here.role_words(match.split.name)
        match = replace(match, persons=here.catalogue.likeliest(match.persons, role))
    namesake = namesake_of(match.split.name, labels_of(here.page))
    if namesake is not None:
        match = replace(match, persons=frozenset({namesake}))
    return _by(match, "alias", 0.9)


_STEPS: tuple[Callable[[str, Scene], Resolution | None], ...] = (
    _linked_in_label,
    _tagged,
    _nearly_tagged,
    _linked,
    _by_position,
    _in_office,
    _in_catalogue,
)


def _by(match: Match | None, method: Method, scale: float = 1.0) -> Resolution | None:
    if match is None:
        return None
    role, name = match.split.role, match.split.name or None
    if len(match.persons) > 1:
        return Resolution(None, "none", 0.0, "person", role, name, "namesakes")
    (person,) = match.persons
    return Resolution(person, method, round(match.score * scale, 3), "person", role, name)


def _unresolved(split: Split) -> Resolution:
    words = tokens(split.name)
    if read_initials(split.name) is not None:
        return Resolution(None, "none", 0.0, "person", split.role, split.name, "initials")
    if not words:
        return Resolution(None, "none", 0.0, "unknown", split.role, None, "role_only")
    if len(words) == 1:
        return Resolution(None, "none", 0.0, "person", split.role, split.name, "short_name")
    return Resolution(None, "none", 0.0, "person", split.role, split.name)


def _named(page: EventPage, turns: tuple[Resolution, ...]) -> tuple[Resolution, ...]:
    """Give who is still without a reason to be unresolved the id of the name printed in full."""
    named = tuple(
        replace(turn, person_id=label_id(turn.name, page), method="label", score=0.5)
        if turn.method == "none" and turn.reason is None and turn.name
        else turn
        for turn in turns
    )
    if not any(turn.reason == "initials" for turn in named):
        return named
    names = NameIndex.of(
        (turn.person_id, turn.name) for turn in named if turn.person_id and turn.name
    )
    return tuple(_by_page(turn, names) if turn.reason == "initials" else turn for turn in named)


def _by_page(turn: Resolution, names: NameIndex) -> Resolution:
    """«A. Repik» where another label of the page is «Alexei Repik»."""
    match = names.find(turn.name or "")
    if match is None or len(match.persons) > 1:
        return turn
    (person,) = match.persons
    return replace(turn, person_id=person, method="alias", score=0.85, reason=None)


def label_id(name: str, page: EventPage) -> str:
    """Give the id that a name makes; a Russian one is spelt as the English edition would."""
    return f"label/{slug(name if page.language == 'en' else romanise(name))}"
