"""TMX, Moses and XCES: the aligned paragraphs of both editions, as translators' tools read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any

from kremlin_archive.dataset.alignment import moses, tmx, xces
from kremlin_archive.exporting.aside import aside
from kremlin_archive.exporting.snapshot import Chosen, OnProgress

MOSES = (".en", ".ru", ".ids")


def export_tmx(chosen: Chosen, out: Path, on_progress: OnProgress) -> tuple[Path, ...]:
    """Write TMX 1.4: what stands in both editions."""
    return _write((out,), ((piece,) for piece in tmx(_beads(chosen, on_progress))))


def export_xces(chosen: Chosen, out: Path, on_progress: OnProgress) -> tuple[Path, ...]:
    """Write OPUS's XCES: links between the numbers of all paragraphs."""
    return _write((out,), ((piece,) for piece in xces(_beads(chosen, on_progress))))


def export_moses(chosen: Chosen, out: Path, on_progress: OnProgress) -> tuple[Path, ...]:
    """Write three files that agree line by line: English, Russian, ids of the paragraphs."""
    outs = tuple(out.with_name(out.name + suffix) for suffix in MOSES)
    lines = moses(_beads(chosen, on_progress))
    return _write(outs, (tuple(f"{piece}\n" for piece in line) for line in lines))


def _beads(chosen: Chosen, on_progress: OnProgress) -> Iterator[dict[str, Any]]:
    """Give the rows of ``alignments`` of the chosen events, year by year."""
    events = {int(doc_id.partition(":")[2]) for doc_id in chosen.days}
    rows = chosen.snapshot.rows("alignments")
    wanted = (
        group for event, group in groupby(rows, key=lambda row: row["event_id"]) if event in events
    )
    for done, group in enumerate(wanted, 1):
        yield from group
        on_progress(done, len(events))


def _write(outs: tuple[Path, ...], lines: Iterable[tuple[str, ...]]) -> tuple[Path, ...]:
    with aside(*outs) as places, ExitStack() as stack:
        files = [
            stack.enter_context(place.open("w", encoding="utf-8", newline="\n")) for place in places
        ]
        for line in lines:
            for file, piece in zip(files, line, strict=True):
                file.write(piece)
    return outs
