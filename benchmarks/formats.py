"""The same rows as a snapshot, as JSON lines (gzip), as CSV and as SQLite: sizes, and times of queries.

python -m benchmarks.formats ARCHIVE [--runs 5]

DuckDB asks the snapshot, the JSON lines and the CSV the same SQL, so that formats are compared and not
engines; SQLite, which has its keys indexed, asks its own file. Each question is asked in turn, A B C D
A B C D …, on a new connection (and, last, of the snapshot on one that is kept open, as in a notebook), and
all must give the same answer.
"""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click
import duckdb

from kremlin_archive import dataset

Answer = list[tuple[Any, ...]]
Ask = Callable[[str], Answer]

QUESTIONS = {
    "documents by month": """
        SELECT lang, substr(CAST(published_date AS VARCHAR), 1, 7) AS month, count(*)
        FROM documents GROUP BY 1, 2 ORDER BY 1, 2""",
    "one document by its key": "SELECT title, text FROM documents WHERE doc_id = '{doc_id}'",
    "a word in all texts": """
        SELECT count(*), sum(n_words) FROM documents WHERE instr(text, 'agreement') > 0""",
    "words by person and year": """
        SELECT t.person_id, substr(CAST(d.published_date AS VARCHAR), 1, 4) AS year,
            count(*), CAST(sum(t.n_words) AS BIGINT)
        FROM turns t JOIN documents d ON d.doc_id = t.doc_id
        WHERE t.person_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2""",
}


@dataclass(frozen=True, slots=True)
class Format:
    """One way to keep the rows: where they are, and how to ask them."""

    name: str
    path: Path
    ask: Ask

    @property
    def size(self) -> int:
        files = self.path.rglob("*") if self.path.is_dir() else [self.path]
        return sum(file.stat().st_size for file in files if file.is_file())


def compare_formats(archive: Path, runs: int) -> str:
    """A table of sizes and one of times, both as ratios to the snapshot."""
    with tempfile.TemporaryDirectory() as work:
        formats = write_formats(dataset.open(archive), Path(work))
        ours = formats[0].size
        lines = [f"the same rows ({len(dataset.open(archive).tables)} tables), sizes"]
        lines += [
            f"  {each.name:<20} {each.size / 2**20:8.1f} MiB  {each.size / ours:6.2f}"
            for each in formats[:-1]
        ]
        key = dataset.open(archive).table("documents", ["doc_id"])["doc_id"][0].as_py()
        for question, sql in QUESTIONS.items():
            lines.append(f"{question} ({runs} rounds)")
            lines += _times(formats, sql.format(doc_id=key), runs)
    return "\n".join(lines)


def write_formats(snapshot: dataset.Snapshot, into: Path) -> list[Format]:
    """Write the rows in every other format; the first of those given is the snapshot itself."""
    json_lines, csv_folder, database = (into / name for name in ("jsonl", "csv", "rows.sqlite"))
    json_lines.mkdir()
    csv_folder.mkdir()
    tables = into / "snapshot"
    with closing(sqlite3.connect(database)) as connection:
        for table in snapshot.tables:
            for file in snapshot.files(table):
                (tables / table).mkdir(parents=True, exist_ok=True)
                (tables / table / file.name).symlink_to(file)
            columns = snapshot.dataset(table).schema.names
            _write_json_lines(snapshot, table, json_lines / f"{table}.jsonl.gz")
            _write_csv(snapshot, table, columns, csv_folder / f"{table}.csv")
            _write_sqlite(snapshot, table, columns, connection)
        connection.commit()
    by_folder: Mapping[str, tuple[Path, str]] = {
        "snapshot": (tables, "read_parquet('{}/{}/*.parquet')"),
        "JSONL.gz": (json_lines, "read_json('{}/{}.jsonl.gz', maximum_object_size = 100000000)"),
        "CSV": (csv_folder, "read_csv('{}/{}.csv', sample_size = -1, max_line_size = 100000000)"),
    }
    read = [Format(name, path, _by_duckdb(path, how)) for name, (path, how) in by_folder.items()]
    kept = Format("the same, kept open", tables, _by_session(snapshot))
    return [*read, Format("SQLite", database, _by_sqlite(database)), kept]


def _write_json_lines(snapshot: dataset.Snapshot, table: str, path: Path) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for row in _rows(snapshot, table):
            file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def _write_csv(snapshot: dataset.Snapshot, table: str, columns: Sequence[str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in _rows(snapshot, table):
            writer.writerow([_flat(row[name]) for name in columns])


def _write_sqlite(
    snapshot: dataset.Snapshot, table: str, columns: Sequence[str], connection: sqlite3.Connection
) -> None:
    connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    places = ", ".join("?" * len(columns))
    rows = ([_flat(row[name]) for name in columns] for row in _rows(snapshot, table))
    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - our names
    if "doc_id" in columns:
        connection.execute(f"CREATE INDEX {table}_by_document ON {table} (doc_id)")


def _rows(snapshot: dataset.Snapshot, table: str) -> Iterator[dict[str, Any]]:
    for batch in snapshot.batches(table):
        yield from batch.to_pylist()


def _flat(value: Any) -> Any:
    """A cell: lists as JSON, times and days as text."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _by_duckdb(folder: Path, read: str) -> Ask:
    def ask(sql: str) -> Answer:
        with duckdb.connect() as connection:
            connection.execute("SET preserve_insertion_order = false")
            for table in ("documents", "turns"):
                source = read.format(folder, table)
                connection.execute(f"CREATE VIEW {table} AS FROM {source}")
            return connection.execute(sql).fetchall()

    return ask


def _by_session(snapshot: dataset.Snapshot) -> Ask:
    """Ask the snapshot as a notebook does: one connection for all questions."""
    connection = snapshot.duckdb()
    return lambda sql: connection.execute(sql).fetchall()


def _by_sqlite(path: Path) -> Ask:
    def ask(sql: str) -> Answer:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute(sql).fetchall()

    return ask


def _times(formats: Sequence[Format], sql: str, runs: int) -> Iterator[str]:
    """Ask each in turn; the first round, which warms the caches, is not counted."""
    taken: dict[str, list[float]] = {each.name: [] for each in formats}
    for number in range(runs + 1):
        answers = []
        for each in formats:
            began = time.perf_counter()
            answers.append(each.ask(sql))
            if number:
                taken[each.name].append(time.perf_counter() - began)
        assert all(answer == answers[0] for answer in answers), f"they do not agree: {sql}"
    ours = taken[formats[0].name]
    for name, theirs in taken.items():
        ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
        spread = f"(from {min(ratios):.2f} to {max(ratios):.2f})"
        yield f"  {name:<20} {median(theirs) * 1000:8.1f} ms   {median(ratios):7.2f}  {spread}"


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True))
@click.option("--runs", default=5, show_default=True, help="Counted rounds.")
def main(archive: Path, runs: int) -> None:
    """Print sizes and times."""
    print(compare_formats(archive, runs))


if __name__ == "__main__":
    main()
