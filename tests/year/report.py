"""A simulated year in words: what happened, what was promised and kept, what it cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from kremlin_archive import seeds
from tests.year.evidence import Evidence
from tests.year.judge import Verdict, is_good, what_happened
from tests.year.running import Ran
from tests.year.scenario import Scenario

_SHOWN = 40
_ENDS = 0.05
"""Share of the quiet runs at either end of the year that tells how a run grows."""


@dataclass(frozen=True, slots=True)
class Requests:
    """What was asked of the site, and the least that could have been.

    ``ideal``: for each run that could read the site one robots.txt and one look at the feed of everything an
    edition, and one request for each state of a page that was there to be had, that is: nothing is asked in
    vain but the looks that every run has to make.
    """

    total: int
    ideal: int
    looks: int
    """Of the ideal, those that every run makes."""
    states: int
    pages: int
    """Requests for event pages, whatever was answered."""


def requests_of(runs: Sequence[Ran], evidence: Evidence) -> Requests:
    """Count requests and the ideal."""
    each = 2 * len(seeds.languages())
    looks = each * sum(is_good(ran) for ran in runs)
    had = sum(len(history) for history in evidence.revisions.values())
    pages = sum(one.doc_id is not None for one in evidence.fetched)
    return Requests(sum(ran.asked for ran in runs), looks + had, looks, had, pages)


def report(scenario: Scenario, runs: Sequence[Ran], evidence: Evidence, verdict: Verdict) -> str:
    """Write the report."""
    parts = (
        _happened(scenario, runs),
        _latencies(verdict),
        _exits(runs),
        _asked(runs, evidence),
        _growth(runs, evidence),
        _broken(verdict),
    )
    return "\n".join(line for part in parts for line in part)


def _happened(scenario: Scenario, runs: Sequence[Ran]) -> Iterator[str]:
    days = (scenario.end - scenario.begin).days
    yield f"{days} days from {scenario.begin:%Y-%m-%d}, seed {scenario.seed}: {len(runs):,} runs"
    changes = what_happened(scenario)
    yield "the site: " + ", ".join(f"{count} {what}" for what, count in changes.most_common())
    weather = Counter(ran.weather for ran in runs if ran.weather != "fair")
    bad = ", ".join(f"{count} {what}" for what, count in weather.most_common())
    wrong = sum(ran.at != ran.clock for ran in runs)
    killed = sum(ran.killed for ran in runs)
    yield f"the runs: {bad}; {killed} killed -9; {wrong} with a wrong clock"


def _latencies(verdict: Verdict) -> Iterator[str]:
    yield ""
    yield "had, by kind of change          count  good runs it took          hours it took        overtaken"
    yield "                                       median    95 %    max    median    95 %    max"
    for kind in sorted({*verdict.runs_taken, *verdict.overtaken}):
        runs, hours = verdict.runs_taken.get(kind, []), verdict.hours_taken.get(kind, [])
        left = f"{kind:30} {len(runs):6}"
        if kind == "before" or not runs:
            yield f"{left} {'':48} {verdict.overtaken[kind]:6}"
            continue
        told = "".join(f"{value:8}" for value in _spread(runs))
        clock = "".join(f"{value:8.1f}" for value in _spread(hours))
        yield f"{left} {told} {clock} {verdict.overtaken[kind]:6}"


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    ordered = sorted(values)
    middle, high = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return middle, high, ordered[-1]


def _exits(runs: Sequence[Ran]) -> Iterator[str]:
    yield ""
    yield "exit codes by weather:"
    by_weather: dict[str, Counter[int]] = {}
    for ran in runs:
        by_weather.setdefault(ran.weather, Counter())[ran.code] += 1
    for weather, codes in by_weather.items():
        yield f"  {weather:12} " + ", ".join(
            f"{count} x {code}" for code, count in codes.most_common()
        )


def _asked(runs: Sequence[Ran], evidence: Evidence) -> Iterator[str]:
    asked = requests_of(runs, evidence)
    quiet = [ran.asked for ran in _quiet(runs, evidence.reports)]
    yield ""
    yield f"requests: {asked.total:,}; ideal {asked.ideal:,} ({asked.looks:,} looks at robots and feed,"
    yield f"  {asked.states:,} states of pages); {asked.total / asked.ideal:.2f} times the ideal"
    yield f"  event pages {asked.pages:,}: {asked.pages / max(1, asked.states):.1f} for each state"
    if quiet:
        yield f"  a quiet run: median {median(quiet):.0f}, most {max(quiet)}"


def _quiet(runs: Sequence[Ran], reports: Mapping[int, dict[str, object]]) -> list[Ran]:
    """Runs in fair weather that found nothing new or changed."""
    quiet = []
    for number, ran in enumerate(runs):
        pages = reports.get(number, {}).get("pages")
        if is_good(ran) and isinstance(pages, dict) and not pages["new"] + pages["changed"]:
            quiet.append(ran)
    return quiet


def _growth(runs: Sequence[Ran], evidence: Evidence) -> Iterator[str]:
    quiet = _quiet(runs, evidence.reports)
    some = max(1, round(len(quiet) * _ENDS))
    yield ""
    for name, chosen in (("first", quiet[:some]), ("last", quiet[-some:])):
        if chosen:
            seconds = median(ran.seconds for ran in chosen)
            memory = median(ran.memory for ran in chosen) / 1024
            yield f"the {name} {some} quiet runs: {seconds:.2f} s, {memory:.0f} MiB (medians)"
    yield f"all runs: {sum(ran.seconds for ran in runs):,.0f} s, {sum(ran.cpu for ran in runs):,.0f} s of CPU"


def _broken(verdict: Verdict) -> Iterator[str]:
    yield ""
    if not verdict.broken:
        yield "every promise was kept"
        return
    yield f"{len(verdict.broken)} promises were broken:"
    yield from (f"  {line}" for line in verdict.broken[:_SHOWN])
    if len(verdict.broken) > _SHOWN:
        yield f"  … and {len(verdict.broken) - _SHOWN} more"
