"""The resolver that the tables are built with."""

from __future__ import annotations

from kremlin_archive.dataset.attribution import Resolver
from kremlin_archive.dataset.speakers import Catalogue, SpeakerResolver
from tests.unit.speakers.pages import link, page

SHOIGU = page("Sergei Shoigu", mentions=(link(90, "Shoigu", "Shoigu Sergei", "Defence Minister"),))
OTHER = page(mentions=(link(90, "Shoigu", "Shoigu Sergei", "Secretary"),))


def test_it_is_what_the_builder_calls() -> None:
    resolver: Resolver = SpeakerResolver(Catalogue.of([SHOIGU]))
    (speaker,) = resolver(page("Defence Minister Sergei Shoigu"), None)
    assert (speaker.person_id, speaker.method, speaker.role_text, speaker.name) == (
        "persons/90", "alias", "Defence Minister", "Sergei Shoigu",
    )  # fmt: skip


def test_its_key_changes_with_the_catalogue_and_not_with_the_order() -> None:
    one = SpeakerResolver(Catalogue.of([SHOIGU, OTHER])).key
    assert one == SpeakerResolver(Catalogue.of([OTHER, SHOIGU])).key
    assert one != SpeakerResolver(Catalogue.of([SHOIGU])).key
