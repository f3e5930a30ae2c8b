"""Tables of what a page holds: turns, media, links, tags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from kremlin_archive.dataset.snapshot import publish
from kremlin_archive.dataset.tables.links import link_kind
from kremlin_archive.records import EventPage
from tests.unit.dataset.conftest import CARDS, PHOTO, PHOTO_URL, Event, Site, rows_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from kremlin_archive.records import Capture

TAGS = """<div class="read__tagscol"><h3>{heads[0]}</h3><ul class="read__taglist">
<li><a href="/catalog/countries/KZ/events" rel="tag">{names[0]}</a></li></ul></div>
<div class="read__tagscol"><h3>{heads[1]}</h3><ul class="read__taglist">
<li><a href="/catalog/keywords/82/events" rel="tag">{names[1]}</a></li></ul></div>"""
ENGLISH_TAGS = TAGS.format(heads=("Geography", "Topics"), names=("Kazakhstan", "Foreign policy"))
RUSSIAN_TAGS = TAGS.format(heads=("География", "Темы"), names=("Казахстан", "Внешняя политика"))
JPEG = b"\xff\xd8\xff\xe0 a picture"


def table(root: Path, site: Site, captures: list[Capture], name: str) -> list[dict[str, Any]]:
    return rows_of(publish(root, [site.part(root, captures)]).path, name)


def test_a_turn_is_all_that_is_said_under_a_label(tmp_path: Path, site: Site) -> None:
    body = (
        "<p>They met.</p><p><b>Vladimir Putin:</b> Good afternoon.</p><p>(Applause.)</p>"
        "<p>We have much to do.</p><p>&lt;…&gt;</p><p><b>Question</b> (<i>retranslated</i>): Why?</p>"
    )
    first, second = table(tmp_path, site, [site.event(Event(body=body))], "turns")
    assert (first["turn_id"], first["seq"], first["speaker_label"]) == (
        "en:66419#t0",
        0,
        "Vladimir Putin",
    )
    assert first["text"] == "Good afternoon.\nWe have much to do."
    assert (first["para_start"], first["para_end"], first["n_words"]) == (1, 4, 7)
    assert (second["para_start"], second["para_end"], second["text"]) == (5, 6, "Why?")
    assert (first["speaker_kind"], second["speaker_kind"]) == ("person", "question")
    assert (first["delivery_note"], second["delivery_note"]) == (None, "retranslated")
    links = [(row["person_id"], row["link_method"], row["link_score"]) for row in (first, second)]
    assert links == [("label/vladimir-putin", "office_holder", 1.0), (None, "none", 0.0)]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Question", "question"),
        ("ВОПРОС", "question"),
        ("Реплика", "crowd"),
        ("From the audience", "crowd"),
        ("Ведущая", "moderator"),
        ("Оператор", "unknown"),
        ("В.Путин", "person"),
    ],
)
def test_labels_tell_the_kind(tmp_path: Path, site: Site, label: str, kind: str) -> None:
    event = Event(language="ru", body=f"<p><b>{label}:</b> Да.</p>", tags="")
    assert [r["speaker_kind"] for r in table(tmp_path, site, [site.event(event)], "turns")] == [
        kind
    ]


@dataclass(frozen=True)
class Known:
    """A speaker as a resolver gives it."""

    person_id: str | None
    method: str = "tag_exact"
    score: float = 1.0
    speaker_kind: str = "person"
    role_text: str | None = None
    name: str | None = None
    reason: str | None = None


class ByPair:
    """A resolver that names each speaker by the other edition's title."""

    def key_of(self, labels: Collection[str]) -> str:
        return f"by pair {sorted(labels)}"

    def __call__(self, record: EventPage, other: EventPage | None) -> Sequence[Known]:
        person = f"label/{other.title}" if other is not None else None
        return [Known(person, name="N") for _ in record.turn_starts]


