from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.dataset.fingerprint import NOT_CONTENT, body_text, fingerprint, simhash
from kremlin_archive.dataset.record_json import as_values, dump_record, load_record
from kremlin_archive.records import (
    Attachment,
    EventPage,
    Paragraph,
    PersonMention,
    Photo,
    Place,
    Related,
    Section,
    Tag,
    Video,
    Warn,
)

FULL = EventPage(
    event_id=66419,
    language="ru",
    url="http://kremlin.ru/events/president/news/66419",
    title="Встреча",
    lead="Кратко.",
    date="2021-08-21",
    time="13:10",
    published_at="2021-08-21T13:10:00+03:00",
    place="Москва, Кремль",
    paragraphs=(
        Paragraph("speech", "Добрый день!", "В.Путин", "как переведено"),
        Paragraph("separator", "<…>"),
    ),
    turn_starts=(0,),
    is_partial=True,
    sections=(Section("/events/president/news", "Новости"),),
    countries=(Place("KZ", "Казахстан"),),
    regions=(Place("KDA", "Краснодарский край"),),
    topics=(Tag(82, "Внешняя политика"),),
    persons=(Tag(336, "Токаев Касым-Жомарт"),),
    photos=(Photo(None, "http://static.kremlin.ru/a.jpg", "Фото"),),
    videos=(Video("http://static.kremlin.ru/a.mp4"),),
    person_mentions=(PersonMention(336, "Токаева", None, "Президент"),),
    related=(Related("http://kremlin.ru/events/president/trips/1", "Поездка", None),),
    attachments=(Attachment("http://static.kremlin.ru/a.pdf", "Файл", "PDF"),),
    warnings=(Warn("unknown_block", "div.x"),),
)
OTHER: dict[str, object] = {
    "event_id": 1,
    "language": "en",
    "turn_starts": (),
    "is_partial": False,
    **{f.name: "x" for f in fields(EventPage) if f.type in ("str", "str | None")},
    **{f.name: () for f in fields(EventPage) if str(f.type).startswith("tuple")},
}


def test_a_record_survives_json() -> None:
    assert load_record(dump_record(FULL)) == FULL


def test_the_json_is_one_line_in_the_defined_order() -> None:
    line = dump_record(FULL)
    assert "\n" not in line
    assert line.startswith('{"event_id":66419,"language":"ru","url":')


def test_only_records_have_values() -> None:
    with pytest.raises(TypeError, match="int is no record"):
        as_values(3)


@pytest.mark.parametrize("name", [f.name for f in fields(EventPage)])
def test_every_field_counts_as_content_unless_it_is_named_as_not(name: str) -> None:
    changed = replace(FULL, **{name: OTHER[name]})  # type: ignore[arg-type]
    same = fingerprint(changed).content_sha256 == fingerprint(FULL).content_sha256
    assert same is (name in NOT_CONTENT)


def test_text_and_the_rest_are_told_apart() -> None:
    retitled = fingerprint(replace(FULL, title="Другая"))
    relabelled = fingerprint(
        replace(
            FULL, paragraphs=(replace(FULL.paragraphs[0], speaker="К.Токаев"), FULL.paragraphs[1])
        )
    )
    for changed in (retitled, relabelled):
        assert changed.text_sha256 == fingerprint(FULL).text_sha256
        assert changed.meta_sha256 != fingerprint(FULL).meta_sha256


def test_the_text_is_the_paragraphs_without_labels() -> None:
    assert body_text(FULL) == "Добрый день!\n<…>"


def test_near_texts_have_near_fingerprints() -> None:
    words = [f"word{number}" for number in range(200)]
    text, edited, other = " ".join(words), " ".join([*words[:100], "new", *words[101:]]), "z " * 200

    def distance(one: str, two: str) -> int:
        return (int(simhash(one), 16) ^ int(simhash(two), 16)).bit_count()

    assert distance(text, edited) < 12
    assert distance(text, other) > 16


@given(st.text())
def test_a_simhash_is_always_sixteen_hex_digits(text: str) -> None:
    assert len(simhash(text)) == 16
    assert int(simhash(text), 16) >= 0
