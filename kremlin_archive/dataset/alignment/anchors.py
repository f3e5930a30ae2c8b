"""What two paragraphs in two languages share: numbers, names and words that sound alike, known meanings."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from math import log

from kremlin_archive.dataset.alignment.glossary import meanings
from kremlin_archive.dataset.alignment.path import Band
from kremlin_archive.dataset.alignment.side import Side
from kremlin_archive.dataset.speakers.naming import tokens
from kremlin_archive.dataset.speakers.transliteration import sound
from kremlin_archive.urls import Language

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+")
_HEARD = 5
"""Sounds of a word's beginning that must agree: enough to pass over Russian endings, «Афганистане»."""
_WEIGHTS = {"#": 3.0, "~": 1.5, "=": 0.8}
"""What a shared number, a word that sounds alike and a meaning are worth, at their rarest."""
_TOO_COMMON = 0.1
"""An anchor in nearly every paragraph tells nothing, and costs most."""
_MOST_PER_PAIR = 12.0
"""Evidence beyond this changes nothing; it keeps one long list of names from bending the path."""


def anchors(text: str, language: Language) -> frozenset[str]:
    """Give the anchors of a paragraph: ``#2020``, ``~afgan``, ``=meeting=встреч``.

    >>> sorted(anchors("В 2020 году в Афганистане", "ru") & anchors("Afghanistan in 2020", "en"))
    ['#2020', '~afgan']
    """
    found = {f"#{_plain(number)}" for number in _NUMBER.findall(text)}
    return frozenset(found.union(*(_of_word(word, language) for word in set(_WORD.findall(text)))))


@lru_cache(maxsize=65_536)
def _of_word(word: str, language: Language) -> frozenset[str]:
    folded = "".join(tokens(word))
    heard = sound(folded).replace("z", "s").replace("gh", "g")[:_HEARD]
    known = {f"={meaning}" for meaning in meanings(folded, language)}
    return frozenset(known | ({f"~{heard}"} if len(heard) == _HEARD else set()))


def _plain(number: str) -> str:
    return re.sub(r"[.,](?=\d{3}\b)", "", number).replace(",", ".")


def evidence(en: Side, ru: Side) -> Mapping[tuple[int, int], float]:
    """Weigh what paragraphs share: (English index, Russian index) to a sum, rare anchors counting more."""
    english, russian = _places(en), _places(ru)
    found: dict[tuple[int, int], float] = defaultdict(float)
    band = Band(len(en.passages), len(ru.passages))
    for anchor in sorted(english.keys() & russian.keys()):
        weight = _weight(anchor, len(english[anchor]), len(russian[anchor]), len(en.passages))
        if weight == 0:
            continue
        places = russian[anchor]
        for one in english[anchor]:
            near = band.columns(one)
            for other in places[bisect_left(places, near.start) : bisect_left(places, near.stop)]:
                found[one, other] += weight
    return {pair: min(sum_, _MOST_PER_PAIR) for pair, sum_ in found.items()}


def _places(side: Side) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, passage in enumerate(side.passages):
        for anchor in anchors(passage.text, side.language):
            places[anchor].append(index)
    return places


def _weight(anchor: str, n_en: int, n_ru: int, n_all: int) -> float:
    rarity = log((n_all + 1) / max(n_en, n_ru)) / log(n_all + 1)
    return _WEIGHTS[anchor[0]] * rarity if rarity > _TOO_COMMON else 0.0
