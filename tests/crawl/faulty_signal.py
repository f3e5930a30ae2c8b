"""An extension whose handlers of Scrapy's signals fail, as ours could."""

from __future__ import annotations

import sqlite3
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler


class FaultyWhenIdle:
    """Fails once when there is nothing to do: by a fault of ours (``FAULT=ours``) or by a damaged state."""

    def __init__(self, error: Exception) -> None:
        self._errors = [error]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        is_ours = crawler.settings["FAULT"] == "ours"
        faulty = cls(KeyError("ours") if is_ours else sqlite3.DatabaseError("not a database"))
        crawler.signals.connect(faulty.idle, signals.spider_idle)
        return faulty

    def idle(self) -> None:
        if self._errors:
            raise self._errors.pop()
