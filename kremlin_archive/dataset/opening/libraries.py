"""Libraries that are used if they are installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kremlin_archive.errors import UsageError

EXTRA = "kremlin-archive[analysis]"


def library(name: str) -> Any:  # noqa: ANN401 - a module
    """Import a library; UsageError says how to install it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(
            f"this needs {name}, which is not installed: pip install {name} (or '{EXTRA}')"
        ) from error
