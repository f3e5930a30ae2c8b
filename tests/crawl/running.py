"""Run the real spider as cron runs it, and look at what it left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kremlin_archive.archive.reader import RawRecord, read_records
from kremlin_archive.replica.site.edition import bundled_editions

PROJECT = Path(__file__).parents[2]
FAST = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "8",
    "DOWNLOAD_TIMEOUT": "3",
    "RETRY_TIMES": "1",
    "BACKOFF_BASE": "0",
    "LOG_LEVEL": "WARNING",
}
NEWS = "/events/president/news"
ENGLISH_NEWS = sum(
    one.language == "en" and "president/news" in one.sections for one in bundled_editions()
)
"""Pages that the English news listing of the bundled site names."""


@dataclass(frozen=True)
class Run:
    """How a crawl ended and what it left."""

    code: int
    words: str
    log: str
    root: Path

    @property
    def report(self) -> dict[str, Any]:
        newest = max((self.root / "runs").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        report: dict[str, Any] = json.loads(newest.read_text("utf-8"))
        return report

    @property
    def pages(self) -> dict[str, int]:
        pages: dict[str, int] = self.report["pages"]
        return {outcome: count for outcome, count in pages.items() if count}

    @property
    def problems(self) -> dict[str, str]:
        return {miss["url"]: miss["problem"] for miss in self.report["misses"]}

    def rows(self, table: str) -> list[dict[str, Any]]:
        return pq.read_table(self.root / "latest" / table).to_pylist()

    @property
    def documents(self) -> dict[str, dict[str, Any]]:
        return {row["doc_id"]: row for row in self.rows("documents")}

    @property
    def warcs(self) -> list[Path]:
        return sorted((self.root / "warc").rglob("*.warc.gz"))

    def records(self, kind: str, path: str = "") -> list[RawRecord]:
        return [
            record
            for warc in self.warcs
            for record in read_records(warc)
            if record.type == kind and (record.get("WARC-Target-URI") or "").endswith(path)
        ]


Crawl = Callable[..., Run]


def command(
    root: Path, connect_to: str, arguments: dict[str, str], settings: dict[str, str]
) -> list[str]:
    """The command line of a crawl, fast, into ``root``."""
    every = {**FAST, "ARCHIVE_ROOT": str(root), "CONNECT_TO": connect_to, **settings}
    options = [part for name, value in every.items() for part in ("-s", f"{name}={value}")]
    options += [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    return [sys.executable, "-m", "scrapy", "crawl", "events", *options]


def crawl_at(
    root: Path, connect_to: str, arguments: dict[str, str], settings: dict[str, str]
) -> Run:
    """Run ``scrapy crawl events`` as a process of its own."""
    return ran(root, command(root, connect_to, arguments, settings))


def ran(root: Path, words: list[str]) -> Run:
    """Run a command line that crawls into ``root``."""
    done = subprocess.run(
        words, cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False
    )
    return Run(done.returncode, done.stdout, done.stderr, root)


def crawl_without_rights(root: Path, connect_to: str, arguments: dict[str, str]) -> Run:
    """The same as a user who is bound by the modes of files; root is not, and gives that right up."""
    rights = "-dac_override,-dac_read_search"
    without = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]
    prefix = without if os.geteuid() == 0 else []
    return ran(root, [*prefix, *command(root, connect_to, arguments, {})])
