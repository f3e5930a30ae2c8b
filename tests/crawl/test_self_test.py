"""A crawl that cannot record exactly must not begin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kremlin_archive.replica import Replica
from tests.crawl.running import PROJECT, Crawl, command

SPOILED = """
from dataclasses import replace
import kremlin_archive.wire as wire
whole = wire.Tap.exchange
def spoiled(self, url, error):
    exchange = whole(self, url, error)
    return exchange and replace(exchange, {part}=exchange.{part}[:-1])
wire.Tap.exchange = spoiled
from scrapy.cmdline import execute
execute()
"""


@pytest.mark.parametrize("part", ["sent", "received"])
def test_a_byte_that_is_not_recorded_refuses_the_crawl(
    replica: Replica, tmp_path: Path, part: str
) -> None:
    arguments = command(tmp_path, replica.connect_to, {}, {})[3:]
    done = subprocess.run(
        [sys.executable, "-c", SPOILED.format(part=part), *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"the bytes recorded as {part} are not those" in done.stdout + done.stderr
    assert not replica.exchanges


def test_a_handler_that_records_nothing_refuses_the_crawl(crawl: Crawl, replica: Replica) -> None:
    plain = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
    run = crawl(settings={"DOWNLOAD_HANDLERS": f'{{"http": "{plain}", "https": "{plain}"}}'})
    assert run.code == 1, run.words
    assert "records nothing" in run.log
    assert not replica.exchanges
