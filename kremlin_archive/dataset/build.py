"""Second pass: the table files of a snapshot, one unit after the other.

A unit is what is made together: the tables of the documents of one language and year, the captures
of one month, the alignments of one year, and what is derived from those tables. Units made before
from the same inputs are taken over. Memory is bounded by the records of one year, all revisions and
both editions (some 6,000), or the captures of one month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kremlin_archive.dataset.alignment import ALIGNMENTS
from kremlin_archive.dataset.attribution import Resolver, Speaker
from kremlin_archive.dataset.catalogue import Light
from kremlin_archive.dataset.chosen import FACTS, Chosen, State
from kremlin_archive.dataset.columns import Table
from kremlin_archive.dataset.counts import words_in
from kremlin_archive.dataset.derive import derive
from kremlin_archive.dataset.inputs import Inputs
from kremlin_archive.dataset.named import named_on
from kremlin_archive.dataset.pairs import Pair, aligned, pair_of, pairs_by_year
from kremlin_archive.dataset.parquet import read_columns
from kremlin_archive.dataset.pictures import Pictures
from kremlin_archive.dataset.places import Place, place_of, read_places
from kremlin_archive.dataset.plan import Month, Plan, ShardKey, month_start, next_month
from kremlin_archive.dataset.record_json import load_record
from kremlin_archive.dataset.removals import emptied
from kremlin_archive.dataset.revisions import History, Revision, Sighting
from kremlin_archive.dataset.shards import ShardWriter, write_empty
from kremlin_archive.dataset.shelf import DERIVED, PICTURES, Shelf, code_key
from kremlin_archive.dataset.speakers import PERSONS, Catalogue, SpeakerResolver
from kremlin_archive.dataset.tables.captures import CAPTURES, captures_table, part_columns
from kremlin_archive.dataset.tables.changes import CHANGES
from kremlin_archive.dataset.tables.documents import DOCUMENTS, document_row
from kremlin_archive.dataset.tables.editions import EDITIONS
from kremlin_archive.dataset.tables.links import LINKS, link_rows
from kremlin_archive.dataset.tables.media import MEDIA, media_rows
from kremlin_archive.dataset.tables.paragraphs import PARAGRAPHS, paragraph_rows
from kremlin_archive.dataset.tables.removals import REMOVALS
from kremlin_archive.dataset.tables.revisions import REVISIONS, revision_rows
from kremlin_archive.dataset.tables.tags import DOCUMENT_TAGS, TAGS, document_tag_rows
from kremlin_archive.dataset.tables.turns import TURNS, turn_rows
from kremlin_archive.errors import ArchiveError, SnapshotError
from kremlin_archive.records import EventPage

TABLES = (
    DOCUMENTS,
    TURNS,
    PERSONS,
    PARAGRAPHS,
    REVISIONS,
    CAPTURES,
    TAGS,
    DOCUMENT_TAGS,
    MEDIA,
    LINKS,
    EDITIONS,
    ALIGNMENTS,
    CHANGES,
    REMOVALS,
)
Rows = Callable[[Chosen], Iterable[dict[str, Any]]]
_OF_DOCUMENTS: tuple[tuple[Table, Rows], ...] = (
    (DOCUMENTS, lambda chosen: (document_row(chosen),)),
    (TURNS, turn_rows),
    (PARAGRAPHS, paragraph_rows),
    (REVISIONS, revision_rows),
    (DOCUMENT_TAGS, document_tag_rows),
    (MEDIA, media_rows),
    (LINKS, link_rows),
)


def build_tables(
    plan: Plan,
    light: Light,
    into: Path,
    shelf: Shelf,
    resolver: Resolver | None = None,
) -> None:
    """Put every table file below ``into``; a table without rows gets one empty file.

    Speakers are resolved by the names on all current pages unless another ``resolver`` is given.
    """
    build = _Build.of(plan, light, into, shelf, resolver)
    keys = [build.documents(year) for year in sorted({year for _, year in plan.shards})]
    for month in plan.months:
        build.captures(month)
    keys.append([build.alignments(year) for year in build.pairs])
    if not shelf.take(DERIVED, build.inputs.derived(key for unit in keys for key in unit), into):
        derive(plan, into, build.catalogue)
    for table in TABLES:
        if not (into / table.name).exists():
            write_empty(table, into / table.name / f"{table.name}-empty.parquet")


@dataclass(frozen=True, slots=True)
class _Build:
    """What all units are made with."""

    plan: Plan
    light: Light
    into: Path
    shelf: Shelf
    resolver: Resolver
    catalogue: Catalogue
    histories: dict[str, History]
    pairs: dict[int, list[Pair]]
    inputs: Inputs
    same_pictures: bool
    """Whether the archive's pictures are those of the snapshot before."""

    @classmethod
    def of(
        cls,
        plan: Plan,
        light: Light,
        into: Path,
        shelf: Shelf,
        resolver: Resolver | None,
    ) -> _Build:
        histories = {h.doc_id: h for shard in plan.shards.values() for h in shard}
        named = named_on(plan, light)
        resolve = resolver if resolver is not None else SpeakerResolver(named.catalogue)

        def speakers(doc_ids: Iterable[str]) -> str:
            return resolve.key_of(named.labels_of(doc_ids))

        inputs = Inputs(plan, light.parts, histories, code_key(), speakers)
        return cls(
            plan=plan,
            light=light,
            into=into,
            shelf=shelf,
            resolver=resolve,
            catalogue=named.catalogue,
            histories=histories,
            pairs=pairs_by_year(plan, histories),
            inputs=inputs,
            same_pictures=shelf.holds(PICTURES, inputs.pictures()),
        )

    def documents(self, year: int) -> list[str]:
        """Make the documents' tables of a year, or take them; returns the keys of the units."""
        keys = {
            shard: self.inputs.documents(shard) for shard in self.plan.shards if shard[1] == year
        }
        stale = [shard for shard in keys if not self._taken(shard, keys[shard])]
        needed = self._needed([h for shard in stale for h in self.plan.shards[shard]])
        loaded = read_places(self.light.parts, needed, [*FACTS, "record_json"])
        for shard in stale:
            name = _name(shard)
            with ExitStack() as stack:
                writers = [
                    (stack.enter_context(_writer(table, self.into, name)), rows)
                    for table, rows in _OF_DOCUMENTS
                ]
                for chosen in self._chosen(shard, loaded):
                    with _named(chosen.history.doc_id):
                        for writer, rows in writers:
                            writer.add_all(rows(chosen))
        return list(keys.values())

    def captures(self, month: Month) -> None:
        """Make the captures of a month, or take them."""
        name = f"{month[0]}-{month[1]:02}"
        if self.shelf.take(f"captures-{name}", self.inputs.captures(month), self.into):
            return
        read = self.light.read(part_columns(), self.plan.months[month])
        captured = _of_month(read, month)
        rows = captures_table(_without(captured, self.plan.repeated), self.plan.shown)
        with _writer(CAPTURES, self.into, name) as writer:
            writer.add_table(rows)

    def alignments(self, year: int) -> str:
        """Make the alignments of a year, or take them; returns the unit's key."""
        pairs = self.pairs[year]
        key = self.inputs.alignments(pairs)
        if not self.shelf.take(f"alignments-{year}", key, self.into):
            with _writer(ALIGNMENTS, self.into, str(year)) as writer:
                writer.add_all(aligned(pairs, self.light.parts, self.resolver))
        return key

    def _taken(self, shard: ShardKey, key: str) -> bool:
        unit = f"documents-{_name(shard)}"
        media = self.shelf.file(unit, f"media/media-{_name(shard)}.parquet")
        if media is None or self.same_pictures:
            return self.shelf.take(unit, key, self.into)
        if not _pictures_hold(media, self.plan.pictures):
            self.shelf.note(unit, key)
            return False
        return self.shelf.take(unit, key, self.into)

    def _needed(self, histories: Sequence[History]) -> Iterator[Sighting]:
        for each in histories:
            for revision in each.revisions:
                yield revision.shows
                if revision.turn == "gone":
                    yield revision.began
            pair = self.histories.get(pair_of(each.doc_id))
            if pair is not None:
                yield pair.current

    def _chosen(self, shard: ShardKey, loaded: dict[Place, dict[str, Any]]) -> Iterator[Chosen]:
        for each in self.plan.shards[shard]:
            removal = self.plan.removals.get(each.doc_id)
            records: dict[Place, EventPage] = {}
            states = tuple(
                _state(revision, loaded, records, is_emptied=removal is not None)
                for revision in each.revisions
            )
            record = states[-1].record
            pair = self.histories.get(pair_of(each.doc_id))
            yield Chosen(
                history=each,
                states=states,
                pair_doc_id=None if pair is None else pair.doc_id,
                words=tuple(words_in(paragraph.text) for paragraph in record.paragraphs),
                speakers=self._speakers(record, pair, loaded),
                pictures=self.plan.pictures,
                removal=removal,
                removed=self.plan.removals,
            )

    def _speakers(
        self, record: EventPage, pair: History | None, loaded: dict[Place, dict[str, Any]]
    ) -> Sequence[Speaker]:
        if pair is None or pair.doc_id in self.plan.removals:
            return self.resolver(record, None)
        return self.resolver(record, load_record(loaded[place_of(pair.current)]["record_json"]))


