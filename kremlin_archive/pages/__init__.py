"""Pages in, frozen records out: pure functions of bytes and URL, no disk, no network, no Scrapy."""
