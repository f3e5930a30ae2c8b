"""Labels to persons: what each method answers, and what stays unresolved."""

from __future__ import annotations

import pytest

from kremlin_archive.dataset.speakers import Catalogue, Resolution, resolve_pair, resolve_turns
from kremlin_archive.dataset.speakers.naming import Split, guess_split
from kremlin_archive.dataset.speakers.transliteration import likeness, romanise
from kremlin_archive.dataset.speakers.voices import KIND_OF_VOICE
from kremlin_archive.pages.words import WORDS
from kremlin_archive.records import EventPage, Tag
from tests.agreement.labels import russian_labels
from tests.unit.speakers.pages import link, page

TOKAYEV = Tag(593, "Tokayev Kassym-Jomart")
TOKAYEV_RU = Tag(593, "Токаев Касым-Жомарт")


def only(event: EventPage, catalogue: Catalogue | None = None) -> Resolution:
    (resolution,) = resolve_turns(event, catalogue=catalogue or Catalogue.of(()))
    return resolution


@pytest.mark.parametrize(
    ("event", "person_id", "method"),
    [
        (
            page("President of Kazakhstan Kassym-Jomart Tokayev", persons=(TOKAYEV,)),
            "persons/593",
            "tag_exact",
        ),
        (page("К.-Ж.Токаев", language="ru", persons=(TOKAYEV_RU,)), "persons/593", "tag_exact"),
        (page("Kasym-Jomart Tokaev", persons=(TOKAYEV,)), "persons/593", "tag_fuzzy"),
        (page("Patriarch Kirill", persons=(Tag(445, "Kirill Patriarch of Moscow and All Russia"),)),
         "persons/445", "tag_fuzzy"),
        (
            page("Kazbek Kokov", mentions=(link(576, "Kazbek Kokov", "Kokov Kazbek"),)),
            "persons/576",
            "mention",
        ),
        (
            page("Defence Minister", mentions=(link(90, "Shoigu", "Shoigu Sergei", "Defence Minister"),)),
            "persons/90",
            "mention",
        ),
        (page("President of Russia Vladimir Putin"), "label/vladimir-putin", "office_holder"),
        (page("V.Putin"), "label/vladimir-putin", "office_holder"),
        (page("В.Путин", language="ru"), "label/vladimir-putin", "office_holder"),
        (page("Acting Prime Minister", date="2020-05-06"), "persons/330", "office_holder"),
        (page("Sergei Brilyov"), "label/sergei-brilyov", "label"),
        (page("Андрей Ванденко", language="ru"), "label/andrei-vandenko", "label"),
        (page("Anchor Jörg Schönenborn"), "label/jorg-schonenborn", "label"),
    ],
)  # fmt: skip
def test_a_label_is_linked_by_the_first_method_that_answers(
    event: EventPage, person_id: str, method: str
) -> None:
    resolution = only(event)
    assert (resolution.person_id, resolution.method) == (person_id, method)
    assert resolution.speaker_kind == "person"
    assert 0 < resolution.score <= 1


@pytest.mark.parametrize(
    ("day", "person_id"),
    [
        ("1999-12-30", "persons/6"),
        ("2000-01-01", "label/vladimir-putin"),
        ("2008-05-06", "label/vladimir-putin"),
        ("2008-05-08", "persons/37"),
        ("2012-05-06", "persons/37"),
        ("2012-05-08", "label/vladimir-putin"),
        ("2024-05-07", "label/vladimir-putin"),
    ],
)
@pytest.mark.parametrize(
    ("label", "language"), [("President of Russia", "en"), ("Президент России", "ru")]
)
def test_an_office_alone_is_who_held_it_that_day(
    label: str, language: str, day: str, person_id: str
) -> None:
    event = page(label, language="ru" if language == "ru" else "en", date=day)
    assert only(event).person_id == person_id


@pytest.mark.parametrize("day", ["1999-12-31", "2008-05-07", "2012-05-07"])
def test_on_a_day_of_transfer_an_office_alone_names_nobody(day: str) -> None:
    resolution = only(page("President of Russia", date=day))
    assert (resolution.person_id, resolution.reason) == (None, "namesakes")


def test_an_acting_president_is_only_who_acted() -> None:
    assert only(page("Acting President of Russia", date="2000-03-01")).method == "office_holder"
    assert only(page("Acting President of Russia", date="2003-03-01")).person_id != (
        "label/vladimir-putin"
    )


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Question", "question"),
        ("Question from Izhevsk", "question"),
        ("Remark", "crowd"),
        ("Response from the hall", "crowd"),
        ("Moderator", "moderator"),
        ("Вопрос", "question"),
        ("Реплика", "crowd"),
        ("Ведущий", "moderator"),
        ("Call centre operator", "unknown"),
    ],
)
def test_nameless_voices_have_a_kind_and_no_person(label: str, kind: str) -> None:
    resolution = only(page(label))
    assert (resolution.person_id, resolution.method, resolution.speaker_kind) == (
        None,
        "none",
        kind,
    )


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_voice_that_the_parser_knows_has_a_kind(language: str) -> None:
    words = WORDS["ru" if language == "ru" else "en"]
    assert words.voices <= KIND_OF_VOICE.keys()


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("Alina", "short_name"),
        ("M. Papchenkova", "initials"),
        ("Winner of the Prize for Young Scientists", "role_only"),
    ],
)
def test_what_stays_unresolved_says_why(label: str, reason: str) -> None:
    resolution = only(page(label))
    assert (resolution.person_id, resolution.reason) == (None, reason)


