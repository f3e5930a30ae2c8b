"""The release gate: what must hold before a snapshot is published.

* every table has files; each has exactly its table's schema and can be read to its end;
* columns with a closed list of values hold no others, and every key is found once;
* what rows refer to is there: documents, revisions, captures, tags, persons, the other edition;
* the paragraphs put together are the text, the speech of a turn is the turn's;
* every pointer lies within its WARC file (`verify` reads the bytes themselves);
* no document and no capture of the snapshot before is lost unless what held it is no longer read.

Files taken over from a snapshot before are not opened row by row again: they passed, and their
bytes still have their checksum. A fault stops the publication; a warning is told, and so is what is
odd about documents (see observations.py). Files are read with pyarrow alone: whether a snapshot is
published must not depend on what else is installed. That other readers agree is a matter of the
schema and of how files are written, which only change with the code; tests read all tables with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kremlin_archive.dataset.agreement import agreement_warnings
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.checks import Check, some
from kremlin_archive.dataset.chosen import POINTER
from kremlin_archive.dataset.columns import Table
from kremlin_archive.dataset.draft import Draft
from kremlin_archive.dataset.losses import check_losses
from kremlin_archive.dataset.observations import Observation, observations
from kremlin_archive.dataset.parquet import read_columns, read_table
from kremlin_archive.dataset.references import has_new, reference_faults
from kremlin_archive.dataset.rejoining import rejoin_faults
from kremlin_archive.dataset.removals import idle_removals
from kremlin_archive.dataset.tables.captures import CAPTURES
from kremlin_archive.dataset.tables.documents import DOCUMENTS
from kremlin_archive.errors import SnapshotError

_INDENT = " " * 10
"""Where the words of `extract`'s report begin."""


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found; warnings do not stop a publication, nor does what is merely odd."""

    checks: tuple[Check, ...]
    warnings: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """All faults, each beginning with the rule it breaks."""
        return tuple(f"{check.name}: {fault}" for check in self.checks for fault in check.faults)

    def __str__(self) -> str:
        told = [f"passed: files checked {self.checks[0].looked_at:,}", *map(str, self.observations)]
        return f"\n{_INDENT}".join(told)


def pass_gate(draft: Draft, before: Path | None) -> GateReport:
    """Check a snapshot, against the one published before too.

    Raises SnapshotError that lists every fault.
    """
    checks = tuple(_of_files(draft))
    if not any(check.faults for check in checks):
        checks += tuple(_of_rows(draft))
    losses, explained = check_losses(draft, before)
    checks = (*checks, losses)
    idle = idle_removals(draft.plan.removals, draft.plan.doc_ids)
    warnings = (*agreement_warnings(draft.agreements), *explained, *idle)
    report = GateReport(checks, warnings)
    if report.faults:
        raise SnapshotError(_stopped(report, before))
    return GateReport(checks, warnings, observations(draft.folder))


def _stopped(report: GateReport, before: Path | None) -> str:
    """Say what is wrong, rule by rule, and what is published now."""
    told = ["the release gate stopped the snapshot:", *report.faults]
    told += [f"({check.name}: {check.rule})" for check in report.checks if check.faults]
    newest = "nothing" if before is None else f"{before.name}, as before,"
    return "\n  ".join([*told, f"{newest} is published"])


def _of_files(draft: Draft) -> Iterator[Check]:
    """Check what must hold before any row can be looked at."""
    folder, made = draft.folder, draft.made
    schema = "every table has files, and each has exactly its table's schema"
    yield Check.of("schema", schema, len(made), _schemas(folder, made))
    yield Check.of("reading", "files can be read to the end", len(made), _unreadable(draft))


def _of_rows(draft: Draft) -> Iterator[Check]:
    folder, made = draft.folder, draft.made
    values = "columns with a closed list of values hold no others"
    yield Check.of("values", values, len(made), _strange_values(folder, made))
    yield Check.of("keys", "each key is found once", len(made), _keys(folder, made))
    references = "what a row refers to is there"
    yield Check.of("references", references, len(made), reference_faults(folder, made))
    text = "paragraphs and turns, put together, are the texts"
    yield Check.of("text", text, len(made), rejoin_faults(folder, made))
    pointers = "records that rows point to lie within the WARC files read"
    yield Check.of("pointers", pointers, len(made), _pointers(draft))


def table_of(path: str) -> Table:
    """Give the table a file belongs to, by its path in the snapshot."""
    name = path.partition("/")[0]
    return next(table for table in TABLES if table.name == name)


def _schemas(folder: Path, paths: Iterable[str]) -> Iterator[str]:
    for table in TABLES:
        if not any((folder / table.name).glob("*.parquet")):
            yield f"{table.name}: the table has no file"
    for path in paths:
        if not pq.read_schema(folder / path).equals(table_of(path).schema()):
            yield f"{path}: its schema is not the table's"


def _unreadable(draft: Draft) -> Iterator[str]:
    """Read new files row group by row group, page checksums included."""
    rows = {file["path"]: file["rows"] for file in draft.files}
    for path in draft.made:
        try:
            with pq.ParquetFile(draft.folder / path, page_checksum_verification=True) as file:
                read = sum(file.read_row_group(n).num_rows for n in range(file.num_row_groups))
        except (OSError, pa.ArrowException) as error:
            yield f"{path}: it cannot be read: {error}"
        else:
            if read != rows[path]:
                yield f"{path}: it has {read:,} rows, not {rows[path]:,}"


def _strange_values(folder: Path, made: Iterable[str]) -> Iterator[str]:
    for path in made:
        closed = {column.name: column.values for column in table_of(path).columns if column.values}
        rows = read_columns(folder / path, list(closed))
        for name, allowed in closed.items():
            there = {str(value) for value in rows[name].drop_null().unique().to_pylist()}
            if strange := sorted(there.difference(allowed)):
                yield f"{path}: {name} may be {some(allowed)}, not {some(strange)}"


def _keys(folder: Path, made: Sequence[str]) -> Iterator[str]:
    """Look for keys found twice within a new file, and for what is found in two files."""
    for path in made:
        table = table_of(path)
        if table.key:
            yield from _twice(read_columns(folder / path, table.key), table.key, path)
    for table in (DOCUMENTS, CAPTURES):
        if has_new(table, made):
            yield from _twice(read_table(folder, table, table.key), table.key, table.name)


def _twice(rows: pa.Table, key: Sequence[str], place: str) -> Iterator[str]:
    counted = rows.group_by(list(key)).aggregate([([], "count_all")])
    if counted.num_rows == rows.num_rows:
        return
    repeated = counted.filter(pc.greater(counted["count_all"], pa.scalar(1)))
    values = [" ".join(map(str, row.values())) for row in repeated.select(list(key)).to_pylist()]
    yield f"{place}: {some(values)} more than once"


def _pointers(draft: Draft) -> Iterator[str]:
    sizes = {part.stamp.warc: part.stamp.warc_bytes for part in draft.parts}
    for path in draft.made:
        if set(POINTER) <= {column.name for column in table_of(path).columns}:
            for fault in _outside(read_columns(draft.folder / path, POINTER[:3]), sizes):
                yield f"{path}: {fault}"


def _outside(rows: pa.Table, sizes: Mapping[str, int]) -> Iterator[str]:
    """Compare the records furthest to the end and to the start of each WARC file with its size."""
    ends = pc.add(rows["warc_record_offset"], rows["warc_record_length"])
    bounds = rows.append_column("end", ends).group_by("warc_filename")
    groups = bounds.aggregate([("end", "max"), ("warc_record_offset", "min")]).to_pylist()
    for group in groups:
        warc, end, start = (
            group[name] for name in ("warc_filename", "end_max", "warc_record_offset_min")
        )
        if warc is not None and warc not in sizes:
            yield f"{warc} is not among the WARC files read"
        elif warc is not None and (end > sizes[warc] or start < 0):
            yield f"a record of {warc} lies at {start:,} to {end:,}; it has {sizes[warc]:,} bytes"
