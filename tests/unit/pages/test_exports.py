"""The room's public face: exactly what it exports, documented, with working examples."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from dataclasses import fields
from types import ModuleType

import pytest

import kremlin_archive.pages
from kremlin_archive.pages import NORM_VERSION, PARSER_VERSION
from kremlin_archive.pages.words import WORDS, SiteWords

MODULES = [
    importlib.import_module(f"kremlin_archive.pages.{module.name}")
    for module in pkgutil.iter_modules(kremlin_archive.pages.__path__)
]


def test_public_names_are_exactly_the_exported_ones() -> None:
    modules = {module.__name__.rpartition(".")[2] for module in MODULES}
    public = {name for name in vars(kremlin_archive.pages) if not name.startswith("_")}
    assert public - modules | {"normalise"} == set(kremlin_archive.pages.__all__)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_examples(module: ModuleType) -> None:
    assert module.__doc__
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("version", [NORM_VERSION, PARSER_VERSION])
def test_versions_are_semantic(version: str) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_every_word_is_there_in_every_language(words: SiteWords) -> None:
    assert all(getattr(words, field.name) for field in fields(words))
    assert sorted(words.months.values()) == list(range(1, 13))


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_words_are_written_as_they_are_compared(words: SiteWords) -> None:
    known = words.tag_heads | words.card_heads | words.status_heads | words.status_words
    known |= words.calendar_words | words.voices | words.months.keys()
    assert {word for word in known if word != word.lower()} == set()
