"""The least a Scrapy spider can do on the same pages: walk the listings, fetch the events, keep nothing.

python -m benchmarks.bare_spider PORT LISTING_PAGES
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class BareSpider(scrapy.Spider):
    name = "bare"

    def __init__(self, port: int, pages: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.site = f"http://127.0.0.1:{port}"
        self.pages = pages

    def ask(self, path: str, callback: Any) -> scrapy.Request:
        return scrapy.Request(self.site + path, callback, headers={"Host": "en.kremlin.ru"})

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for page in range(2, self.pages + 2):
            yield self.ask(f"/events/president/news/page/{page}", self.listing)

    def listing(self, response: Response) -> Iterator[scrapy.Request]:
        for path in response.css("h3.hentry__title_special > a::attr(href)").getall():
            yield self.ask(path, self.event)

    def event(self, response: Response) -> None:
        pass


if __name__ == "__main__":
    process = AsyncCrawlerProcess(
        {"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "TELNETCONSOLE_ENABLED": False}
    )
    process.crawl(BareSpider, port=int(sys.argv[1]), pages=int(sys.argv[2]))
    process.start()
