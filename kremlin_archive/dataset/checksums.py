"""``SHA256SUMS`` of a snapshot, and the hash it is made of."""

from __future__ import annotations

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
