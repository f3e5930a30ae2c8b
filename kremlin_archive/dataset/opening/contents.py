"""What a snapshot's manifest says is in it, and whether the files are there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kremlin_archive.dataset.columns import SCHEMA_VERSION
from kremlin_archive.dataset.opening.suggestions import nearest
from kremlin_archive.errors import SnapshotError, UsageError

MANIFEST = "manifest.json"
ANEW = "`kremlin-archive extract` publishes it anew from the WARC files"
_AGAIN = "run `kremlin-archive extract`: it publishes the same tables anew, as -r2"


@dataclass(frozen=True, slots=True)
class File:
    """A table's file as the manifest lists it; the event numbers are None where rows have none."""

    path: str
    table: str
    size: int
    rows: int
    first_event: int | None
    last_event: int | None

    def may_hold(self, event_id: int) -> bool:
        """Whether rows of this event can be in the file."""
        if self.first_event is None or self.last_event is None:
            return True
        return self.first_event <= event_id <= self.last_event


@dataclass(frozen=True, slots=True)
class Contents:
    """The manifest of a snapshot: its id, its schema version, rows by table, files, where WARCs lie."""

    snapshot: str
    schema_version: str
    rows: Mapping[str, int] = field(hash=False)
    listed: tuple[File, ...]
    warc_root: str

    @classmethod
    def read(cls, folder: Path) -> Contents:
        """Read the manifest of a snapshot's folder.

        Raises SnapshotError when it cannot be read, or is of a schema version that this one is not
        made for.
        """
        try:
            said = json.loads((folder / MANIFEST).read_text("utf-8"))
            check_version(folder, str(said["schema_version"]))
            return cls(
                snapshot=str(said["snapshot"]),
                schema_version=str(said["schema_version"]),
                rows={str(table): int(rows) for table, rows in said["rows"].items()},
                listed=tuple(_file(one) for one in said["files"]),
                warc_root=str(said["warc_root"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SnapshotError(
                f"{folder / MANIFEST}: it cannot be read ({error!r}); copy the snapshot again, or {ANEW}"
            ) from error

    def files(self, folder: Path, table: str) -> list[File]:
        """Files of a table, in order; each is there and has the size it was published with.

        Raises UsageError for a table that is not there, SnapshotError for files that are not.
        """
        self.check_table(table)
        files = [file for file in self.listed if file.table == table]
        faults = [fault for file in files if (fault := _missing(folder, file)) is not None]
        if faults:
            raise SnapshotError(damage(folder, faults))
        return files

    def check_table(self, table: str) -> None:
        """Raise UsageError for a name that is no table of the snapshot."""
        if table not in self.rows:
            raise UsageError(
                f"snapshot {self.snapshot} has no table {table!r}; "
                f"{nearest(table, list(self.rows), 'its tables are')}{self.older()}"
            )

    def older(self) -> str:
        """Words on a snapshot of an older schema version, which may lack what newer ones have."""
        if _numbers(self.schema_version) >= _numbers(SCHEMA_VERSION):
            return ""
        return (
            f" (its schema is {self.schema_version}, the newest is {SCHEMA_VERSION}: {ANEW}, with all "
            "that has been added since)"
        )


def check_version(folder: Path, version: str) -> None:
    """Raise SnapshotError for a schema version whose tables are not read as this version's."""
    found, known = _numbers(version)[0], _numbers(SCHEMA_VERSION)[0]
    if found == known:
        return
    advice = "run `kremlin-archive extract` to publish it anew from the WARC files"
    if found > known:
        advice = "it was made by a newer kremlin-archive: update yours"
    raise SnapshotError(f"{folder}: schema {version}; this version reads {known}.x; {advice}")


def _file(said: Mapping[str, Any]) -> File:
    return File(
        path=str(said["path"]),
        table=str(said["table"]),
        size=int(said["bytes"]),
        rows=int(said["rows"]),
        first_event=said.get("min_event_id"),
        last_event=said.get("max_event_id"),
    )


def _missing(folder: Path, file: File) -> str | None:
    try:
        size = (folder / file.path).stat().st_size
    except FileNotFoundError:
        return f"{file.path} is missing"
    if size != file.size:
        return f"{file.path} has {size:,} bytes, not {file.size:,}: it is cut or was changed"
    return None


def damage(folder: Path, faults: list[str]) -> str:
    """Words on a damaged snapshot: what is wrong, and what to do."""
    listed = "\n  ".join(faults)
    return f"{folder}: the snapshot is damaged; copy it again, or {_AGAIN}:\n  {listed}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
