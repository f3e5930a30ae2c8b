"""Digests as they stand in records: ``sha256:`` and lower-case hex (legal, and read by every tool tried)."""

from __future__ import annotations

import hashlib


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def labelled(data: bytes) -> str:
    """SHA-256 with its label, as WARC digest fields hold it."""
    return f"sha256:{sha256_hex(data)}"
