"""The resolver that the tables are built with."""

from __future__ import annotations

from kremlin_archive.dataset.attribution import Resolver
from kremlin_archive.dataset.speakers import Catalogue, SpeakerResolver
from kremlin_archive.records import EventPage
from tests.unit.speakers.pages import link, page

SHOIGU = page("Sergei Shoigu", mentions=(link(90, "Shoigu", "Shoigu Sergei", "Defence Minister"),))
OTHER = page(mentions=(link(90, "Shoigu", "Shoigu Sergei", "Secretary"),))


def test_it_is_what_the_builder_calls() -> None:
    resolver: Resolver = SpeakerResolver(Catalogue.of([SHOIGU]))
    (speaker,) = resolver(page("Defence Minister Sergei Shoigu"), None)
    assert (speaker.person_id, speaker.method, speaker.role_text, speaker.name) == (
        "persons/90", "alias", "Defence Minister", "Sergei Shoigu",
    )  # fmt: skip


NAMESAKE = page(mentions=(link(91, "Shoigu", "Shoigu Sergei", "Rector"),))
LABELS = {"Defence Minister Sergei Shoigu", "Guest"}


def key(*pages: EventPage) -> str:
    return SpeakerResolver(Catalogue.of(pages)).key_of(LABELS)


def test_its_key_changes_with_what_the_catalogue_knows_of_the_labels() -> None:
    assert key(SHOIGU) not in {key(), key(SHOIGU, NAMESAKE)}
    assert key(SHOIGU, NAMESAKE) != key(SHOIGU, NAMESAKE, OTHER), "a position tells namesakes apart"


def test_its_key_changes_with_nothing_else() -> None:
    assert key(SHOIGU, NAMESAKE) == key(NAMESAKE, SHOIGU)
    assert key(SHOIGU) == key(SHOIGU, OTHER), "the position of who has no namesake"
    assert key(SHOIGU) == key(SHOIGU, page(mentions=(link(7, "Ivanov", "Ivanov Ivan", "Aide"),)))
