"""``sample/``: 1,000 documents with their turns, to look at before taking the whole.

Of each language and year the document whose id has the lowest SHA-256 is there, and of all others
those with the lowest: the choice is blind, follows the sizes of the years, and hardly moves as the
archive grows. The rows come as Parquet with the types of their tables; those of the first 100 of these
documents as JSON Lines (documents) and CSV (turns) too, for people and tools without Parquet.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kremlin_archive.dataset.checksums import sha256_of
from kremlin_archive.dataset.columns import Table
from kremlin_archive.dataset.parquet import read_columns
from kremlin_archive.dataset.shards import ShardWriter, write_empty
from kremlin_archive.dataset.tables.documents import DOCUMENTS
from kremlin_archive.dataset.tables.turns import TURNS

FOLDER = "sample"
ROWS = 1_000
PLAIN = 100
"""Documents that come as plain text too: every look at a page changes a row, so more would cost much."""
_TABLES = (DOCUMENTS, TURNS)

Shards = Mapping[str, str]
"""From what each shard's rows come: the checksums of its files of documents and turns."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample drawn before: where, the sha256 of its files, and the shards it was drawn from."""

    folder: Path | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    shards: Shards = field(default_factory=dict)

    def is_sound(self) -> bool:
        """Whether its files are there and what they were."""
        if self.folder is None or not self.files:
            return False
        paths = {self.folder / name: digest for name, digest in self.files.items()}
        return all(path.is_file() and sha256_of(path) == digest for path, digest in paths.items())


def draw_sample(
    folder: Path, files: Sequence[Mapping[str, Any]], before: Drawn, rows: int = ROWS
) -> Drawn:
    """Write the sample of the tables below ``folder``; ``files`` are the manifest's words on them.

    Rows of shards that are what they were are taken from the sample drawn ``before``.
    """
    shards = _shards(files)
    into = folder / FOLDER
    into.mkdir()
    known = before if before.is_sound() else Drawn()
    if known.shards == shards and known.folder is not None:
        for name in known.files:
            _link(known.folder / name, into / name)
    else:
        _draw(folder, shards, known, rows)
    return Drawn(into, {path.name: sha256_of(path) for path in sorted(into.iterdir())}, shards)


def chosen(ids: Mapping[str, Sequence[str]], rows: int) -> dict[str, list[str]]:
    """Choose documents from the ids of each shard: one of each shard at least.

    >>> chosen({"en-2020": ["en:1"], "ru-2020": ["ru:1", "ru:2", "ru:3"]}, 3)
    {'en-2020': ['en:1'], 'ru-2020': ['ru:2', 'ru:1']}
    """
    ranked = {
        shard: sorted((_hash(one), one) for one in of_shard) for shard, of_shard in ids.items()
    }
    firsts = [(each[0], shard) for shard, each in ranked.items() if each]
    others = sorted((one, shard) for shard, each in ranked.items() for one in each[1:])
    picked: dict[str, list[str]] = {shard: [] for shard in ids}
    for (_, doc_id), shard in [*firsts, *others[: max(rows - len(firsts), 0)]]:
        picked[shard].append(doc_id)
    return picked


def _hash(doc_id: str) -> bytes:
    return sha256(doc_id.encode()).digest()


def _shards(files: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    by_path = {file["path"]: file["sha256"] for file in files}
    names = [Path(f["path"]).stem for f in files if f["table"] == DOCUMENTS.name and f["rows"]]
    shards = sorted(name.removeprefix(f"{DOCUMENTS.name}-") for name in names)
    return {
        shard: " ".join(by_path.get(_path(table, shard), "") for table in _TABLES)
        for shard in shards
    }


def _draw(folder: Path, shards: Shards, before: Drawn, rows: int) -> None:
    ids = {
        shard: _ids(read_columns(folder / _path(DOCUMENTS, shard), ["doc_id"])) for shard in shards
    }
    picked, plain = chosen(ids, rows), chosen(ids, min(rows, PLAIN))
    old = _Old.of(before)
    for table in _TABLES:
        found = [
            old.rows(table, picked[shard])
            if before.shards.get(shard) == key and old.has(picked[shard])
            else _rows(folder / _path(table, shard), table, picked[shard])
            for shard, key in shards.items()
        ]
        rows_now = _in_order(table, found)
        if before.folder is not None and rows_now.equals(old.tables[table.name]):
            _take(before.folder, table, folder / FOLDER)
        else:
            _write(
                table, rows_now, [one for each in plain.values() for one in each], folder / FOLDER
            )


@dataclass(frozen=True, slots=True)
class _Old:
    """The rows of the sample drawn before, by table."""

    tables: Mapping[str, pa.Table]
    ids: frozenset[str]

    @classmethod
    def of(cls, drawn: Drawn) -> _Old:
        if drawn.folder is None:
            return cls({}, frozenset())
        read = {t.name: _read(drawn.folder / f"{t.name}.parquet", t) for t in _TABLES}
        return cls(read, frozenset(_ids(read[DOCUMENTS.name])))

    def has(self, doc_ids: Sequence[str]) -> bool:
        return self.ids.issuperset(doc_ids)

    def rows(self, table: Table, doc_ids: Sequence[str]) -> pa.Table:
        return _of_documents(self.tables[table.name], doc_ids)


def _rows(file: Path, table: Table, doc_ids: Sequence[str]) -> pa.Table:
    # A year in which nobody speaks has no file of turns.
    return _of_documents(_read(file, table), doc_ids) if file.is_file() else _none(table)


def _read(file: Path, table: Table) -> pa.Table:
    return read_columns(file, table.schema().names).replace_schema_metadata(None)


def _none(table: Table) -> pa.Table:
    return table.schema().empty_table()


def _of_documents(rows: pa.Table, doc_ids: Sequence[str]) -> pa.Table:
    return rows.filter(pc.is_in(rows["doc_id"], pa.array(doc_ids, pa.string())))


def _ids(rows: pa.Table) -> list[str]:
    return list(map(str, rows["doc_id"].to_pylist()))


def _in_order(table: Table, found: Sequence[pa.Table]) -> pa.Table:
    order = [*table.sort[:1], "lang", *table.sort[1:]]
    rows = pa.concat_tables([_none(table), *found])
    return rows.sort_by([(name, "ascending") for name in order])


def _take(before: Path, table: Table, into: Path) -> None:
    for file in sorted(before.glob(f"{table.name}.*")):
        _link(file, into / file.name)


def _write(table: Table, rows: pa.Table, plain: Sequence[str], into: Path) -> None:
    path = into / f"{table.name}.parquet"
    if not rows.num_rows:
        write_empty(table, path)
    with ShardWriter(table, path) as writer:
        writer.add_table(rows)
    records = _of_documents(rows, plain).to_pylist()
    if table is DOCUMENTS:
        lines = (json.dumps(record, ensure_ascii=False, default=_text) for record in records)
        text = "".join(f"{line}\n" for line in lines)
        path.with_suffix(".jsonl").write_text(text, encoding="utf-8", newline="\n")
        return
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        csv_writer = csv.writer(file, lineterminator="\n")
        csv_writer.writerow(table.schema().names)
        csv_writer.writerows(record.values() for record in records)


def _text(value: object) -> str:
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    raise TypeError(f"a sample cannot hold {type(value)}")


def _path(table: Table, shard: str) -> str:
    return f"{table.name}/{table.name}-{shard}.parquet"


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
