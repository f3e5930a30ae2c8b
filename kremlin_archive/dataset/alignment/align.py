"""Paragraphs of the two editions of an event, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from kremlin_archive.dataset.alignment.anchors import evidence
from kremlin_archive.dataset.alignment.beads import Alignment, Bead, Method
from kremlin_archive.dataset.alignment.costs import LengthCosts, anchor_costs
from kremlin_archive.dataset.alignment.embedding import EmbeddingCosts
from kremlin_archive.dataset.alignment.path import Cost, Step, cheapest_path
from kremlin_archive.dataset.alignment.side import Side, side
from kremlin_archive.dataset.attribution import Speaker
from kremlin_archive.dataset.speakers import resolve_pair
from kremlin_archive.errors import UsageError
from kremlin_archive.records import EventPage

Speakers = tuple[Sequence[Speaker], Sequence[Speaker]]


def align(
    en: EventPage, ru: EventPage, method: Method = "anchors", speakers: Speakers | None = None
) -> Alignment:
    """Align the bodies of two editions; ``speakers`` are theirs, if they are resolved already.

    UsageError if the pages are not the English and the Russian edition of one event, or if
    ``use_dp`` is asked for and its model is not installed.
    """
    if (en.language, ru.language) != ("en", "ru") or en.event_id != ru.event_id:
        raise UsageError(f"{en.doc_id} and {ru.doc_id} are not the two editions of one event")
    of_en, of_ru = speakers or resolve_pair(en, ru)
    return align_sides(side(en, of_en), side(ru, of_ru), method)


def align_sides(en: Side, ru: Side, method: Method = "anchors") -> Alignment:
    """Align two texts."""
    if method == "position":
        return _by_position(len(en.passages), len(ru.passages))
    cost = _costs(en, ru, method)
    steps = cheapest_path(len(en.passages), len(ru.passages), cost)
    return Alignment(method, tuple(_bead(step, cost) for step in steps))


def _costs(en: Side, ru: Side, method: Method) -> Cost:
    if method == "gale_church":
        return LengthCosts(en, ru)
    anchored = anchor_costs(en, ru, evidence(en, ru))
    return anchored if method == "anchors" else EmbeddingCosts(en, ru, anchored)


def _bead(step: Step, cost: Cost) -> Bead:
    """Score a bead by how much cheaper it is than its paragraphs left alone."""
    i, j, (a, b) = step
    en, ru = tuple(range(i, i + a)), tuple(range(j, j + b))
    if not (en and ru):
        return Bead(en, ru, None)
    apart = a * cost(i, j, (1, 0)) + b * cost(i, j, (0, 1))
    together = cost(i, j, (a, b))
    return Bead(en, ru, round(1 / (1 + exp((together - apart) / 4)), 4))


def _by_position(n_en: int, n_ru: int) -> Alignment:
    """Pair the n-th with the n-th: what is done where nothing is known."""
    both = min(n_en, n_ru)
    beads = [Bead((index,), (index,), 1.0) for index in range(both)]
    beads += [Bead((index,), (), None) for index in range(both, n_en)]
    beads += [Bead((), (index,), None) for index in range(both, n_ru)]
    return Alignment("position", tuple(beads))
