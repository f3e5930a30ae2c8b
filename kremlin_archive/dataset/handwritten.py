"""Files beside the archive that people write: a list of tables of one name, in TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from kremlin_archive.errors import ArchiveError


def read_entries(path: Path, name: str, refusal: type[ArchiveError]) -> list[dict[str, Any]]:
    """Read the ``[[name]]`` tables of a file; none where there is no file.

    Raises ``refusal`` when it cannot be read, is not TOML or holds anything else.
    """
    if not path.exists():
        return []
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refusal(f"{path}: it is not TOML: {error}") from error
    except OSError as error:
        raise refusal(f"{path}: it cannot be read: {error}") from error
    entries = said.get(name)
    if not isinstance(entries, list) or set(said) != {name}:
        raise refusal(f"{path}: it must hold [[{name}]] tables and nothing else")
    return entries