def catalogue_of_two_morozovs() -> Catalogue:
    ulyanovsk = link(418, "Sergei Morozov", "Morozov Sergei", "Governor of Ulyanovsk Region")
    astrakhan = link(575, "Sergei Morozov", "Morozov Sergei", "Acting Governor of Astrakhan Region")
    return Catalogue.of([page(mentions=(ulyanovsk,)), page(mentions=(astrakhan,))])


def test_namesakes_are_told_apart_by_the_office_or_not_at_all() -> None:
    catalogue = catalogue_of_two_morozovs()
    first, second = resolve_turns(
        page("Governor of Ulyanovsk Region Sergei Morozov", "Sergei Morozov"), catalogue=catalogue
    )
    assert (first.person_id, second.person_id) == ("persons/418", "persons/418")
    assert only(page("Sergei Morozov"), catalogue).reason == "namesakes"


def test_a_namesake_that_is_written_down_is_not_the_catalogued_person() -> None:
    catalogue = Catalogue.of([page(mentions=(link(309, "Dmitry Peskov", "Peskov Dmitry"),))])
    label = "Director at the Agency for Strategic Initiatives Dmitry Peskov"
    assert only(page(label), catalogue).person_id == "label/dmitry-peskov-asi"
    assert only(page("Dmitry Peskov"), catalogue).person_id == "persons/309"


def test_an_initial_means_the_full_name_of_the_same_page() -> None:
    full, short = resolve_turns(page("Andrei Voronin", "A. Voronin"))
    assert short.person_id == full.person_id == "label/andrei-voronin"
    assert short.method == "alias"


def test_editions_with_as_many_turns_lend_each_other_their_speakers() -> None:
    en = page("President of Russia Vladimir Putin", "Andrei Vandenko", "Question")
    ru = page("В.Путин", "А.Ванденко", "Вопрос", language="ru")
    for first, second in (resolve_pair(en, ru), resolve_pair(ru, en)[::-1]):
        assert [turn.method for turn in first] == ["office_holder", "label", "none"]
        assert [turn.method for turn in second] == ["office_holder", "aligned_edition", "none"]
        assert second[1].person_id == "label/andrei-vandenko"


def test_editions_that_contradict_each_other_are_not_aligned() -> None:
    en = page("Vladimir Putin", "Andrei Vandenko")
    ru = page("Г.Икс", "В.Путин", language="ru")
    _, of_ru = resolve_pair(en, ru)
    assert [turn.reason for turn in of_ru] == ["initials", None]


def test_a_russian_label_sounds_like_the_english_tag() -> None:
    en = page("Vladimir Putin", persons=(Tag(557, "Diaz-Canel Bermudez Miguel"), TOKAYEV))
    ru = page("В.Путин", "М.Диас-Канель Бермудес", "Реплика", language="ru")
    _, of_ru = resolve_pair(en, ru)
    assert (of_ru[1].person_id, of_ru[1].method) == ("persons/557", "transliteration")
    assert of_ru[1].score > 0.8


@pytest.mark.parametrize(
    ("label", "english"), [(one.label, one.english) for one in russian_labels() if one.english]
)
def test_russian_short_names_sound_like_english_full_ones(label: str, english: str) -> None:
    assert likeness(label, english) >= 0.78
    assert likeness(label, "Skvortsova Veronika") == 0


@pytest.mark.parametrize(
    ("label", "role", "name"),
    [
        ("CEO of CIFAL (France) Gilles Remy", "CEO of CIFAL (France)", "Gilles Remy"),
        (
            "Vladimir Fortov, Secretary of a Department",
            "Secretary of a Department",
            "Vladimir Fortov",
        ),
        ("Member of the Academy, Alexander Dynkin", "Member of the Academy", "Alexander Dynkin"),
        (
            "Sports commentator Ivan Petrov, ceremony moderator",
            "Sports commentator, ceremony moderator",
            "Ivan Petrov",
        ),
        ("King Hamad bin Isa Al Khalifa of Bahrain", "King of Bahrain", "Hamad bin Isa Al Khalifa"),
        (
            "President of Austria Alexander Van der Bellen",
            "President of Austria",
            "Alexander Van der Bellen",
        ),
        ("President of the Sudan Omar al-Bashir", "President of the Sudan", "Omar al-Bashir"),
        ("Olympic champion Pavel Datsyuk", "Olympic champion", "Pavel Datsyuk"),
        ("Sr Lieutenant A. Vedyashchev", "Sr Lieutenant", "A. Vedyashchev"),
        ("Adnan Z. Amin", None, "Adnan Z. Amin"),
        ("Recep Tayyip Erdogan", None, "Recep Tayyip Erdogan"),
        ("Президент Казахстана К.-Ж.Токаев", "Президент Казахстана", "К.-Ж.Токаев"),
    ],
)
def test_a_label_is_parted_into_office_and_name(label: str, role: str | None, name: str) -> None:
    assert guess_split(label) == Split(role, name)


def test_the_page_s_own_short_labels_tell_where_a_name_begins() -> None:
    first, _ = resolve_turns(
        page("Secretary General Mohammed Sanusi Barkindo", "Mohammed Sanusi Barkindo")
    )
    assert (first.role_text, first.name) == ("Secretary General", "Mohammed Sanusi Barkindo")


@pytest.mark.parametrize(
    ("russian", "english"),
    [
        ("Сергей Иванов", "Sergei Ivanov"),
        ("Юрий Алексеев", "Yury Alexeyev"),
        ("Александр Дворкович", "Alexander Dvorkovich"),
        ("Пётр Жуков", "Pyotr Zhukov"),
        ("Татьяна Васильева", "Tatyana Vasilyeva"),
    ],
)
def test_russian_names_are_spelt_as_the_english_edition_does(russian: str, english: str) -> None:
    assert romanise(russian) == english


def test_a_page_without_labels_has_no_speakers() -> None:
    assert resolve_turns(page()) == ()