def test_a_resolver_fills_persons_in_and_sees_both_editions(
    tmp_path: Path, site: Site, event: Event
) -> None:
    russian = replace(event, language="ru", title="Talks", day="2022-01-01", tags="")
    alone = replace(event, event_id=5)
    part = site.part(tmp_path, [site.event(event), site.event(russian), site.event(alone)])
    plain = publish(tmp_path, [part])
    linked = publish(tmp_path, [part], resolver=ByPair())
    assert {row["link_method"] for row in rows_of(plain.path, "turns")} == {"office_holder", "none"}
    found = {row["doc_id"]: row for row in rows_of(linked.path, "turns")}
    assert {doc_id: row["person_id"] for doc_id, row in found.items()} == {
        "en:5": None,
        "en:66419": "label/Talks",
        "ru:66419": "label/Meeting with a neighbour",
    }
    assert (found["en:66419"]["link_method"], found["en:66419"]["speaker_name"]) == (
        "tag_exact",
        "N",
    )
    speakers = {r["doc_id"]: r["speakers"] for r in rows_of(linked.path, "documents")}
    assert [s["person_id"] for s in speakers["en:66419"]] == ["label/Talks", "label/Talks"]


def test_media_without_captures_have_no_bytes(tmp_path: Path, site: Site) -> None:
    captures = [site.event(Event(body=f"{PHOTO}<p>Text.</p>{CARDS}"))]
    photo, file = table(tmp_path, site, captures, "media")
    assert (photo["media_id"], photo["kind"], photo["site_id"]) == ("en:66419#m0", "photo", 61254)
    assert (photo["url"], photo["caption"]) == (PHOTO_URL, "With the guest")
    assert (file["kind"], file["caption"], file["format"]) == (
        "attachment",
        "Papers",
        "pdf, 12 kB",
    )
    assert {photo[name] for name in ("mime", "bytes", "sha256", "warc_filename")} == {None}


def test_media_point_to_the_newest_whole_answer(tmp_path: Path, site: Site) -> None:
    jpeg = (("Content-Type", "text/plain"),)
    captures = [
        site.event(Event(body=f"{PHOTO}<p>Text.</p>")),
        site.capture(PHOTO_URL, b"older", headers=jpeg),
        site.capture(PHOTO_URL, JPEG, headers=jpeg),
        site.capture(PHOTO_URL, b"", status=404),
        replace(site.capture(PHOTO_URL, b"\xff\xd8"), truncated="length"),
        site.capture(PHOTO_URL, b"", headers=jpeg),
        site.capture(PHOTO_URL, b"<!doctype html><p>Back soon.</p>", headers=jpeg),
    ]
    (row,) = table(tmp_path, site, captures, "media")
    assert (row["warc_record_id"], row["fetched_at"]) == (
        captures[2].pointer.record_id,
        captures[2].fetched_at,
    )
    assert (row["mime"], row["bytes"]) == ("image/jpeg", len(JPEG))
    assert row["sha256"] == sha256(JPEG).hexdigest()


@pytest.mark.parametrize("named", [True, False], ids=["by refers-to", "by digest"])
def test_a_picture_stored_as_a_revisit_leads_to_its_original(
    tmp_path: Path, site: Site, *, named: bool
) -> None:
    original = site.capture(PHOTO_URL, JPEG)
    other = site.capture(PHOTO_URL, JPEG[:-1])
    revisit = site.capture(
        PHOTO_URL,
        record_type="revisit",
        refers_to=original.pointer.record_id if named else None,
        digest=original.payload_digest,
    )
    captures = [site.event(Event(body=f"{PHOTO}<p>Text.</p>")), original, other, revisit]
    (row,) = table(tmp_path, site, captures, "media")
    assert row["warc_record_id"] == original.pointer.record_id


def test_links_say_what_they_are_and_where_they_lead(tmp_path: Path, site: Site) -> None:
    person = """<p>He met <a class="person_tag" href="/catalog/persons/336/events">the guest
<span class="read__tooltip"><span class="tooltip_title tooltip_link">Guest Good</span>
<span class="tooltip_description_dark">President</span></span></a>.</p>"""
    card, file, mention, edition = table(
        tmp_path, site, [site.event(Event(body=f"{person}{CARDS}"))], "links"
    )
    assert (card["role"], card["kind"], card["target_doc_id"]) == (
        "card",
        "internal_event",
        "en:66418",
    )
    assert (card["anchor_text"], card["shown_date"]) == ("A trip", "August 20, 2021")
    assert (file["role"], file["kind"]) == ("file", "media")
    assert (mention["role"], mention["kind"]) == ("person", "catalog")
    assert mention["url"] == "http://en.kremlin.ru/catalog/persons/336"
    assert (mention["target_tag_id"], mention["anchor_text"]) == ("persons/336", "the guest")
    assert (mention["tooltip_name"], mention["tooltip_position"]) == ("Guest Good", "President")
    assert (edition["role"], edition["target_doc_id"]) == ("edition", "ru:66419")
    assert [row["seq"] for row in (card, file, mention, edition)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://kremlin.ru/events/president/news/1", "internal_event"),
        ("http://kremlin.ru/supplement/1", "supplement"),
        ("http://en.kremlin.ru/catalog/persons/1/biography", "catalog"),
        ("http://static.kremlin.ru/media/a.pdf", "media"),
        ("http://kremlin.ru/structure/president", "internal_other"),
        ("http://special.kremlin.ru/", "internal_other"),
        ("https://www.un.org/", "external"),
        ("http://[broken", "external"),
    ],
)
def test_kinds_of_links(url: str, kind: str) -> None:
    assert link_kind(url) == kind


