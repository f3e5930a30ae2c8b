"""Judge each page against what is known, and count it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from kremlin_archive.extensions import ArchiveRun
from kremlin_archive.items import MissedItem, PageItem
from kremlin_archive.urls import event_address

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from kremlin_archive.report.tally import Tally
    from kremlin_archive.state import State

logger = logging.getLogger(__name__)


class JudgePipeline:
    """New, changed, unchanged, or not had: every item ends in the tally."""

    def __init__(self, tally: Tally, state: State) -> None:
        self._tally = tally
        self._state = state

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Share the run's tally and state."""
        run = ArchiveRun.of(crawler)
        return cls(run.tally, run.state)

    def process_item(self, item: PageItem | MissedItem) -> PageItem | MissedItem:
        """Count an item."""
        if isinstance(item, MissedItem):
            self._tally.missed(item.url, item.missed, item.problem)
            self._note_vanished(item)
        else:
            self._judge(item)
        return item

    def _note_vanished(self, item: MissedItem) -> None:
        address = event_address(item.url)
        if item.missed == "absent" and address and self._state.may_be_there(address.doc_id):
            self._tally.vanished[urlsplit(item.url).netloc] += 1

    def _judge(self, item: PageItem) -> None:
        extraction = item.taken.extraction
        record = extraction.record
        if record is None:
            problem = extraction.problem or f"{item.url}: no event record could be read"
            logger.error("%s; its bytes are stored", problem)
            self._tally.missed(item.url, "failed", problem)
            return
        self._tally.fills[record.language].add(record)
        known = self._state.known(record.doc_id)
        if known is None:
            self._tally.got("new")
        else:
            same = known.content_sha256 == item.taken.content_sha256
            self._tally.got("unchanged" if same else "changed")
            self._tally.found[urlsplit(item.url).netloc] += 1
        for warn in record.warnings:
            self._tally.warnings[warn.kind] += 1
            logger.info("%s: %s: %s", item.url, warn.kind, warn.detail)
