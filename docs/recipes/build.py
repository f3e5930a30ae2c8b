"""Recipes as notebooks: each Markdown file here is made into one, run by Jupyter, and saved with its results.

    python docs/recipes/build.py --root output/demo --out build/recipes

For ``01-words-per-year.md`` it writes ``01-words-per-year.ipynb`` with all outputs,
``01-words-per-year-1.png`` and further figures, and ``01-words-per-year.csv``, the numbers behind them:
every recipe calls them ``answer``.
"""
# ruff: noqa: INP001 - a script beside what it builds

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

RECIPES = Path(__file__).parent
SECONDS_A_CELL = 300
_BLOCK = re.compile(r"^```python\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True, slots=True)
class Built:
    """What one recipe gave."""

    notebook: Path
    answer: Path
    figures: tuple[Path, ...]


def recipes() -> list[Path]:
    """The recipes, in the order they are read."""
    return sorted(RECIPES.glob("[0-9][0-9]-*.md"))


def build(recipe: Path, root: Path, out: Path) -> Built:
    """Run a recipe on the newest snapshot of the archive ``root``; ``out`` is made if need be.

    Raises nbclient's CellExecutionError, with the cell and its traceback, when a cell fails.
    """
    out.mkdir(parents=True, exist_ok=True)
    answer = out / f"{recipe.stem}.csv"
    notebook = notebook_of(recipe.read_text("utf-8"))
    notebook.cells.append(nbformat.v4.new_code_cell(f"answer.write_csv({str(answer.resolve())!r})"))
    run(notebook, root)
    del notebook.cells[-1]  # ours, not the reader's
    target = out / f"{recipe.stem}.ipynb"
    nbformat.write(notebook, target)
    return Built(target, answer, tuple(_save_figures(notebook, out / recipe.stem)))


def notebook_of(markdown: str) -> Any:  # noqa: ANN401 - nbformat has no types
    r"""Make a notebook of a text: Python blocks are its code cells, what stands between them its prose.

    >>> [cell.cell_type for cell in notebook_of("# Title\n\n```python\n1 + 1\n```\n").cells]
    ['markdown', 'code']
    """
    parts = _BLOCK.split(markdown)  # prose, code, prose, code, …, prose
    cells = []
    for number, part in enumerate(text.strip() for text in parts):
        if part and number % 2:
            cells.append(nbformat.v4.new_code_cell(part, id=f"part-{number}"))
        elif part:
            cells.append(nbformat.v4.new_markdown_cell(part, id=f"part-{number}"))
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": _KERNEL})


def run(notebook: Any, root: Path) -> None:  # noqa: ANN401 - nbformat has no types
    """Let Jupyter run a notebook in place, in this folder, where ``matplotlibrc`` lies."""
    environment = {
        **os.environ,
        "ARCHIVE_ROOT": str(root.resolve()),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    where = {"metadata": {"path": str(RECIPES)}}
    jupyter = NotebookClient(notebook, timeout=SECONDS_A_CELL, resources=where)
    jupyter.extra_arguments = ["--log-level=ERROR"]  # it warns of its own ports, on loopback
    jupyter.execute(env=environment)


def _save_figures(notebook: Any, stem: Path) -> Iterator[Path]:  # noqa: ANN401 - as above
    images = [
        output.data["image/png"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    for number, image in enumerate(images, 1):
        path = stem.with_name(f"{stem.name}-{number}.png")
        path.write_bytes(base64.b64decode(image))
        yield path


@click.command()
@click.option(
    "--root", type=click.Path(path_type=Path, exists=True), envvar="ARCHIVE_ROOT", default="output"
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("build/recipes"))
@click.argument("names", nargs=-1)
def main(root: Path, out: Path, names: tuple[str, ...]) -> None:
    """Build all recipes, or those whose file name holds one of NAMES, from the archive ROOT into OUT."""
    for recipe in recipes():
        if names and not any(name in recipe.name for name in names):
            continue
        try:
            built = build(recipe, root, out)
        except CellExecutionError as error:
            raise click.ClickException(f"{recipe.name}: {error}") from error
        click.echo(f"{built.notebook}  ({len(built.figures)} figures)")


if __name__ == "__main__":
    main()
