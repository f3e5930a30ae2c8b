"""The judge finds each broken promise that is planted in a perfect year, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.year.evidence import Document, Evidence, Fetched, Seen
from tests.year.judge import CODES, judge
from tests.year.newsroom import Content, shown
from tests.year.running import Ran
from tests.year.scenario import Change, Scenario, Turn, plan, states

SCENARIO = plan(seed=3, days=10)


@dataclass
class Year:
    """What a perfect archive would have, open to faults."""

    runs: list[Ran]
    revisions: dict[str, list[Seen]]
    documents: dict[str, list[Document]]
    fetched: list[Fetched]
    reports: dict[int, dict[str, Any]]

    def doc(self, *kinds: str) -> str:
        """A document whose history ends with these kinds of revision."""
        return next(
            doc for doc, seen in self.revisions.items() if tuple(one.kind for one in seen) == kinds
        )

    def fair(self) -> int:
        return next(n for n, ran in enumerate(self.runs) if ran.weather == "fair")

    def end_run(self, number: int, code: int) -> None:
        self.runs[number] = replace(self.runs[number], code=code)
        self.reports[number] |= {"exit_code": code}


def perfect(scenario: Scenario) -> Year:
    runs = [_ran(turn) for turn in scenario.turns]
    nothing = {"failed": 0, "refused": 0, "new": 0, "changed": 0}
    reports = {
        n: {"exit_code": ran.code, "pages": nothing, "crashes": 0} for n, ran in enumerate(runs)
    }
    revisions = {
        doc: list(seen)
        for doc, changes in states(scenario.changes).items()
        if (seen := [*_seen(scenario, changes)])
    }
    documents = {
        doc: [Document("gone" if seen[-1].kind == "gone" else "live", seen[-1].content)]
        for doc, seen in revisions.items()
    }
    fetched = [
        Fetched(0, f"http://kremlin.ru/{doc}", doc, 200, "response", f"{doc} {n}", 9000)
        for doc, seen in revisions.items()
        for n in range(len(seen))
    ]
    return Year(runs, revisions, documents, fetched, reports)


def _ran(turn: Turn) -> Ran:
    return Ran(
        at=turn.at.isoformat(),
        clock=turn.clock.isoformat(),
        weather=turn.weather,
        killed=False,
        code=min(CODES[turn.weather]),
        seconds=1.0,
        cpu=1.0,
        memory=1,
        asked=36,
    )


def _seen(scenario: Scenario, changes: list[Change]) -> Iterator[Seen]:
    last: Change | None = None
    had: Content | None = None
    for turn in scenario.turns:
        there = [change for change in changes if change.at <= turn.at]
        if turn.weather != "fair" or not there or there[-1] is last:
            continue
        is_first = last is None
        last = there[-1]
        if not (is_first and last.is_removal):
            kind = "created" if is_first else "gone" if last.is_removal else "text"
            had = had if last.is_removal and had else shown(last.edition)  # what was had is kept
            yield Seen(turn.at, kind, had)


def broken(year: Year) -> list[str]:
    evidence = Evidence(year.revisions, year.documents, year.fetched, year.reports)
    return judge(SCENARIO, year.runs, evidence).broken


def test_a_perfect_year_breaks_no_promise() -> None:
    year = perfect(SCENARIO)
    assert broken(year) == []
    kinds = {one.kind for seen in year.revisions.values() for one in seen}
    assert kinds == {"created", "text", "gone"}


def lose_a_document(year: Year) -> None:
    doc = max(year.revisions)
    del year.revisions[doc], year.documents[doc]


def lose_an_edit(year: Year) -> None:
    edited = (
        doc for doc, changes in states(SCENARIO.changes).items() if changes[-1].what == "signalled"
    )
    del year.revisions[next(edited)][-1]


def be_late(year: Year) -> None:
    """An event is had five runs after it could have been."""
    turns = [turn.at for turn in SCENARIO.turns if turn.weather == "fair" and turn.at == turn.clock]
    events = [(seen[0].at, doc) for doc, seen in year.revisions.items() if len(seen) == 1]
    at, doc = max(event for event in events if event[0] in turns[:-30])
    year.revisions[doc] = [replace(year.revisions[doc][0], at=turns[turns.index(at) + 5])]


def double_a_revision(year: Year) -> None:
    seen = year.revisions[year.doc("created")]
    seen.append(replace(seen[0], at=SCENARIO.turns[-1].at, kind="text"))


def make_up_a_content(year: Year) -> None:
    seen = year.revisions[year.doc("created")]
    seen[0] = replace(seen[0], content=replace(seen[0].content, number="999999"))


def call_it_gone(year: Year) -> None:
    """An outage taken for a removal."""
    doc = year.doc("created")
    seen = year.revisions[doc]
    seen.append(replace(seen[0], at=SCENARIO.turns[-1].at, kind="gone"))
    year.documents[doc] = [replace(year.documents[doc][0], status="gone")]


def overlook_a_removal(year: Year) -> None:
    gone = ((seen[-1].at, doc) for doc, seen in year.revisions.items() if seen[-1].kind == "gone")
    doc = min(gone)[1]
    del year.revisions[doc][-1]
    year.documents[doc] = [replace(year.documents[doc][0], status="live")]


def forget_the_text_of_what_is_gone(year: Year) -> None:
    doc = year.doc("created", "gone")
    document = year.documents[doc][0]
    year.documents[doc] = [replace(document, content=replace(document.content, number=""))]


def say_gone_in_one_table_only(year: Year) -> None:
    doc = year.doc("created")
    year.documents[doc] = [replace(year.documents[doc][0], status="gone")]


def double_a_document(year: Year) -> None:
    year.documents[year.doc("created")] *= 2


def invent_a_document(year: Year) -> None:
    year.documents["ru:1"] = year.documents[year.doc("created")]


def exit_0_when_refused(year: Year) -> None:
    number = next(n for n, ran in enumerate(year.runs) if ran.weather == "refusing")
    year.end_run(number, 0)


def exit_0_with_a_miss(year: Year) -> None:
    number = year.fair()
    year.reports[number] |= {"pages": {"failed": 1, "refused": 0, "new": 0, "changed": 0}}


def exit_0_with_a_request_that_failed(year: Year) -> None:
    url = "http://kremlin.ru/events/president/news"
    year.fetched.append(Fetched(year.fair(), url, None, 500, "response", "x", 9))


def exit_2_for_nothing(year: Year) -> None:
    year.end_run(year.fair(), 2)


def leave_no_report(year: Year) -> None:
    del year.reports[year.fair()]


def report_another_code(year: Year) -> None:
    year.reports[year.fair()] |= {"exit_code": 3}


def crash(year: Year) -> None:
    year.end_run(year.fair(), 2)
    year.reports[year.fair()] |= {"crashes": 1}


def store_a_body_twice(year: Year) -> None:
    year.fetched.append(replace(year.fetched[0], run=5))


FAULTS: dict[Callable[[Year], None], str] = {
    lose_a_document: "never had",
    lose_an_edit: "never had",
    be_late: "had after 6 runs, promised 1",
    double_a_revision: "says nothing new",
    make_up_a_content: "is not what the site showed",
    call_it_gone: "gone at 2026-03-10 23:17:00+00:00 is not what the site showed",
    overlook_a_removal: "removed of ",
    forget_the_text_of_what_is_gone: "its text was not kept",
    say_gone_in_one_table_only: "is gone, its last revision created",
    double_a_document: "2 rows in documents",
    invent_a_document: "ru:1: the site has no such page",
    exit_0_when_refused: "(refusing): exit code 0",
    exit_0_with_a_miss: "exit code 0 with 1 missed",
    exit_0_with_a_request_that_failed: "exit code 0 with 0 missed, 1 requests failed",
    exit_2_for_nothing: "exit code 2 and nothing missed",
    leave_no_report: "no report",
    report_another_code: "its report says 3",
    crash: "1 errors of its own",
    store_a_body_twice: "1 bodies are stored more than once",
}


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(plant: Callable[[Year], None]) -> None:
    year = perfect(SCENARIO)
    plant(year)
    assert any(FAULTS[plant] in line for line in broken(year))
