"""Keys over the inputs of table files: equal keys, equal files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from kremlin_archive.dataset.pairs import Pair, pair_of
from kremlin_archive.dataset.parts import Part
from kremlin_archive.dataset.plan import Month, Plan, ShardKey
from kremlin_archive.dataset.revisions import History, Sighting

SpeakersKey = Callable[[Iterable[str]], str]
"""Names all that the speakers of these documents are resolved with, the pages left aside."""


class Inputs:
    """The keys of a plan's units. ``made_by`` names the code that makes them."""

    def __init__(
        self,
        plan: Plan,
        parts: Sequence[Part],
        histories: Mapping[str, History],
        made_by: str,
        speakers: SpeakersKey,
    ) -> None:
        self._plan = plan
        self._stamps = [f"{part.stamp.warc} {part.stamp.warc_sha256}" for part in parts]
        self._histories = histories
        self._made_by = made_by
        self._speakers = speakers
        self._shown = _shown_by_month(plan)

    def documents(self, shard: ShardKey) -> str:
        """Key of the tables of one language and year; pictures are checked apart."""
        histories = self._plan.shards[shard]
        spoken = self._speakers(d for h in histories for d in (h.doc_id, pair_of(h.doc_id)))
        removed = repr(sorted(self._plan.removals))  # cards of any page may name one
        lines = (line for h in histories for line in self._document(h))
        return self._key((spoken, removed, *lines))

    def alignments(self, pairs: Sequence[Pair]) -> str:
        """Key of the alignments of these pairs."""
        editions = [edition for pair in pairs for edition in pair]
        spoken = self._speakers(edition.doc_id for edition in editions)
        told = (repr((each.revision_id, self._record(each.current))) for each in editions)
        return self._key((spoken, *told))

    def pictures(self) -> str:
        """Key of all pictures captured."""
        pictures = self._plan.pictures
        return self._key(f"{url} {pictures[url].warc_record_id}" for url in sorted(pictures))

    def captures(self, month: Month) -> str:
        """Key of the captures of a month."""
        stamps = [self._stamps[part] for part in self._plan.months[month]]
        repeated = sorted(map(str, self._plan.repeated))
        return self._key((*stamps, *repeated, self._shown.get(month, "")))

    def derived(self, units: Iterable[str]) -> str:
        """Key of what is made from the tables of documents and alignments, whose keys are given."""
        runs = sorted({r.began.run_id for h in self._histories.values() for r in h.revisions})
        before = [f"{run} {self._plan.before_run[run]}" for run in runs]
        removals = map(repr, self._plan.removals.values())
        return self._key((*sorted(units), *before, *removals))

    def _document(self, history: History) -> Iterator[str]:
        pair = self._histories.get(pair_of(history.doc_id))
        yield repr(
            (
                history.doc_id,
                history.status,
                history.clash,
                history.first_seen_at.timestamp(),
                history.last_seen_at.timestamp(),
                None if pair is None else self._record(pair.current),
                self._plan.removals.get(history.doc_id),
                pair_of(history.doc_id) in self._plan.removals,
            )
        )
        for each in history.revisions:
            told = (each.number, each.turn, each.last_seen_at.timestamp(), each.n_captures)
            yield repr((*told, self._record(each.began), self._record(each.shows)))

    def _record(self, sighting: Sighting) -> tuple[Any, ...]:
        read_as = sighting.content_sha256
        return sighting.capture_id, sighting.run_id, read_as, self._stamps[sighting.part]

    def _key(self, lines: Iterable[str]) -> str:
        digest = sha256(self._made_by.encode())
        for line in lines:
            digest.update(b"\n" + line.encode())
        return digest.hexdigest()


def _shown_by_month(plan: Plan) -> dict[Month, str]:
    lines: dict[Month, list[str]] = defaultdict(list)
    for shard in plan.shards.values():
        for history in shard:
            for sighting, revision in history.shown:
                at = sighting.fetched_at
                lines[at.year, at.month].append(f"{sighting.capture_id} {revision}")
    return {month: sha256("\n".join(found).encode()).hexdigest() for month, found in lines.items()}
