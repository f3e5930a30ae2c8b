"""Compare what a simulated year did with what the archive says of it.

A promise broken is a line in ``Verdict.broken``; everything else is a measure. Latency is counted in *good*
runs (fair weather, the right clock, not killed): a site that refuses for a week cannot be read in that week.
The promises:

* what the feed of everything names when a good run comes, is had by that run: new events, announcements, late
  translations, a number given to another event, signalled edits; what only the first page of a section's
  listing names, within ``schedule.FRONT_EVERY``;
* what gives no sign there is had within the interval that ``schedule.interval`` promises for the age of the
  page: silent edits, edits signalled deep in the listing only, late translations of old events;
* a removed page is marked gone, its text kept, six hours after the look by that interval; a restored one is
  had by the interval of its absence;
* what a revision shows is what the site showed when its run came, each once, and nothing else;
* an exit code says what happened, a report is there, no body is stored twice.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

from kremlin_archive.archive.originals import SMALLEST
from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.replica import Edition
from kremlin_archive.replica.site.listing import PER_PAGE
from kremlin_archive.schedule import FRONT_EVERY, interval
from tests.year.evidence import Evidence, Seen
from tests.year.newsroom import Content, shown
from tests.year.running import Ran, instant
from tests.year.scenario import HOUR, Change, Scenario, What, states

CONFIRMED = timedelta(hours=6)
_SLACK = 2
"""Runs more than the promise: one because a run comes once an hour, one for a budget that was spent."""
CODES = {
    "refusing": {3},
    "forbidden": {3},
    "down": {2, 3},
    "mute": {2, 3},
    "challenging": {2, 3},
    "failing": {0, 2},
    "fair": {0, 2},
}
_Key = tuple[str, datetime]
_Shown = Literal["everywhere", "section", "deep"]
_SIGN = frozenset({"new", "late", "announced", "signalled", "reused"})


@dataclass(frozen=True, slots=True)
class Stand:
    """What the site shows of one edition, until when, and how many good runs may pass until it is had."""

    change: Change
    until: datetime
    promised: int
    shown: _Shown


@dataclass(slots=True)
class Verdict:
    """Promises broken, and what was measured: for each kind of change, the runs it took to have it."""

    broken: list[str] = field(default_factory=list)
    runs_taken: dict[str, list[int]] = field(default_factory=dict)
    hours_taken: dict[str, list[float]] = field(default_factory=dict)
    overtaken: Counter[str] = field(default_factory=Counter)
    """Changes not had because the next one, or the end, came before they had to be."""


def judge(scenario: Scenario, runs: Sequence[Ran], evidence: Evidence) -> Verdict:
    """Judge a year."""
    verdict = Verdict()
    good = [instant(ran.at) for ran in runs if is_good(ran)]
    fronts = _fronts(scenario, good)
    stands = {
        doc_id: list(_stands(changes, scenario, fronts))
        for doc_id, changes in _visible(scenario).items()
    }
    for doc_id, expected in stands.items():
        _judge_document(doc_id, expected, evidence.revisions.get(doc_id, ()), good, verdict)
    verdict.broken += _strangers(stands, evidence)
    verdict.broken += _ends(stands, evidence)
    verdict.broken += _codes(runs, evidence, scenario)
    verdict.broken += _doubles(evidence)
    return verdict


def is_good(ran: Ran) -> bool:
    """Whether a run could read the site, and knew when it did."""
    return ran.weather == "fair" and not ran.killed and ran.at == ran.clock


# ---- what is to be expected ----------------------------------------------------------------------------


def _visible(scenario: Scenario) -> dict[str, list[Change]]:
    """Changes of each edition that some run could see: of those before the first run, the last."""
    found = {}
    for doc_id, changes in states(scenario.changes).items():
        old = [change for change in changes if change.at < scenario.begin]
        found[doc_id] = [replace(one, what="before") for one in old[-1:]] + changes[len(old) :]
    return found


def _stands(
    changes: Sequence[Change], scenario: Scenario, fronts: Mapping[_Key, _Shown]
) -> Iterator[Stand]:
    ends = [change.at for change in changes[1:]] + [scenario.end]
    since = [None, *(change.at for change in changes)]
    for change, until, before in zip(changes, ends, since[:-1], strict=True):
        shown_on = fronts.get((change.doc_id, change.at), "deep")
        yield Stand(change, until, _promised(change, before, shown_on), shown_on)


def _fronts(scenario: Scenario, good: Sequence[datetime]) -> dict[_Key, _Shown]:
    """Where the edition of each change stands when the next good run comes."""
    found: dict[_Key, _Shown] = {}
    shelf: dict[str, Edition] = {}
    shown_since = 0
    for change in scenario.changes:
        noticed = bisect_left(good, change.at)
        if noticed == len(good):
            break
        while (
            shown_since < len(scenario.changes)
            and (one := scenario.changes[shown_since]).at <= good[noticed]
        ):
            shelf.pop(one.doc_id, None)
            if not one.is_removal:
                shelf[one.doc_id] = one.edition
            shown_since += 1
        found[change.doc_id, change.at] = _shown_on(change.edition, shelf.values())
    return found


def _shown_on(edition: Edition, shelf: Iterable[Edition]) -> _Shown:
    own = (edition.published, edition.event_id)
    newer = [
        one.sections
        for one in shelf
        if one.language == edition.language and (one.published, one.event_id) > own
    ]
    if len(newer) < PER_PAGE:
        return "everywhere"
    on_front = any(
        sum(section in sections for sections in newer) < PER_PAGE for section in edition.sections
    )
    return "section" if on_front else "deep"


def _promised(change: Change, before: datetime | None, shown_on: _Shown) -> int:
    """Good runs until a change is had; ``before`` is when the document changed last."""
    if change.what == "before" or (change.what in _SIGN and shown_on == "everywhere"):
        return 1
    if change.what in _SIGN and shown_on == "section":
        return _runs(FRONT_EVERY) + _SLACK
    since = published(change.edition)
    if change.what == "restored" and before is not None:
        since = before  # the older an absence, the rarer it is looked at
    every = interval(max(change.at - since, timedelta(0)))
    if change.is_removal:
        return _runs(every + CONFIRMED) + 2 * _SLACK
    return _runs(every) + _SLACK


def _runs(span: timedelta) -> int:
    return math.ceil(span / HOUR)


def published(edition: Edition) -> datetime:
    """Instant of publication as the edition's page says it."""
    return datetime.strptime(edition.published, "%Y-%m-%d %H:%M").replace(tzinfo=MOSCOW)


