from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kremlin_archive.dataset.revisions import History, Sighting, history

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "http://en.kremlin.ru/events/president/news/7"


def seen(
    hour: float,
    content: str | None = "a",
    *,
    url: str = URL,
    status: int = 200,
    kind: str = "event",
    **facts: Any,  # noqa: ANN401 - any of its other fields
) -> Sighting:
    sighting = Sighting(
        capture_id=f"c{hour}",
        url=url,
        fetched_at=NOON + timedelta(hours=hour),
        record_type="response",
        status=status,
        redirect=None,
        payload_digest=f"sha256:{hour}",
        refers_to=None,
        kind=kind,
        doc_id="en:7",
        title="A title",
        published_date=date(2021, 8, 21),
        content_sha256=None if content is None or status != 200 else content * 64,
    )
    return replace(sighting, **facts)


def revisit(hour: float, **facts: Any) -> Sighting:  # noqa: ANN401
    return seen(hour, None, record_type="revisit", **facts)


def decided(*sightings: Sighting) -> History:
    found = history("en:7", sightings)
    assert found is not None
    return found


def test_without_a_page_that_could_be_read_there_is_no_document() -> None:
    assert history("en:7", [seen(0, None), seen(1, status=403), seen(2, status=404)]) is None


def test_one_capture_is_one_revision() -> None:
    found = decided(seen(0))
    assert (found.revision_no, found.revision_id, found.status) == (1, "en:7@" + "a" * 12, "live")
    assert found.first_seen_at == found.last_seen_at == found.last_changed_at == NOON


def test_unchanged_content_moves_last_seen_only() -> None:
    found = decided(seen(0), seen(5), seen(9))
    assert found.revision_no == 1
    assert found.last_changed_at == NOON
    assert found.last_seen_at == NOON + timedelta(hours=9)
    assert found.current.capture_id == "c9"


def test_changed_content_is_a_new_revision() -> None:
    found = decided(seen(0), seen(5, "b"), seen(9, "b"))
    assert (found.revision_no, found.revision_id) == (2, "en:7@" + "b" * 12)
    assert found.last_changed_at == NOON + timedelta(hours=5)
    assert [(s.capture_id, revision) for s, revision in found.shown] == [
        ("c0", "en:7@" + "a" * 12),
        ("c5", "en:7@" + "b" * 12),
        ("c9", "en:7@" + "b" * 12),
    ]


def test_content_that_returns_counts_up_and_keeps_its_id() -> None:
    found = decided(seen(0), seen(1, "b"), seen(2))
    assert (found.revision_no, found.revision_id) == (3, "en:7@" + "a" * 12)


def test_the_order_of_the_captures_given_does_not_matter() -> None:
    sightings = (seen(0), seen(1, "b"), seen(2, status=404), revisit(3, refers_to="c1"))
    assert len({history("en:7", order) for order in permutations(sightings)}) == 1


@pytest.mark.parametrize(
    "facts",
    [{"refers_to": "c0"}, {"payload_digest": "sha256:0"}],
    ids=["by refers-to", "by digest"],
)
def test_a_revisit_counts_as_what_it_repeats(facts: dict[str, Any]) -> None:
    found = decided(seen(0), revisit(9, **facts))
    assert found.last_seen_at == NOON + timedelta(hours=9)
    assert found.current.capture_id == "c0"
    assert (found.shown[-1][0].capture_id, found.shown[-1][1]) == ("c9", "en:7@" + "a" * 12)


def test_a_revisit_can_bring_earlier_content_back() -> None:
    found = decided(seen(0), seen(1, "b"), revisit(2, refers_to="c0"))
    assert (found.revision_no, found.current.capture_id) == (3, "c0")


def test_a_revisit_of_something_unknown_counts_for_nothing() -> None:
    found = decided(seen(0), revisit(9, refers_to="elsewhere"))
    assert found.last_seen_at == NOON


def test_full_pages_win_over_text_versions() -> None:
    copy = URL.replace("/7", "/copy/7")
    found = decided(seen(0), seen(1, "t", url=copy, kind="text_version"))
    assert (found.revision_no, found.current.kind) == (1, "event")
    assert found.last_seen_at == NOON + timedelta(hours=1)


def test_a_text_version_defines_a_document_without_a_page() -> None:
    found = decided(seen(0, "t", kind="text_version"), seen(1, status=403))
    assert found.current.kind == "text_version"


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([seen(1, status=404)], "live"),
        ([seen(1, status=404), seen(3, status=404)], "live"),
        ([seen(1, status=404), seen(7, status=404)], "gone"),
        ([seen(1, status=404), seen(7, status=410)], "gone"),
        ([seen(1, status=404), seen(7, status=404), seen(8)], "live"),
        ([seen(1, status=403), seen(9, status=403)], "live"),
        ([seen(1, status=503), seen(9, status=503)], "live"),
        ([seen(1, None), seen(9, None)], "live"),
    ],
    ids=[
        "one 404",
        "two, too soon",
        "two, six hours apart",
        "404 then 410",
        "came back",
        "refused",
        "server error",
        "unreadable",
    ],
)
def test_gone_is_confirmed_before_it_is_said(answers: list[Sighting], status: str) -> None:
    found = decided(seen(0), *answers)
    assert found.status == status
    assert found.gone_at == (NOON + timedelta(hours=1) if status == "gone" else None)
    assert found.revision_id == "en:7@" + "a" * 12


def turns(found: History) -> list[tuple[str, str]]:
    return [(each.turn, each.began.capture_id) for each in found.revisions]


