"""Digest fields: read the label, compute while the bytes pass, compare whatever way the value is written."""

from __future__ import annotations

import base64
import hashlib
import re
from copy import copy
from typing import Self

_ALGORITHMS = frozenset(
    {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s"}
)


class Digester:
    """Computes what a digest field says and tells whether it says so.

    ``field`` is as it stands: ``sha256:`` and hex as we write it, ``sha1:`` and base 32 as wget, Heritrix and
    warcio do, ``sha-256:`` as browsers' tools do.
    """

    def __init__(self, field: str) -> None:
        label, _, value = field.partition(":")
        name = label.strip().lower().replace("-", "")
        self._value = value.strip()
        self._hash = hashlib.new(name, usedforsecurity=False) if name in _ALGORITHMS else None
        if self._hash is not None and not _has_length(self._value, self._hash.digest_size):
            self._hash = None

    @property
    def is_known(self) -> bool:
        """Whether the algorithm is known and the value has the form of one of its digests."""
        return self._hash is not None

    def update(self, data: bytes) -> None:
        """Take in the next bytes."""
        if self._hash is not None:
            self._hash.update(data)

    def copy(self) -> Self:
        """The same digest as far as it is computed."""
        other = copy(self)
        other._hash = self._hash.copy() if self._hash is not None else None  # noqa: SLF001 - our own
        return other

    def agrees(self) -> bool:
        """Whether the bytes so far have the digest; unknown ones are not disputed."""
        return self._hash is None or _is_written(self._value, self._hash.digest())

    def is_of_nothing(self) -> bool:
        """Whether the field holds the digest of no bytes at all."""
        return self._hash is not None and _is_written(
            self._value, hashlib.new(self._hash.name).digest()
        )

    def found(self) -> str:
        """The digest of the bytes so far, in the notation of the field."""
        raw = self._hash.digest() if self._hash is not None else b""
        return raw.hex() if len(self._value) == 2 * len(raw) else _base32(raw)


def normal(field: str) -> tuple[str, str]:
    """Algorithm and value for comparing two digest fields with each other."""
    label, _, value = field.partition(":")
    return label.strip().lower().replace("-", ""), value.strip().rstrip("=").lower()


def _is_written(value: str, digest: bytes) -> bool:
    return value.lower() == digest.hex() or value.upper().rstrip("=") == _base32(digest)


def _has_length(value: str, size: int) -> bool:
    """Whether the value is hex or base 32 of ``size`` bytes."""
    in_hex = re.fullmatch(r"[0-9A-Fa-f]+", value) and len(value) == 2 * size
    bare = value.upper().rstrip("=")
    return bool(in_hex) or bool(re.fullmatch(r"[A-Z2-7]+", bare) and len(bare) == -(-size * 8 // 5))


def _base32(digest: bytes) -> str:
    return base64.b32encode(digest).decode().rstrip("=")