# ---- documents -----------------------------------------------------------------------------------------


def _judge_document(
    doc_id: str,
    stands: Sequence[Stand],
    history: Sequence[Seen],
    good: Sequence[datetime],
    verdict: Verdict,
) -> None:
    had = [
        _stand_of(seen, last, stands) for seen, last in zip(history, [None, *history], strict=False)
    ]
    for seen, stand in zip(history, had, strict=True):
        if stand is None:
            verdict.broken.append(f"{doc_id}: {seen.kind} at {seen.at} is not what the site showed")
    for seen, next_one in pairwise(history):
        if seen.content == next_one.content and {seen.kind, next_one.kind}.isdisjoint({"gone"}):
            verdict.broken.append(f"{doc_id}: {next_one.kind} at {next_one.at} says nothing new")
    before: Stand | None = None
    for stand in stands:
        firsts = [seen.at for seen, of in zip(history, had, strict=True) if of is stand]
        if len(firsts) > 1:
            verdict.broken.append(f"{doc_id}: {stand.change.what} of {stand.change.at} twice")
        if firsts or _can_be_told(stand, before):
            _judge_stand(doc_id, stand, firsts[:1], good, verdict)
        before = stand if firsts else before


def _can_be_told(stand: Stand, before: Stand | None) -> bool:
    """Whether the archive could show it: only what was had can be gone, only what was gone be restored."""
    if before is None:
        return not stand.change.is_removal
    return shown(stand.change.edition) != shown(before.change.edition) or (
        stand.change.is_removal != before.change.is_removal
    )


def _stand_of(seen: Seen, last: Seen | None, stands: Sequence[Stand]) -> Stand | None:
    """What the site showed when a revision was seen; None if the revision shows something else."""
    for stand in stands:
        if stand.change.at <= seen.at < stand.until:
            if stand.change.is_removal:  # what was last had is kept
                kept = last is not None and last.content == seen.content
                return stand if kept and seen.kind == "gone" else None
            same = shown(stand.change.edition) == seen.content and seen.kind != "gone"
            return stand if same else None
    return None


def _judge_stand(
    doc_id: str, stand: Stand, first: Sequence[datetime], good: Sequence[datetime], verdict: Verdict
) -> None:
    since = bisect_left(good, stand.change.at)
    label = _label(stand)
    if first:
        taken = max(1, bisect_left(good, first[0]) - since + 1)
        verdict.runs_taken.setdefault(label, []).append(taken)
        hours = (first[0] - stand.change.at) / HOUR
        verdict.hours_taken.setdefault(label, []).append(hours)
        if taken > stand.promised:
            verdict.broken.append(
                f"{doc_id}: {label} of {stand.change.at} had after {taken} runs, promised {stand.promised}"
            )
        return
    if bisect_left(good, stand.until) - since >= stand.promised:
        verdict.broken.append(
            f"{doc_id}: {label} of {stand.change.at} never had, promised within {stand.promised} runs"
        )
    else:
        verdict.overtaken[label] += 1


