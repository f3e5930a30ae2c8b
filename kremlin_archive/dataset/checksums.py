"""``SHA256SUMS`` of a snapshot, the hash it is made of, and what differs from it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from hashlib import file_digest
from pathlib import Path

CHECKSUMS = "SHA256SUMS"


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def read_checksums(folder: Path) -> dict[str, str]:
    """Read what ``SHA256SUMS`` of a snapshot says, by path; empty where there is none."""
    path = folder / CHECKSUMS
    if not path.is_file():
        return {}
    pairs = (line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in pairs}


def damages(folder: Path, but: AbstractSet[str] = frozenset()) -> list[str]:
    """Compare a snapshot's files (without those in ``but``) with their checksums.

    Gives what is wrong in words, each beginning with the file's path.
    """
    try:
        sums = read_checksums(folder)
    except (OSError, ValueError):
        sums = {}
    if not sums:
        return [f"{CHECKSUMS}: it is missing or cannot be read"]
    found = (_damage(folder, path, sums[path]) for path in sorted(sums.keys() - but))
    return [damage for damage in found if damage is not None]


def _damage(folder: Path, path: str, digest: str) -> str | None:
    try:
        differs = sha256_of(folder / path) != digest
    except FileNotFoundError:
        return f"{path}: it is missing"
    except OSError as error:
        return f"{path}: it cannot be read: {error.strerror}"
    return f"{path}: its checksum is not that of {CHECKSUMS}" if differs else None
