"""Whether paragraphs and turns, put together again, are the texts they were cut from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kremlin_archive.dataset.parquet import read_columns

_PREFIX = "documents/documents-"
_PARAGRAPH = ("doc_id", "seq", "turn_seq", "kind", "text", "char_start", "char_end")
_TURN = ("turn_id", "doc_id", "seq", "para_start", "para_end", "text")

Columns = Mapping[str, Sequence[Any]]


def rejoin_faults(folder: Path, paths: Iterable[str]) -> Iterator[str]:
    """Compare the documents' files among ``paths`` with their paragraphs and turns."""
    for path in paths:
        if path.startswith(_PREFIX):
            yield from _of_shard(folder, path.removeprefix(_PREFIX))


def _of_shard(folder: Path, name: str) -> Iterator[str]:
    documents = _columns(folder, "documents", name, ("doc_id", "text", "n_paragraphs", "n_turns"))
    paragraphs = _columns(folder, "paragraphs", name, _PARAGRAPH)
    turns = _columns(folder, "turns", name, _TURN)
    rows = _by_document(paragraphs["doc_id"])
    turns_of = _by_document(turns["doc_id"])
    for index, doc_id in enumerate(documents["doc_id"]):
        own, spoken = rows.get(doc_id, ()), turns_of.get(doc_id, ())
        counts = documents["n_paragraphs"][index], documents["n_turns"][index]
        if counts != (len(own), len(spoken)):
            yield f"{doc_id}: it has {len(own)} paragraphs and {len(spoken)} turns, not {counts}"
        elif not _joins(documents["text"][index], own, paragraphs):
            yield f"{doc_id}: its paragraphs and their offsets do not give its text"
        else:
            yield from _turn_faults(own, spoken, paragraphs, turns)


def _columns(folder: Path, table: str, name: str, columns: Sequence[str]) -> Columns:
    path = folder / table / f"{table}-{name}"
    if not path.exists():
        return dict.fromkeys(columns, ())
    read = read_columns(path, columns)
    return {column: read[column].to_pylist() for column in columns}


def _by_document(doc_ids: Sequence[str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for index, doc_id in enumerate(doc_ids):
        rows[doc_id].append(index)
    return rows


def _joins(text: str, rows: Sequence[int], paragraphs: Columns) -> bool:
    if "\n".join([paragraphs["text"][row] for row in rows]) != text:
        return False
    start = 0
    for seq, row in enumerate(rows):
        end = start + len(paragraphs["text"][row])
        told = paragraphs["seq"][row], paragraphs["char_start"][row], paragraphs["char_end"][row]
        if told != (seq, start, end):
            return False
        start = end + 1
    return True


def _turn_faults(
    rows: Sequence[int], spoken: Sequence[int], paragraphs: Columns, turns: Columns
) -> Iterator[str]:
    for seq, turn in enumerate(spoken):
        within = rows[turns["para_start"][turn] : turns["para_end"][turn]]
        speech = [row for row in within if paragraphs["turn_seq"][row] == seq]
        text = "\n".join(paragraphs["text"][row] for row in speech)
        if turns["seq"][turn] != seq or text != turns["text"][turn]:
            yield f"{turns['turn_id'][turn]}: its paragraphs of speech do not give its text"
