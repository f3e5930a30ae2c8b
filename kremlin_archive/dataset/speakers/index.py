"""Names of known persons, and which of them a label bears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from kremlin_archive.dataset.speakers.naming import (
    Split,
    fits,
    guess_split,
    key,
    name_keys,
    read_initials,
    tokens,
)

_LEAST_WORD = 75
_LEAST_NAME = 0.85
"""«Alexandar» and «Aleksandar» are 84, «Alexander» and «Alexei» 67; a whole name must do better than its
worst word."""


@dataclass(frozen=True, slots=True)
class Match:
    """Persons whose name a label bears (several: namesakes), how the label parts, how sure it is."""

    persons: frozenset[str]
    split: Split
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Persons by the words of their names; a person may have many names, in any order of words."""

    by_key: Mapping[str, frozenset[str]]
    by_word: Mapping[str, frozenset[tuple[str, str]]]

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> NameIndex:
        """Build from (person id, name) pairs."""
        by_key: dict[str, set[str]] = defaultdict(set)
        by_word: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for person, name in names:
            by_key[key(name)].add(person)
            for word in tokens(name):
                by_word[word].add((person, name))
        return cls(
            {name: frozenset(persons) for name, persons in by_key.items()},
            {word: frozenset(pairs) for word, pairs in by_word.items()},
        )

    def find(self, label: str) -> Match | None:
        """Find whose full name, or initials and surname, end the label (or open it before a comma)."""
        for split, name_key in name_keys(label):
            persons = self.by_key.get(name_key)
            if persons:
                return Match(persons, split)
        return self._by_initials(guess_split(label))

    def find_nearly(self, label: str) -> Match | None:
        """Find the one person whose name is the label's but for the spelling, or holds it."""
        if not self.by_key:
            return None
        split = guess_split(label)
        found = {
            (person, score)
            for person, name in {pair for pairs in self.by_word.values() for pair in pairs}
            if (score := nearness(tokens(split.name), tokens(name))) >= _LEAST_NAME
        }
        persons = frozenset(person for person, _ in found)
        return (
            Match(persons, split, max(score for _, score in found)) if len(persons) == 1 else None
        )

    def _by_initials(self, split: Split) -> Match | None:
        initials = read_initials(split.name)
        if initials is None:
            return None
        named = self.by_word.get(initials.surname[-1], frozenset())
        persons = frozenset(person for person, name in named if fits(initials, tokens(name)))
        return Match(persons, split, 0.95) if persons else None


def nearness(name: tuple[str, ...], full: tuple[str, ...]) -> float:
    """How near a name comes to a full one printed surname first, 0..1.

    Every word of the name needs its like, and the surname must be among them; words of the full
    name may be missing («Patriarch Kirill») at a price.

    >>> nearness(("alexandar", "vucic"), ("vucic", "aleksandar"))
    0.92...
    """
    rest = list(full)
    scores = []
    for word in name:
        best = max(rest, key=lambda other: ratio(word, other), default="")
        if ratio(word, best) < _LEAST_WORD:
            return 0
        scores.append(ratio(word, best) / 100)
        rest.remove(best)
    if not scores or full[0] in rest:
        return 0
    return max(sum(scores) / len(scores) - 0.05 * min(len(rest), 2), 0)
