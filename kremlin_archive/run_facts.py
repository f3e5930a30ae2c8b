"""Where a run keeps things, and what it says of itself in its files."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from kremlin_archive import __version__
from kremlin_archive.archive.writer import RunFacts

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run keeps things, and under which name."""

    root: Path
    run_id: str

    @property
    def report(self) -> Path:
        """The run's report."""
        return self.root / "runs" / f"{self.run_id}.json"


def facts_of(settings: BaseSettings, run_id: str) -> RunFacts:
    """What each WARC file of a run says of it in its first record."""
    return RunFacts(
        run_id=run_id,
        software=f"kremlin-archive/{__version__} Scrapy/{version('scrapy')} warcio/{version('warcio')}",
        operator=settings.get("WARC_OPERATOR", ""),
        user_agent=settings["USER_AGENT"],
        robots="obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        hostname=socket.gethostname().partition(".")[0] or "localhost",
        description="Event pages of kremlin.ru and en.kremlin.ru",
    )