def _state(
    revision: Revision,
    loaded: dict[Place, dict[str, Any]],
    records: dict[Place, EventPage],
    *,
    is_emptied: bool,
) -> State:
    """Give a revision with its record; ``records`` keeps those of the document read so far."""
    place = place_of(revision.shows)
    facts = loaded[place]
    if place not in records:
        record = load_record(facts["record_json"])
        records[place] = emptied(record) if is_emptied else record
    witness = loaded[place_of(revision.began)] if revision.turn == "gone" else facts
    return State(revision, facts, witness, records[place])


@contextmanager
def _named(doc_id: str) -> Iterator[None]:
    """Have a fault of ours name the document that it comes with."""
    try:
        yield
    except (OSError, ArchiveError):
        raise
    except Exception as error:
        raise SnapshotError(
            f"{doc_id}: its rows cannot be made: {error!r}; please report it"
        ) from error


def _name(shard: ShardKey) -> str:
    return f"{shard[0]}-{shard[1]}"


def _writer(table: Table, into: Path, name: str) -> ShardWriter:
    return ShardWriter(table, into / table.name / f"{table.name}-{name}.parquet")


def _of_month(captured: pa.Table, month: Month) -> pa.Table:
    at = captured["fetched_at"]
    start = pa.scalar(month_start(month), at.type)
    end = pa.scalar(month_start(next_month(month)), at.type)
    return captured.filter(pc.and_(pc.greater_equal(at, start), pc.less(at, end)))


def _without(captured: pa.Table, repeated: frozenset[tuple[str, int]]) -> pa.Table:
    if not repeated:
        return captured
    names = captured["warc_filename"].to_pylist()
    offsets = captured["warc_record_offset"].to_pylist()
    places = zip(names, offsets, strict=True)
    return captured.filter(pa.array([place not in repeated for place in places], pa.bool_()))


def _pictures_hold(media: Path, pictures: Pictures) -> bool:
    """Whether the pointers in a file of ``media`` are those the captures give now."""
    try:
        rows = read_columns(media, ["url", "warc_record_id"])
    except (OSError, pa.ArrowInvalid):
        return False
    pairs = zip(rows["url"].to_pylist(), rows["warc_record_id"].to_pylist(), strict=True)
    stored = ((pictures.get(str(url).partition("#")[0]), record_id) for url, record_id in pairs)
    return all((one and one.warc_record_id) == record_id for one, record_id in stored)
