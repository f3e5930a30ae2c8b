"""Wire the archive's components into Scrapy; values stay in settings.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import NotConfigured

from kremlin_archive.extensions import ArchiveRun
from kremlin_archive.pipelines import JudgePipeline
from kremlin_archive.refusals import Refusals
from kremlin_archive.robots import StrictRobots
from kremlin_archive.same_page import SamePage
from kremlin_archive.spiders.events import EventsSpider
from kremlin_archive.wire import WireDownloadHandler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

_BEFORE_RETRY = 560  # the retry middleware (550) must not repeat at once what asks for patience


class ArchiveAddon:
    """Record every exchange, obey robots.txt and refusals, judge every page.

    Only for the spider that archives: ``scrapy shell`` and ``fetch`` must not write to an archive that
    another run may hold.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Stay out of other spiders' way."""
        if crawler.spidercls.name != EventsSpider.name:
            raise NotConfigured
        return cls()

    def update_settings(self, settings: BaseSettings) -> None:
        """Add the components; a user's own settings can still switch each off."""
        for scheme in ("http", "https"):
            settings["DOWNLOAD_HANDLERS"].set(scheme, WireDownloadHandler, priority="addon")
        settings.setdefault_in_component_priority_dict("EXTENSIONS", ArchiveRun, 0)
        settings.setdefault_in_component_priority_dict("ITEM_PIPELINES", JudgePipeline, 300)
        settings.setdefault_in_component_priority_dict(
            "DOWNLOADER_MIDDLEWARES", Refusals, _BEFORE_RETRY
        )
        settings.setdefault_in_component_priority_dict(
            "DOWNLOADER_MIDDLEWARES", RobotsTxtMiddleware, None
        )
        settings.setdefault_in_component_priority_dict("DOWNLOADER_MIDDLEWARES", StrictRobots, 100)
        settings.setdefault_in_component_priority_dict("DOWNLOADER_MIDDLEWARES", SamePage, 600)
