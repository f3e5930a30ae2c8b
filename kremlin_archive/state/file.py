"""The cache's file: opened if it is exactly what was left there, made anew if it is not.

SQLite notices some damage, and a changed letter never. So who has written leaves a seal, the hash of the
file, beside it, and takes it away before writing again. A file without a seal was left by a run that was
killed: SQLite undoes what that had not finished, and checks the rest. Somebody who reads the file keeps what
they read, and no run waits for them: it goes on with a copy.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from contextlib import closing
from hashlib import file_digest
from pathlib import Path

from kremlin_archive.archive.durable import clear_place, replace_text

_SEAL = ".sha256"
_COPY = ".copy"
logger = logging.getLogger(__name__)
_BESIDE = (
    "",
    "-journal",
    "-wal",
    "-shm",
    _SEAL,
    _COPY,
)  # in this order: a journal must not outlive its file
_REFUSALS = ("FULL", "IOERR", "READONLY", "CANTOPEN", "PERM", "AUTH", "BUSY", "LOCKED", "NOMEM")


def open_file(path: Path, tables: str, made_by: str) -> tuple[sqlite3.Connection, str | None]:
    """Open the file, or make it anew; gives why, if it was.

    ``tables`` are the statements that make it, the table ``made_by`` among them. Raises OSError or
    sqlite3.Error when it cannot be made.
    """
    fault = _fault(path, made_by)
    if fault is not None:
        discard(path)
        return _make(path, tables, made_by), fault
    _beside(path, _COPY).unlink(missing_ok=True)
    if _is_held(path):
        _part_from_readers(path)
    return sqlite3.connect(path), None


def seal(path: Path) -> None:
    """Say that the file is whole as it is now."""
    replace_text(_beside(path, _SEAL), _hash(path), durably=False)


def unseal(path: Path) -> None:
    """Say that the file is about to change."""
    _beside(path, _SEAL).unlink(missing_ok=True)


def discard(path: Path) -> None:
    """Take the file away, with all that belongs to it; what is no file is only moved. Raises OSError."""
    clear_place(path)
    for end in _BESIDE:
        _beside(path, end).unlink(missing_ok=True)


def is_refused(error: sqlite3.Error) -> bool:
    """Whether it is the disk that refuses, and not the file that is damaged."""
    name = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_")
    return name.startswith(_REFUSALS)


def _fault(path: Path, made_by: str) -> str | None:
    """What keeps the file from being used, or None."""
    if not path.exists():
        return "it was not there"
    if not path.is_file():
        return "it was no file"
    if not os.access(path, os.R_OK | os.W_OK):
        return "it could not be written"
    try:
        with closing(sqlite3.connect(path)) as database:
            found = database.execute("SELECT versions FROM made_by").fetchall()
            is_whole = _is_whole(path, database)
    except (OSError, ValueError, sqlite3.Error) as error:  # a damaged message cannot be decoded
        return f"it was damaged: {error}"
    if not is_whole:
        return "it was damaged"
    return None if found == [(made_by,)] else "it was made by another version"


def _is_held(path: Path) -> bool:
    """Whether somebody is in the middle of reading the file: nothing could be written to it."""
    with closing(sqlite3.connect(path, timeout=0)) as database:
        try:
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return True
    return False


def _part_from_readers(path: Path) -> None:
    """Put a copy in the file's place. Who has it open goes on with the one that has no name any more."""
    aside = _beside(path, _COPY)
    shutil.copy(path, aside)
    aside.replace(path)
    logger.info("%s is being read by somebody: this run goes on with a copy", path)


def _is_whole(path: Path, database: sqlite3.Connection) -> bool:
    """Only after a question was answered: that is when SQLite undoes what was not finished."""
    left = _beside(path, _SEAL)
    if left.exists():
        return left.read_bytes() == _hash(path).encode()
    return bool(database.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


def _make(path: Path, tables: str, made_by: str) -> sqlite3.Connection:
    """All or nothing: a killed run leaves no file that lacks a table."""
    database = sqlite3.connect(path)
    database.executescript(f"BEGIN; {tables} INSERT INTO made_by VALUES ('{made_by}'); COMMIT;")  # noqa: S608
    return database


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
