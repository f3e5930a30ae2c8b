"""What wrote an archive's files."""

from __future__ import annotations

import platform
from importlib.metadata import version

from kremlin_archive import __version__


def versions() -> dict[str, str]:
    """What wrote this: our version and those of the libraries whose work can be told in the output."""
    names = ("scrapy", "twisted", "warcio", "pyarrow", "selectolax", "tzdata")
    return {
        "kremlin-archive": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in names},
    }
