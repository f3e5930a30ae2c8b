"""Redirects of a listing or feed to itself under another of the site's names: https, www, a slash at the end.

Should the site move to https one day, every listing answers so at first. Events' redirects are the spider's:
they can lead elsewhere, and then say something of the event.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kremlin_archive.answers import leads_to_itself
from kremlin_archive.refusals import location
from kremlin_archive.urls import event_address, is_robots

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

HOPS = "redirects_to_itself"
"""In a request's meta: how often it was led on to itself."""
_MOST_HOPS = 3
logger = logging.getLogger(__name__)


class SamePage:
    """Downloader middleware: asks where a page leads to, if that is the page itself; all else passes."""

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """The answer, or the request that follows it."""
        hops = request.meta.get(HOPS, 0)
        target = location(response)
        is_others = is_robots(request.url) or event_address(request.url) is not None
        leads_on = leads_to_itself(request.url, response.status, target) and target != request.url
        if is_others or not leads_on or hops >= _MOST_HOPS:
            return response
        logger.info("%s leads to %s, which is asked for instead", request.url, target)
        meta = {**request.meta, HOPS: hops + 1}
        return request.replace(url=target, dont_filter=True, meta=meta)
