"""Every recipe is a notebook that Jupyter runs: with prose, figures that can be seen, and an answer."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import numpy as np
import polars as pl
import pytest
from PIL import Image

from docs.recipes.build import RECIPES, build, notebook_of, recipes
from tests.recipes.conftest import Asked
from tests.recipes.notebooks import code_cells, outputs, printed

NUMBERS = [recipe.name[:2] for recipe in recipes()]
PARTS = ("**Question.**", "**How to read it.**", "**Pitfalls**", "**Exercise.**")


@pytest.mark.parametrize("number", NUMBERS)
def test_runs_from_the_first_cell_to_the_last(ask: Asked, number: str) -> None:
    notebook = ask(number).notebook
    nbformat.validate(nbformat.read(notebook, as_version=4))
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert not [one for one in outputs(notebook) if one["output_type"] == "error"]


@pytest.mark.parametrize("number", NUMBERS)
def test_complains_of_nothing(ask: Asked, number: str) -> None:
    """Neither a warning nor a letter that the font lacks."""
    assert printed(ask(number).notebook, "stderr") == ""


@pytest.mark.parametrize("number", NUMBERS)
def test_figures_show_something(ask: Asked, number: str) -> None:
    figures = ask(number).figures
    assert figures
    for figure in figures:
        pixels = np.asarray(Image.open(figure).convert("RGB"))
        assert pixels.shape[1] > 1200
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20
        assert 0.005 < np.mean(pixels.min(axis=2) < 200) < 0.6, "mostly empty, or a block of ink"


@pytest.mark.parametrize("number", NUMBERS)
def test_has_an_answer(ask: Asked, number: str) -> None:
    assert not pl.read_csv(ask(number).answer).is_empty()


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name[:2])
def test_says_what_it_asks_how_to_read_it_and_where_it_misleads(recipe: Path) -> None:
    text = recipe.read_text("utf-8")
    assert text.startswith("# ")
    places = [text.index(part) for part in PARTS]
    assert places == sorted(places)


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name[:2])
def test_is_listed(recipe: Path) -> None:
    assert f"]({recipe.name})" in (RECIPES / "README.md").read_text("utf-8")


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name[:2])
def test_has_no_code_that_is_not_run(recipe: Path) -> None:
    fences = re.findall(r"^```(\w*)$", recipe.read_text("utf-8"), re.MULTILINE)
    assert set(fences) == {"python", ""}
    cells = notebook_of(recipe.read_text("utf-8")).cells
    assert sum(cell.cell_type == "code" for cell in cells) == fences.count("python")


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name[:2])
def test_an_archive_that_cannot_answer_is_told_so(
    recipe: Path, lone_page: Path, tmp_path: Path
) -> None:
    """One page in one language, seen once: no edits, no pairs, hardly any countries."""
    built = build(recipe, lone_page, tmp_path)
    words = printed(built.notebook)
    empty = pl.read_csv(built.answer).is_empty()
    assert empty == (recipe.name[:2] in {"03", "04", "07"})
    assert not empty or re.search(r"^(Empty:|No edit was seen\.) .*", words, re.MULTILINE), words
