"""``stats.json``: the counts of all files of a snapshot put together.

::

    tables.NAME       rows, files, bytes; for each column that can be null the share of nulls, least and
                      greatest number, day or instant, how many different values and the most frequent
    coverage          documents, words, turns, transcripts and paired documents by language and year
    quality_warnings  documents by kind of warning
    speakers          turns linked to a person and not, why, and the labels most often linked to nobody
    editions          events by which editions they have
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from kremlin_archive.dataset.beside.counting import Counted, added, is_listed
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.columns import BOOL, SCHEMA_VERSION, Column, Table

LABELS = 50
"""How many labels without a person are listed."""
_FREQUENT = 10
_COVERAGE = ("lang", "year", "documents", "words", "turns", "with_transcript", "paired")


def statistics(
    files: Sequence[Mapping[str, Any]], counted: Mapping[str, Counted]
) -> dict[str, Any]:
    """Put together what was counted of each of the manifest's ``files``, given by sha256."""
    by_table = {
        table.name: [file for file in files if file["table"] == table.name] for table in TABLES
    }
    counts = {
        name: [counted[file["sha256"]] for file in of_table] for name, of_table in by_table.items()
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "tables": {t.name: _table(t, by_table[t.name], counts[t.name]) for t in TABLES},
        "coverage": _coverage(counts["documents"]),
        "quality_warnings": added(each["tally"][-1] for each in counts["documents"]),
        "speakers": _speakers(counts["turns"]),
        "editions": _added(counts["editions"], "pair_status"),
    }


def _table(
    table: Table, files: Sequence[Mapping[str, Any]], counts: Sequence[Counted]
) -> dict[str, Any]:
    rows = sum(each["rows"] for each in counts)
    return {
        "rows": rows,
        "files": len(files),
        "bytes": sum(file["bytes"] for file in files),
        "columns": {column.name: _column(column, rows, counts) for column in table.columns},
    }


def _column(column: Column, rows: int, counts: Sequence[Counted]) -> dict[str, Any]:
    name = column.name
    found: dict[str, Any] = {}
    if column.nullable:
        nulls = sum(each["nulls"][name] for each in counts)
        found["nulls"] = nulls
        found["null_rate"] = round(nulls / rows, 4) if rows else None
    bounds = [each["bounds"][name] for each in counts if name in each["bounds"]]
    if bounds:
        found["min"] = min(low for low, _ in bounds)
        found["max"] = max(high for _, high in bounds)
    if is_listed(column):
        values = _added(counts, name)
        found["distinct"] = len(values)
        is_closed = bool(column.values) or column.type == BOOL
        shown = values.items() if is_closed else islice(values.items(), _FREQUENT)
        found["values" if is_closed else "most_frequent"] = dict(shown)
    return found


def _added(counts: Iterable[Counted], name: str) -> dict[str, int]:
    return added(each["values"].get(name, {}) for each in counts)


def _coverage(counts: Iterable[Counted]) -> list[dict[str, Any]]:
    years: dict[tuple[str, int], list[int]] = {}
    for each in counts:
        for language, year, *numbers in each["tally"][:-1]:
            before = years.get((language, year), [0] * len(numbers))
            years[language, year] = [a + b for a, b in zip(before, numbers, strict=True)]
    return [dict(zip(_COVERAGE, (*key, *years[key]), strict=True)) for key in sorted(years)]


def _speakers(counts: Sequence[Counted]) -> dict[str, Any]:
    labels: dict[tuple[str, str, str | None], int] = {}
    for each in counts:
        for label, language, reason, turns in each["tally"]:
            key = (label, language, reason)
            labels[key] = labels.get(key, 0) + turns
    most = sorted(
        labels.items(), key=lambda item: (-item[1], item[0][1], item[0][0], repr(item[0]))
    )
    unlinked = sum(labels.values())
    return {
        "turns": sum(each["rows"] for each in counts),
        "linked": sum(each["rows"] for each in counts) - unlinked,
        "unlinked": unlinked,
        "unlinked_by_reason": added({str(reason): n} for (_, _, reason), n in most),
        "unlinked_labels": len(labels),
        "unlinked_most": [
            {"speaker_label": label, "lang": language, "reason": reason, "turns": turns}
            for (label, language, reason), turns in most[:LABELS]
        ],
    }
