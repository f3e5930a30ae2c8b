"""Beginnings of words that mean the same in both languages: the pairs of ``glossary.toml``."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from kremlin_archive.urls import Language


def meanings(word: str, language: Language) -> frozenset[str]:
    """Give the names of the pairs that a folded word begins like.

    >>> sorted(meanings("встречу", "ru") & meanings("meetings", "en"))
    ['meet=встреч', 'meeting=встреч']
    """
    beginnings = _beginnings(language)
    found = (beginnings.get(word[:length], frozenset()) for length in range(2, len(word) + 1))
    return frozenset().union(*found)


@lru_cache(maxsize=2)
def _beginnings(language: Language) -> Mapping[str, frozenset[str]]:
    raw = tomllib.loads(files(__package__).joinpath("glossary.toml").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = defaultdict(set)
    for english, russian in raw["pairs"]:
        found[english if language == "en" else russian].add(f"{english}={russian}")
    return {beginning: frozenset(names) for beginning, names in found.items()}
