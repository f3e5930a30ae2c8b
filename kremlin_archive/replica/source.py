"""Where the replica's pages come from: a source answers a request of one of its hosts."""

from __future__ import annotations

from typing import Protocol

from kremlin_archive.replica.http import PLAIN, Reply, Request


class Source(Protocol):
    """Pages by host and path."""

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts that the source has pages of, without ``www.``."""

    def answer(self, request: Request) -> Reply:
        """Reply to a request of one of the hosts; 404 for what is not there."""


def missing(request: Request) -> Reply:
    """Reply with a plain 404 that names what was asked for."""
    text = f"Not found: {request.host}{request.path}\n"
    return Reply(404, PLAIN, body=text.encode())


def misdirected(request: Request, hosts: frozenset[str]) -> Reply:
    """Reply with a plain 421 for a host that is not here; names those that are."""
    text = f"No such host here: {request.host or '(none)'}; there are {', '.join(sorted(hosts))}\n"
    return Reply(421, PLAIN, body=text.encode())
