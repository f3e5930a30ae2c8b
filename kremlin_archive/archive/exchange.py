"""One HTTP exchange as its connection saw it: every byte sent, every byte received, when and with whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Truncation = Literal["length", "time", "disconnect", "unspecified"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """``sent`` and ``received`` are wire bytes above TLS; ``began`` (UTC) is when the request went out.

    ``truncated`` says why receiving ended before the message did; ``error`` says it in words.
    """

    url: str
    began: datetime
    sent: bytes
    received: bytes
    peer: str | None
    truncated: Truncation | None = None
    error: str | None = None
