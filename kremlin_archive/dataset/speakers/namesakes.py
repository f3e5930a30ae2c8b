"""Persons who share a name with one of the catalogue: the rows of ``namesakes.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from kremlin_archive.dataset.speakers.naming import key


@dataclass(frozen=True, slots=True)
class Namesake:
    """A person by name, told by words that a label of the page prints."""

    id: str
    keys: frozenset[str]
    says: tuple[str, ...]


@lru_cache(maxsize=1)
def namesakes() -> tuple[Namesake, ...]:
    """Read the rows that come with the package."""
    raw = tomllib.loads(files(__package__).joinpath("namesakes.toml").read_text(encoding="utf-8"))
    return tuple(
        Namesake(row["id"], frozenset(map(key, row["names"])), tuple(row["says"]))
        for row in raw["namesake"]
    )


def namesake_of(name: str, labels: tuple[str, ...]) -> str | None:
    """Id of the namesake that a name means on a page with these labels."""
    found = (one for one in namesakes() if key(name) in one.keys)
    return next(
        (one.id for one in found if any(words in label for words in one.says for label in labels)),
        None,
    )
