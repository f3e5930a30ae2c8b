"""Find the WARC files in what a user names: WARC files themselves, or WACZ packages that hold some."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kremlin_archive.errors import UsageError, WarcError

_WARC_ENDINGS = (".warc", ".warc.gz")
_MAX_RATIO = 50
"""A WARC inside a WACZ is stored, or is plain text at best: more than this is a bomb."""
_SMALL = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A WARC file to import, and the name it is known by."""

    path: Path
    origin: str


@contextmanager
def open_sources(named: Path, scratch: Path) -> Iterator[list[Source]]:
    """The WARC files of one named file; those of a WACZ are unpacked below ``scratch`` meanwhile.

    Raises UsageError for a file that is neither, WarcError for a package that is broken or hostile.
    """
    if not named.is_file():
        raise UsageError(
            f"{named}: there is no such file (only files on this machine can be imported)"
        )
    if named.name.endswith(_WARC_ENDINGS):
        yield [Source(named, named.name)]
    elif named.suffix in (".wacz", ".zip") or zipfile.is_zipfile(named):
        folder = scratch / "wacz"
        try:
            yield list(_unpacked(named, folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    else:
        raise UsageError(f"{named}: neither a WARC (.warc, .warc.gz) nor a WACZ (.wacz)")


def _unpacked(package: Path, folder: Path) -> Iterator[Source]:
    folder.mkdir(parents=True)
    try:
        with zipfile.ZipFile(package) as members:
            wanted = [member for member in members.infolist() if _is_warc(member)]
            if not wanted:
                raise WarcError(f"{package}: holds no WARC file below archive/")
            for number, member in enumerate(wanted):
                yield _unpack(package, members, member, folder / f"{number}.warc")
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise WarcError(f"{package}: not a sound WACZ package: {error}") from error


def _is_warc(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    return path.parts[:1] == ("archive",) and member.filename.endswith(_WARC_ENDINGS)


def _unpack(
    package: Path, members: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path
) -> Source:
    """Copy one member. Its name is never used as a path: it is somebody else's text."""
    if member.file_size > _SMALL + _MAX_RATIO * member.compress_size:
        raise WarcError(
            f"{package}: {member.filename!r} unpacks to {member.file_size:,} bytes from "
            f"{member.compress_size:,}: taken for a zip bomb and not unpacked"
        )
    with members.open(member) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return Source(target, f"{package.name}/{PurePosixPath(member.filename).name}")
