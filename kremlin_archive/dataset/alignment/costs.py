"""What a bead costs, in nats: how often such beads are, how well lengths fit, what the texts share."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import erfc, log, sqrt

from kremlin_archive.dataset.alignment.path import Band
from kremlin_archive.dataset.alignment.side import Passage, Side

_COMMON = {(1, 1): 0.80, (1, 0): 0.05, (0, 1): 0.05, (2, 1): 0.05, (1, 2): 0.05}
_RARITY = {shape: -log(share) for shape, share in _COMMON.items()}
_RATIO = 1.06
"""Russian characters for an English one."""
_VARIANCE = 6.8
"""Of that ratio, per character: Gale and Church's value."""
_ALONE = 2.0
"""Added to a bead with one side empty, whose length says nothing."""
_OTHER_SPEAKER = 6.0
_SAME_OPENING = 1.5
_OTHER_KIND = 4.0

# -log of the chance that lengths of one text differ by so many deviations or more, in steps of a
# sixteenth of their square: the innermost loop looks it up.
_STEPS = 16
_UNLIKELY = [-log(erfc(sqrt(step / _STEPS / 2))) for step in range(_STEPS * 28)]

Pairs = list[dict[int, float]]
"""Per English paragraph, what each Russian one near it adds to the cost of a bead of both."""


class LengthCosts:
    """Gale and Church's model: frequency of the shape, and how likely the lengths are one text's."""

    def __init__(self, en: Side, ru: Side, pairs: Pairs | None = None) -> None:
        self._en = [length * _RATIO for length in _running_lengths(en)]
        self._ru = _running_lengths(ru)
        self._pairs = pairs

    def __call__(self, i: int, j: int, shape: tuple[int, int]) -> float:
        """Cost of a bead of this shape that begins with English i and Russian j."""
        a, b = shape
        if not (a and b):
            return _RARITY[shape] + _ALONE
        english = self._en[i + a] - self._en[i]
        russian = self._ru[j + b] - self._ru[j]
        cost = _RARITY[shape] + _length_cost(english, russian)
        if self._pairs is not None:
            cost += self._pairs[i].get(j, 0.0)
            if a > 1:
                cost += self._pairs[i + 1].get(j, 0.0)
            elif b > 1:
                cost += self._pairs[i].get(j + 1, 0.0)
        return cost


def anchor_costs(en: Side, ru: Side, shared: Mapping[tuple[int, int], float]) -> LengthCosts:
    """Lengths, less what the paragraphs share, more where speaker, turn or kind differ."""
    band = Band(len(en.passages), len(ru.passages))
    pairs = [
        {
            j: _mismatch(one, ru.passages[j]) - shared.get((i, j), 0.0)
            for j in band.columns(i)
            if j < len(ru.passages)
        }
        for i, one in enumerate(en.passages)
    ]
    return LengthCosts(en, ru, pairs)


def _mismatch(one: Passage, other: Passage) -> float:
    cost = _OTHER_KIND if (one.kind == "separator") != (other.kind == "separator") else 0.0
    if one.speaker is not None and other.speaker is not None and one.speaker != other.speaker:
        cost += _OTHER_SPEAKER
    return cost - _SAME_OPENING * (one.opens and other.opens)


def _running_lengths(side: Side) -> list[int]:
    return list(accumulate((len(passage.text) for passage in side.passages), initial=0))


def _length_cost(english: float, russian: int) -> float:
    """Compare lengths, both in Russian characters."""
    difference = russian - english
    spread = (english + russian) * (_VARIANCE / 2 / _RATIO)
    if spread == 0:
        return 0.0
    step = int(difference * difference / spread * _STEPS)
    return _UNLIKELY[step] if step < len(_UNLIKELY) else _UNLIKELY[-1]
