"""Chunk framing of an HTTP body, removed as the bytes pass; ``archive/http.py`` does it for whole bodies."""

from __future__ import annotations

import re

_MAX_LINE = 4096
"""Bytes of a size line with its extensions; servers write a dozen."""
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?")


class Dechunker:
    """Takes a chunked body in pieces of any size and gives the entity body back.

    ``is_complete`` once the closing chunk has come; ``is_broken`` once something stood where a size should.
    """

    def __init__(self) -> None:
        self._line = b""
        self._left = 0
        self._behind_chunk = False
        self.chunks = 0
        """Chunks that began, the closing one not counted."""
        self.is_complete = False
        self.is_broken = False
        self.has_more = False
        """Whether bytes follow the closing chunk, its trailer fields and the empty line."""
        self._trailer = b""

    def feed(self, data: bytes) -> bytes:
        """The entity bytes in ``data``; nothing after the framing has ended or broken."""
        out: list[bytes] = []
        while data and not self.is_broken:
            if self.is_complete:
                self._end(data)
                break
            if self._left:
                out.append(data[: self._left])
                data, self._left = data[self._left :], max(0, self._left - len(data))
                self._behind_chunk = self._left == 0
            else:
                data = self._size_line(data)
        return b"".join(out)

    def end(self) -> None:
        """No more bytes come: a last line without its end must at least look like a size."""
        line = self._line.rstrip(b"\r")
        self.is_broken = self.is_broken or bool(line and not _SIZE.fullmatch(line))

    def _size_line(self, data: bytes) -> bytes:
        """Take bytes up to the end of the line that says the next chunk's size; returns the rest."""
        line, newline, rest = data.partition(b"\n")
        self._line += line
        if not newline:
            self.is_broken = len(self._line) > _MAX_LINE
            return b""
        line, self._line = self._line.rstrip(b"\r"), b""
        if not line and self._behind_chunk:  # the line end of the chunk before
            self._behind_chunk = False
            return rest
        size = _SIZE.fullmatch(line)
        if size is None:
            self.is_broken = True
            return rest
        self._behind_chunk = False
        self._left = int(size[1], 16)
        self.is_complete = self._left == 0
        self.chunks += not self.is_complete
        return rest

    def _end(self, data: bytes) -> None:
        """Bytes behind the closing chunk: trailer fields up to an empty line, and what is too much."""
        self._trailer += data[: _MAX_LINE - len(self._trailer)]
        self.has_more = bool((b"\n" + self._trailer).partition(b"\n\r\n")[2])
