"""The socket log: every exchange's bytes as the replica read and wrote them.

A line of the log file is a JSON object: ``number`` (from 1, in the order requests came),
``connection`` (from 1), ``host``, ``method``, ``target``, ``began`` and ``ended`` (seconds since
the epoch; ``ended`` null while under way), ``end`` (``complete``, ``hung up`` before all was sent,
``reset``, ``client left``, ``under way``), ``rules`` (kinds that hit it), ``request`` and
``response`` (base64 of the exact bytes; of a cut answer, what was written before the cut; after a
reset the client may have read less).
"""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from kremlin_archive.replica.http import Request

End = Literal["complete", "hung up", "reset", "client left", "under way"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what was written in answer; the fields are the module's."""

    number: int
    connection: int
    host: str
    method: str
    target: str
    began: float
    ended: float | None
    end: End
    rules: tuple[str, ...]
    request: bytes
    response: bytes

    @property
    def url(self) -> str:
        """The URL asked for."""
        return f"http://{self.host}{self.target}"

    @property
    def status(self) -> int | None:
        """Status of the final answer; None where its first line was never sent."""
        head = self.response
        while head.startswith(b"HTTP/1.1 1"):
            head = head.partition(b"\r\n\r\n")[2]
        words = head.split(b"\n", 1)[0].split()
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else None

    def to_json(self) -> str:
        """Write the exchange as a line of the log file, without its newline."""
        values: dict[str, Any] = asdict(self)
        for name in ("request", "response"):
            values[name] = b64encode(values[name]).decode("ascii")
        return json.dumps(values, ensure_ascii=False)


def exchange_from_json(line: str) -> Exchange:
    """Exchange of one line of the log file."""
    values = json.loads(line)
    values |= {name: b64decode(values[name]) for name in ("request", "response")}
    return Exchange(**{**values, "rules": tuple(values["rules"])})


def read_log(path: Path) -> list[Exchange]:
    """Exchanges of a log file, in the order the requests came."""
    with path.open(encoding="utf-8") as lines:
        return sorted((exchange_from_json(line) for line in lines), key=lambda one: one.number)


class Entry:
    """An exchange under way.

    Bytes are noted before they are written: a client that has read its whole answer finds it here,
    with ``end`` perhaps still to come.
    """

    def __init__(
        self, number: int, connection: int, request: Request, rules: Iterable[str]
    ) -> None:
        self.number, self.connection, self.request = number, connection, request
        self.rules = tuple(rules)
        self.began = time.time()
        self.ended: float | None = None
        self.end: End = "under way"
        self.response = bytearray()

    def close(self, end: End) -> None:
        """Note how the exchange ended."""
        self.end, self.ended = end, time.time()

    def exchange(self) -> Exchange:
        """Give the exchange as it stands."""
        one = self.request
        facts = (self.number, self.connection, one.host, one.method, one.target)
        times = (self.began, self.ended, self.end)
        return Exchange(*facts, *times, self.rules, one.raw, bytes(self.response))


class ExchangeLog:
    """All exchanges since the start or the last ``clear``, in memory or in a file."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()
        self._number = 0
        self._file = path.open("w", encoding="utf-8") if path else None

    def open(self, connection: int, request: Request, rules: Iterable[str]) -> Entry:
        """Begin an exchange."""
        with self._lock:
            self._number += 1
            entry = Entry(self._number, connection, request, rules)
            self._entries.append(entry)
        return entry

    def close(self, entry: Entry, end: End) -> None:
        """End an exchange; with a file, its bytes move there and memory is given back."""
        entry.close(end)
        if self._file is None:
            return
        self._file.write(entry.exchange().to_json() + "\n")
        self._file.flush()
        with self._lock:
            self._entries.remove(entry)

    def exchanges(self) -> tuple[Exchange, ...]:
        """Exchanges in memory (with a file: those under way), in the order the requests came."""
        with self._lock:
            return tuple(entry.exchange() for entry in self._entries)

    def clear(self) -> None:
        """Forget what is held in memory."""
        with self._lock:
            self._entries.clear()

    def shut(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()
