"""Which payloads are stored already, so that the second fetch of one becomes a revisit.

A revisit always names the original *response*, never another revisit, wherever in the archive it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

SMALLEST = 256
"""Bytes of a payload below which storing it again is cheaper than the fields of a revisit."""


@dataclass(frozen=True, slots=True)
class Original:
    """The response record that first held a payload; ``date`` is its WARC-Date, character for character."""

    record_id: str
    url: str
    date: str


class Originals(Protocol):
    """What an archive holds, asked by the writer for each answer."""

    def find(self, payload_digest: str, url: str) -> Original | None:
        """The first response with this payload, that of the same URL before any other; None if new."""

    def latest(self, url: str) -> Original | None:
        """The newest response with content that this URL gave, for a server's «not modified»."""


class NoOriginals:
    """An archive that remembers nothing: every payload is new."""

    def find(self, payload_digest: str, url: str) -> Original | None:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return None

    def latest(self, url: str) -> Original | None:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return None
