"""Reports of runs, ``runs/ID.json``: one for each run, whatever its end."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write a report aside and put it in place; one that cannot be written is said in the log."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".json.open")
        aside.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
        aside.replace(path)
    except OSError as error:
        logger.error("%s: the run's report could not be written: %s", path, error)