def test_being_gone_is_a_revision_and_so_is_coming_back() -> None:
    absent = [seen(hour, status=404) for hour in (2, 9, 12)]
    found = decided(seen(0), *absent, seen(20), seen(21, "b"))
    assert turns(found) == [
        ("created", "c0"),
        ("gone", "c2"),
        ("restored", "c20"),
        ("changed", "c21"),
    ]
    gone = found.revisions[1]
    assert (gone.n_captures, gone.last_seen_at) == (3, NOON + timedelta(hours=12))
    assert gone.shows.capture_id == "c0"


def test_coming_back_with_other_content_is_one_revision() -> None:
    found = decided(seen(0), seen(2, status=404), seen(9, status=404), seen(20, "b"))
    assert turns(found) == [("created", "c0"), ("gone", "c2"), ("restored", "c20")]
    assert found.last_changed_at == NOON + timedelta(hours=20)
    assert found.revisions[-1].revision_id != found.revisions[0].revision_id


def test_an_absence_does_not_change_when_the_content_changed() -> None:
    found = decided(seen(0), seen(2, status=404), seen(9, status=404), seen(20))
    assert found.last_changed_at == NOON


def test_a_text_version_shows_that_a_document_is_back() -> None:
    copy = seen(20, "t", url=URL.replace("/7", "/copy/7"), kind="text_version")
    found = decided(seen(0), seen(2, status=404), seen(9, status=404), copy)
    assert turns(found)[-1] == ("restored", "c20")
    assert (found.revision_id, found.status) == ("en:7@" + "a" * 12, "live")


def test_an_unconfirmed_absence_is_nothing() -> None:
    found = decided(seen(0), seen(1, status=404), seen(3, status=404), seen(4), seen(9, status=404))
    assert turns(found) == [("created", "c0")]


def redirected(hour: float, to: str) -> Sighting:
    return seen(hour, status=301, redirect=to)


def test_a_redirect_elsewhere_is_said_when_confirmed() -> None:
    home = "http://en.kremlin.ru/"
    assert decided(seen(0), redirected(1, home), redirected(9, home)).status == "redirected"
    assert decided(seen(0), redirected(1, home), seen(9, status=404)).status == "gone"


def test_a_redirect_to_the_same_event_is_a_move() -> None:
    moved = URL.replace("president/news", "president/transcripts")
    assert decided(seen(0), redirected(1, moved), redirected(9, moved)).status == "live"


def test_a_page_takes_the_fate_of_where_it_led() -> None:
    trips = URL.replace("president/news", "president/trips")
    further = URL.replace("president/news", "president/transcripts")
    absent = [redirected(1, trips), seen(1.1, url=trips, status=404)]
    again = [redirected(9, trips), seen(9.1, url=trips, redirect=further, status=301)]
    found = decided(seen(0), *absent, *again, seen(9.2, url=further, status=404))
    assert turns(found) == [("created", "c0"), ("gone", "c1.1")]
    assert found.status == "gone"


def test_where_a_page_leads_no_more_says_nothing_of_it() -> None:
    trips = URL.replace("president/news", "president/trips")
    absent = [redirected(1, trips), seen(1.1, url=trips, status=404)]
    refused = [seen(9, status=403), seen(9.1, url=trips, status=404)]
    assert decided(seen(0), *absent, *refused).status == "live"
    in_circles = [redirected(9, trips), seen(9.1, url=trips, redirect=URL, status=301)]
    assert decided(seen(0), *absent, *in_circles).status == "live"


def test_a_404_of_another_section_says_nothing() -> None:
    wrong = URL.replace("president/news", "councils")
    tried = [seen(hour, url=wrong, status=404) for hour in (1, 9)]
    assert decided(seen(0), *tried).status == "live"


def test_several_sections_are_one_document() -> None:
    other = URL.replace("president/news", "security-council")
    found = decided(seen(0), seen(1, url=other))
    assert (found.revision_no, found.clash) == (1, False)


@pytest.mark.parametrize(
    ("facts", "clash"),
    [
        ({"title": "Another"}, False),
        ({"published_date": date(2011, 1, 1)}, False),
        ({"title": "Another", "published_date": date(2011, 1, 1)}, True),
    ],
    ids=["retitled", "redated", "another event"],
)
def test_one_number_for_two_events_is_a_clash(facts: dict[str, Any], *, clash: bool) -> None:
    other = URL.replace("president/news", "security-council")
    assert decided(seen(0), seen(1, "b", url=other, **facts)).clash is clash


CONTENTS = st.lists(st.sampled_from(["a", "b", None, "404", "403", "revisit"]), max_size=12)


@given(CONTENTS)
def test_any_sequence_keeps_its_promises(contents: list[str | None]) -> None:
    sightings = [
        seen(hour, status=int(content))
        if content in ("404", "403")
        else revisit(hour, refers_to="c0")
        if content == "revisit"
        else seen(hour, content)
        for hour, content in enumerate(contents)
    ]
    found = history("en:7", sightings)
    assert history("en:7", reversed(sightings)) == found
    if found is None:
        assert not {"a", "b"} & set(contents)
        return
    assert found.first_seen_at <= found.last_changed_at <= found.last_seen_at
    assert [each.number for each in found.revisions] == [*range(1, found.revision_no + 1)]
    assert [r.began.order for r in found.revisions] == sorted(
        r.began.order for r in found.revisions
    )
    assert all(r.began.fetched_at <= r.last_seen_at for r in found.revisions)
    assert all(r.shows.record_type == "response" for r in found.revisions)
    shown = sum(each.n_captures for each in found.revisions if each.turn != "gone")
    assert shown == len(found.shown)
    assert found.shown[-1][1] == found.revision_id
    assert found.current.record_type == "response"
    assert (found.gone_at is None) is (found.status == "live")


def test_the_same_page_edited_is_no_clash() -> None:
    later = seen(1, "b", title="Another", published_date=date(2011, 1, 1))
    assert decided(seen(0), later).clash is False