def _label(stand: Stand) -> str:
    is_hidden = stand.change.what in _SIGN and stand.shown != "everywhere"
    return f"{stand.change.what}, {stand.shown}" if is_hidden else stand.change.what


def _strangers(stands: dict[str, list[Stand]], evidence: Evidence) -> Iterator[str]:
    for doc_id, rows in evidence.documents.items():
        if doc_id not in stands:
            yield f"{doc_id}: the site has no such page"
        if len(rows) > 1:
            yield f"{doc_id}: {len(rows)} rows in documents"


def _ends(stands: dict[str, list[Stand]], evidence: Evidence) -> Iterator[str]:
    """How documents stand at the end, as far as the end was within the promise."""
    for doc_id, expected in stands.items():
        rows = evidence.documents.get(doc_id)
        history = evidence.revisions.get(doc_id)
        if not rows or not history:
            continue  # never had: said of its stands
        gone = history[-1].kind == "gone"
        if gone != (rows[0].status != "live"):
            yield f"{doc_id}: is {rows[0].status}, its last revision {history[-1].kind}"
        if gone and not _was_shown(rows[0].content, expected):
            yield f"{doc_id}: gone, and its text was not kept"


def _was_shown(content: Content, stands: Sequence[Stand]) -> bool:
    return any(shown(stand.change.edition) == content for stand in stands)


# ---- runs ----------------------------------------------------------------------------------------------


def _codes(runs: Sequence[Ran], evidence: Evidence, scenario: Scenario) -> Iterator[str]:
    failed = _failed_requests(evidence, scenario, runs)
    for number, ran in enumerate(runs):
        if ran.killed:
            continue
        report = evidence.reports.get(number)
        name = f"run of {ran.at} ({ran.weather})"
        if ran.code not in CODES[ran.weather]:
            yield f"{name}: exit code {ran.code}"
        if report is None:
            yield f"{name}: no report"
            continue
        if report["exit_code"] != ran.code:
            yield f"{name}: exit code {ran.code}, its report says {report['exit_code']}"
        missed = report["pages"]["failed"] + report["pages"]["refused"] + report["crashes"]
        if ran.code == 0 and (missed or failed[number]):
            yield f"{name}: exit code 0 with {missed} missed, {failed[number]} requests failed"
        if report["crashes"]:
            yield f"{name}: {report['crashes']} errors of its own"
        if is_good(ran) and ran.code == 2 and not missed:
            yield f"{name}: exit code 2 and nothing missed"


def _failed_requests(evidence: Evidence, scenario: Scenario, runs: Sequence[Ran]) -> Counter[int]:
    """Count in each run the addresses that never gave what is there; a true «not found» is an answer."""
    there = states(scenario.changes)
    answers: dict[tuple[int, str], bool] = {}
    for one in evidence.fetched:
        at = instant(runs[one.run].at)
        absent = one.doc_id is not None and not _is_there(there.get(one.doc_id, []), at, one.url)
        key = (one.run, one.url)
        answered = one.status == 200 or (one.status in (301, 404) and absent)
        answers[key] = answers.get(key, False) or answered
    return Counter(run for (run, _), answered in answers.items() if not answered)


def _is_there(changes: Sequence[Change], at: datetime, url: str) -> bool:
    """Whether an edition is shown, and at this address: a number used anew may be so in another section."""
    so_far = [change for change in changes if change.at <= at]
    if not so_far or so_far[-1].is_removal:
        return False
    edition = so_far[-1].edition
    return urlsplit(url).path in map(edition.path_in, edition.sections)


# ---- bytes ---------------------------------------------------------------------------------------------


def _doubles(evidence: Evidence) -> Iterator[str]:
    """Bodies stored whole more than once."""
    bodies = Counter(
        one.payload
        for one in evidence.fetched
        if one.record_type == "response" and one.status == 200 and one.length >= SMALLEST
    )
    again = sum(count - 1 for count in bodies.values())
    if again:
        where = [one.url for one in evidence.fetched if bodies[one.payload] > 1][:3]
        yield f"{again} bodies are stored more than once: {', '.join(where)}"


def what_happened(scenario: Scenario) -> Counter[What]:
    """Count the changes of a scenario, those before its begin left out."""
    return Counter(change.what for change in scenario.changes if change.at >= scenario.begin)
