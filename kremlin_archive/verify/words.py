"""The report of a verification as text and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kremlin_archive.verify.files import Report
from kremlin_archive.verify.findings import KINDS, Finding

_SHOWN = 50


def report_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON values; of each code and file the first hundred findings are listed."""
    return {
        "sound": report.is_sound,
        "faults": report.findings.count("fault"),
        "notes": report.findings.count("note"),
        "files": report.files,
        "records": report.records,
        "bytes": report.bytes,
        "pointers": report.claims,
        "snapshots": report.snapshots,
        "counts": [
            {"severity": severity, "file": file, "code": code, "count": count}
            for (severity, file, code), count in sorted(report.findings.counts().items())
        ],
        "findings": [one.as_json() for one in report.findings],
    }


def report_text(report: Report) -> str:
    """The report for people: every fault with its place, notes by their kind."""
    faults = [one for one in report.findings if one.severity == "fault"]
    lines = [line for one in faults[:_SHOWN] for line in _told(one)]
    if (more := report.findings.count("fault") - min(len(faults), _SHOWN)) > 0:
        lines.append(f"… and {more:,} more faults; --json lists them")
    return "\n".join([*lines, *_notes(report), *_summary(report)])


def _told(one: Finding) -> list[str]:
    place = one.file
    if one.offset is not None:
        place += f": offset {one.offset:,}"
    if one.row is not None:
        place += f": row {one.row:,}"
    record = f" {one.record_id}" if one.record_id else ""
    return [f"FAULT {place}:{record} {one.code}: {one.problem}", f"      → {one.advice}"]


def _notes(report: Report) -> list[str]:
    """One line a kind of note: how often, and where first."""
    counts: Counter[str] = Counter()
    first: dict[str, Finding] = {}
    for (severity, _, code), count in report.findings.counts().items():
        counts[code] += count if severity == "note" else 0
    for one in report.findings:
        if one.severity == "note":
            first.setdefault(one.code, one)
    return [
        f"note  {code} × {counts[code]:,}: {KINDS[code].advice} ({_at(first[code])}: {first[code].problem})"
        for code in sorted(first)
    ]


def _at(one: Finding) -> str:
    return f"first in {one.file}" + (f" at {one.offset:,}" if one.offset is not None else "")


def _summary(report: Report) -> list[str]:
    faults, notes = report.findings.count("fault"), report.findings.count("note")
    read = f"{report.files:,} WARC files, {report.records:,} records, {report.bytes:,} bytes"
    snapshots = ", ".join(report.snapshots) or "none"
    verdict = "sound: no faults" if report.is_sound else f"NOT SOUND: {faults:,} faults"
    return [
        f"Read:      {read}",
        f"Pointers:  {report.claims:,} index lines and table rows followed; snapshots: {snapshots}",
        f"Verdict:   {verdict}, {notes:,} notes",
    ]
