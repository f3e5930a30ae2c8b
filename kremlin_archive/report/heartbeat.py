"""Tell a monitor how a run ended, as healthchecks.io and its kin want it: POST to URL, or to URL/EXIT-CODE.

A monitor that hears nothing raises the alarm, so a run that never started is noticed too. The address is a
secret of a kind: messages name its host only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from threading import Thread
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from kremlin_archive.errors import UsageError

TIMEOUT = 10.0
"""Seconds that all of it may take: the monitor must not keep the run from ending."""
logger = logging.getLogger(__name__)


def heartbeat_address(url: str, code: int) -> str:
    """Where an exit code is told. Raises UsageError when the URL is none of http or https.

    >>> heartbeat_address("https://monitor.example/ping/1?create=1", 2)
    'https://monitor.example/ping/1/2?create=1'
    """
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_web = False
    if not is_web or not url.isascii() or any(letter.isspace() for letter in url):
        raise UsageError("HEARTBEAT_URL: expected an address that begins with http:// or https://")
    path = parts.path if code == 0 else f"{parts.path.rstrip('/')}/{code}"
    return parts._replace(path=path, fragment="").geturl()


def send_heartbeat(url: str, code: int, words: str) -> bool:
    """Tell an exit code with the summary as body; a failure is said in the log, and gives False."""
    address = heartbeat_address(url, code)
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    request = Request(address, words.encode(), headers, method="POST")  # noqa: S310 - http(s), checked above
    problem = _within(TIMEOUT, partial(_send, request))
    if problem is not None:
        logger.error("the heartbeat to %s failed: %s", urlsplit(url).hostname, problem)
    return problem is None


def _send(request: Request) -> str | None:
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            is_taken = answer.status < HTTPStatus.MULTIPLE_CHOICES
            return None if is_taken else f"status {answer.status}"
    except (OSError, HTTPException, ValueError) as error:
        return str(error)


def _within(seconds: float, send: Callable[[], str | None]) -> str | None:
    """The time-out of a socket is for each read: who answers byte by byte, or a slow resolver, outlasts it.

    A daemon's thread does not keep the process from ending.
    """
    told: list[str | None] = []
    thread = Thread(target=lambda: told.append(send()), daemon=True)
    thread.start()
    thread.join(seconds)
    return told[0] if told else "timed out"
