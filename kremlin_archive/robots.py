"""robots.txt, obeyed to the letter of RFC 9309: one that cannot be fetched forbids everything.

Scrapy takes an unreachable or failing robots.txt for permission.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.http import TextResponse

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

FORBID_ALL = b"User-agent: *\nDisallow: /\n"
_SERVER_ERROR = 500


class StrictRobots(RobotsTxtMiddleware):
    """Scrapy's middleware; a server error or no answer at all counts as «Disallow: /» (RFC 9309, 2.3.1.4)."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= _SERVER_ERROR:
            response = response.replace(body=FORBID_ALL)
            self._stats.set_value("robotstxt/unreachable", netloc)
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:  # noqa: ARG002 - Scrapy's signature
        self._stats.set_value("robotstxt/unreachable", netloc)
        waiting = self._parsers[netloc]
        answer = TextResponse(f"http://{netloc}/robots.txt", body=FORBID_ALL)
        parser = self._parserimpl.from_crawler(self.crawler, answer.body)
        self._parsers[netloc] = parser
        waiting.callback(parser)  # type: ignore[union-attr] # a Deferred until it is answered