def test_document_counts_are_those_of_the_tables(tmp_path: Path, site: Site) -> None:
    captures = [site.event(Event(body=f"{PHOTO}<p>Text.</p>{CARDS}"))]
    (document,) = table(tmp_path, site, captures, "documents")
    for name, counted in (("media", "media_count"), ("links", "link_count")):
        assert document[counted] == len(rows_of(tmp_path / "latest", name)) > 1


def test_tags_of_former_revisions_are_kept_with_their_time(tmp_path: Path, site: Site) -> None:
    first, second, third = (
        site.event(Event(tags=tags), hours=hours)
        for hours, tags in ((0, ENGLISH_TAGS), (1, ENGLISH_TAGS), (2, Event.tags))
    )
    country, topic = table(tmp_path, site, [first, second, third], "document_tags")
    assert (country["tag_id"], country["is_current"], country["seq"]) == ("countries/KZ", True, 0)
    assert (country["first_seen_at"], country["last_seen_at"]) == (
        first.fetched_at,
        third.fetched_at,
    )
    assert (topic["tag_id"], topic["is_current"], topic["label"]) == (
        "keywords/82",
        False,
        "Foreign policy",
    )
    assert (topic["first_seen_at"], topic["last_seen_at"]) == (first.fetched_at, second.fetched_at)


def test_tags_have_both_editions_labels(tmp_path: Path, site: Site, event: Event) -> None:
    other = ENGLISH_TAGS.replace("Kazakhstan", "Kazakstan")
    captures = [
        site.event(event.but(tags=ENGLISH_TAGS)),
        site.event(replace(event, event_id=5, tags=ENGLISH_TAGS)),
        site.event(replace(event, event_id=6, tags=other)),
        site.event(replace(event, language="ru", tags=RUSSIAN_TAGS)),
    ]
    country, topic = table(tmp_path, site, captures, "tags")
    assert (country["tag_id"], country["site_id"], country["iso2"]) == ("countries/KZ", "KZ", "KZ")
    assert (country["label_en"], country["label_ru"]) == ("Kazakhstan", "Казахстан")
    assert country["aliases"] == [{"lang": "en", "label": "Kazakstan"}]
    assert (country["n_docs_en"], country["n_docs_ru"]) == (3, 1)
    assert country["url_ru"] == "http://kremlin.ru/catalog/countries/KZ/events"
    assert country["first_seen_at"] == captures[0].fetched_at
    assert country["last_seen_at"] == captures[3].fetched_at
    assert (topic["facet"], topic["iso2"], topic["label_ru"]) == (
        "topics",
        None,
        "Внешняя политика",
    )


@pytest.mark.parametrize(("russian_id", "alarming"), [("82", False), ("9082", True)])
def test_an_alarm_is_told_when_the_editions_ids_never_meet(
    tmp_path: Path, site: Site, event: Event, russian_id: str, *, alarming: bool
) -> None:
    russian = RUSSIAN_TAGS.replace("keywords/82", f"keywords/{russian_id}")
    captures = [
        site.event(replace(event, event_id=number, language=language, tags=tags))  # type: ignore[arg-type]
        for number in range(1, 6)
        for language, tags in (("en", ENGLISH_TAGS), ("ru", russian))
    ]
    gate = publish(tmp_path, [site.part(tmp_path, captures)]).gate
    assert [w.partition(":")[0] for w in gate.warnings] == (["keywords"] if alarming else [])
