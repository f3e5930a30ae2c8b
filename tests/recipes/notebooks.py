"""Reading what a built notebook holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Cell = dict[str, Any]


def code_cells(notebook: Path) -> list[Cell]:
    cells: list[Cell] = json.loads(notebook.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def outputs(notebook: Path) -> list[dict[str, Any]]:
    return [output for cell in code_cells(notebook) for output in cell["outputs"]]


def printed(notebook: Path, name: str = "stdout") -> str:
    """All that the cells print."""
    streams = [one for one in outputs(notebook) if one["output_type"] == "stream"]
    return "".join("".join(one["text"]) for one in streams if one["name"] == name)


def shown(notebook: Path) -> str:
    """HTML of what the cells show: tables and marked texts."""
    return "".join("".join(one.get("data", {}).get("text/html", ())) for one in outputs(notebook))
