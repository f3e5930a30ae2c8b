"""The words a person reads when a run ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kremlin_archive.report.drift import Drift
from kremlin_archive.report.tally import OUTCOMES, ExitCode, Tally

_SHOWN = 10
_FILES = 3
_MEANING = {
    ExitCode.DONE: "done",
    ExitCode.WRONG_USE: "nothing was fetched",
    ExitCode.IN_PART: "done in part: what is missing is due in the next run",
    ExitCode.REFUSED: "the site refused: stopped early, the rest is due in a later run",
    ExitCode.LOCKED: "another run holds the archive",
}


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a summary tells: times in UTC ISO form, sizes in bytes, paths as given by the user."""

    run_id: str
    seconds: float
    tally: Tally
    code: ExitCode
    ended: str
    warcs: Sequence[Path]
    warc_bytes: int
    snapshot: Path | None
    snapshot_rows: dict[str, int]
    why_not_published: str | None = None
    """Why ``snapshot`` is one of an earlier run, if it is."""
    problem: str | None = None
    drift: Sequence[Drift] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    """What the site named or told and the archive lacks, whichever run asked for it (`Missing`)."""


def render(summary: RunSummary) -> str:
    """The summary as plain text, a fact a line."""
    pages = summary.tally.pages
    listings = sum(summary.tally.listings.values())
    how_long = f"{summary.seconds:.0f} s, exit code {summary.code.value}"
    lines = [
        f"Run {summary.run_id}: {_MEANING[summary.code]} ({how_long})",
        "  pages      " + ", ".join(f"{pages[outcome]} {outcome}" for outcome in OUTCOMES),
        f"  listings   {listings} read; {summary.tally.exchanges} exchanges stored in all",
    ]
    warcs = [str(warc) for warc in summary.warcs[:_FILES]] or ["none: nothing was fetched"]
    if (more := len(summary.warcs) - _FILES) > 0:
        warcs.append(f"… and {more} more files")
    lines += [f"  WARC       {warc}" for warc in warcs]
    lines.append(f"  snapshot   {_snapshot(summary)}")
    if summary.tally.photos:
        lines.append(f"  photos     {summary.tally.photos} stored")
    if summary.tally.warnings:
        kinds = ", ".join(f"{kind} ×{n}" for kind, n in summary.tally.warnings.most_common(_SHOWN))
        lines.append(f"  warnings   {kinds}")
    lines += [f"  DRIFT      {drift}" for drift in summary.drift]
    if summary.tally.left:
        lines.append(
            f"  left       {summary.tally.left} requests not sent; what they ask for stays due"
        )
    if any(summary.missing.values()):
        what = ", ".join(f"{count} {kind}" for kind, count in summary.missing.items())
        lines.append(f"  missing    {what}: kremlin-archive status names them")
    lines += [f"  LEFT ALONE {shut.problem}" for shut in summary.tally.shut.values()]
    lines += [f"  VANISHED   {alarm}" for alarm in summary.tally.alarms]
    if summary.problem:
        lines.append(f"  PROBLEM    {summary.problem}")
    return "\n".join([*lines, *_misses(summary.tally)])


def _snapshot(summary: RunSummary) -> str:
    why = f" ({summary.why_not_published})" if summary.why_not_published else ""
    if summary.snapshot is None:
        return f"none was published{why}"
    if why:
        return f"{summary.snapshot} stands; nothing new was published{why}"
    rows = ", ".join(f"{count:,} {table}" for table, count in summary.snapshot_rows.items())
    return f"{summary.snapshot} ({rows})"


def _misses(tally: Tally) -> list[str]:
    lines = [f"  {miss.outcome:<10} {miss.problem}" for miss in tally.misses[:_SHOWN]]
    if (more := len(tally.misses) - _SHOWN) > 0:
        lines.append(f"  … and {more} more, all named in the run's report")
    return lines
