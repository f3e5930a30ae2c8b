"""Table files of the snapshot before that need not be made again, because their inputs are the same.

``<root>/cache/shards.json`` says of each unit (files that are made together) from what it was made:
a key over all its inputs and over the code that made it. A file is taken over only if its bytes still
have the checksum they were published with. The cache can be deleted: everything is then made anew,
with the same bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from sys import version_info
from types import MappingProxyType
from typing import Any

import kremlin_archive
from kremlin_archive.archive.durable import replace_text
from kremlin_archive.dataset.checksums import sha256_of

CACHE = "cache/shards.json"
_PACKAGE = Path(kremlin_archive.__file__).parent
_CODE = ("dataset", "pages", "records.py", "urls.py")
_LIBRARIES = ("pyarrow", "rapidfuzz", "sentencex", "tzdata")


class Shelf:
    """What the snapshot before can lend; files are taken by the key of their unit.

    ``described`` gives the manifest's words on each file taken.
    """

    def __init__(
        self, snapshot: Path | None = None, units: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        self._snapshot = snapshot
        self._units = units
        self._made: dict[str, str] = {}
        self.described: dict[str, dict[str, Any]] = {}

    @classmethod
    def of(cls, snapshots: Path, cache: Path) -> Shelf:
        """Open what ``cache`` says of a snapshot; empty where it says nothing that can be read."""
        try:
            said = json.loads(cache.read_text("utf-8"))
            units = {
                str(unit): {"key": entry["key"], "files": dict(entry["files"])}
                for unit, entry in dict(said["units"]).items()
            }
            return cls(snapshots / said["snapshot"], units)
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def file(self, unit: str, path: str) -> Path | None:
        """Give the file a unit has under this path below the snapshot, or None."""
        entry = self._units.get(unit)
        if self._snapshot is None or entry is None or path not in entry["files"]:
            return None
        return self._snapshot / path

    def holds(self, unit: str, key: str) -> bool:
        """Whether the unit was made from the same before; its key is noted for the next time."""
        self.note(unit, key)
        return bool(self._units.get(unit, {}).get("key") == key)

    def note(self, unit: str, key: str) -> None:
        """Remember from what a unit is being made."""
        self._made[unit] = key

    def take(self, unit: str, key: str, into: Path) -> bool:
        """Put the unit's files below ``into`` if it was made from the same; its key is noted anyway."""
        if self._snapshot is None or not self.holds(unit, key):
            self.note(unit, key)
            return False
        files = self._units[unit]["files"]
        if not all(_is_sound(self._snapshot / path, files[path]["sha256"]) for path in files):
            return False
        for path in files:
            _put(self._snapshot / path, into / path)
        self.described.update(files)
        return True

    def save(self, cache: Path, snapshot: str, files: Iterable[dict[str, Any]]) -> None:
        """Write down what was made from what, for the next time; ``files`` are the manifest's."""
        by_unit: dict[str, dict[str, Any]] = {
            unit: {"key": key, "files": {}} for unit, key in self._made.items()
        }
        for file in files:
            if (unit := unit_of(file["path"])) in by_unit:
                by_unit[unit]["files"][file["path"]] = file
        said = {"snapshot": snapshot, "code": code_key(), "units": by_unit}
        replace_text(cache, json.dumps(said), durably=False)


DERIVED = "derived"
PICTURES = "pictures"
"""A unit without files: the captures that rows of media point to."""
_OF_DOCUMENTS = frozenset(
    {"documents", "paragraphs", "turns", "revisions", "document_tags", "media", "links"}
)


def made_by(cache: Path, snapshot: str) -> str:
    """Give the key of the code that made a snapshot; empty where ``cache`` does not say it."""
    try:
        said = json.loads(cache.read_text("utf-8"))
        return str(said["code"]) if said["snapshot"] == snapshot else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def unit_of(path: str) -> str:
    """Name the unit a table file belongs to.

    >>> unit_of("turns/turns-ru-2021.parquet"), unit_of("captures/captures-2026-11.parquet")
    ('documents-ru-2021', 'captures-2026-11')
    """
    table, _, name = path.partition("/")
    shard = name.removeprefix(f"{table}-").removesuffix(".parquet")
    if table in _OF_DOCUMENTS:
        return f"documents-{shard}"
    # An empty file of alignments has no year; it is kept as long as nothing changes.
    of_its_own = table == "captures" or (table == "alignments" and shard != "empty")
    return f"{table}-{shard}" if of_its_own else DERIVED


def code_key() -> str:
    """Hash what makes the tables: our code, the libraries whose work can be told in the files."""
    digest = sha256(repr((version_info[:2], [version(name) for name in _LIBRARIES])).encode())
    for path in sorted(_sources()):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterable[Path]:
    for name in _CODE:
        place = _PACKAGE / name
        if place.is_file():
            yield place
        yield from (
            path
            for path in place.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__"
        )


def _is_sound(path: Path, digest: str) -> bool:
    return path.is_file() and sha256_of(path) == digest


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
