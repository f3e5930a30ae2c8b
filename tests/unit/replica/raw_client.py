"""A client that reads exactly what a socket gives, and says how it ended."""

from __future__ import annotations

import socket
import zlib
from dataclasses import dataclass
from typing import Literal

from kremlin_archive.replica import Replica

HOST = "en.kremlin.ru"


@dataclass(frozen=True)
class Answer:
    """What came over one connection until its end."""

    raw: bytes
    end: Literal["closed", "reset", "silent"]

    @property
    def final(self) -> bytes:
        """The answer after any 1xx heads."""
        rest = self.raw
        while rest.startswith(b"HTTP/1.1 1"):
            rest = rest.partition(b"\r\n\r\n")[2]
        return rest

    @property
    def status(self) -> int:
        return int(self.final.split()[1])

    @property
    def head(self) -> str:
        blank = b"\n\n" if b"\r\n\r\n" not in self.final else b"\r\n\r\n"
        return self.final.partition(blank)[0].decode("latin-1")

    @property
    def payload(self) -> bytes:
        blank = b"\n\n" if b"\r\n\r\n" not in self.final else b"\r\n\r\n"
        return self.final.partition(blank)[2]

    def header(self, name: str) -> str | None:
        lines = [line.partition(":") for line in self.head.splitlines()[1:]]
        return next((v.strip() for key, _, v in lines if key.lower() == name.lower()), None)

    @property
    def content(self) -> bytes:
        """The entity after transfer- and content-decoding."""
        chunked = self.header("transfer-encoding") == "chunked"
        entity = dechunked(self.payload) if chunked else self.payload
        return zlib.decompress(entity, 31) if self.header("content-encoding") == "gzip" else entity


def dechunked(payload: bytes) -> bytes:
    entity, rest = b"", payload
    while True:
        line, _, rest = rest.partition(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        if size == 0:
            return entity
        entity, rest = entity + rest[:size], rest[size + 2 :]


def request(target: str, host: str = HOST, method: str = "GET", *headers: str) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def exchange(replica: Replica, sent: bytes, patience: float = 3.0) -> Answer:
    """Send bytes on a new connection and read until it ends or is silent for ``patience`` seconds."""
    raw = b""
    with socket.create_connection(("127.0.0.1", replica.port), timeout=patience) as client:
        client.sendall(sent)
        while True:
            try:
                piece = client.recv(65536)
            except ConnectionResetError:
                return Answer(raw, "reset")
            except TimeoutError:
                return Answer(raw, "silent")
            if not piece:
                return Answer(raw, "closed")
            raw += piece


def get(
    replica: Replica,
    target: str,
    *headers: str,
    host: str = HOST,
    method: str = "GET",
    patience: float = 3.0,
) -> Answer:
    """One request with gzip offered and Connection: close."""
    offered = ("Accept-Encoding: gzip", "Connection: close")
    return exchange(replica, request(target, host, method, *headers, *offered), patience)
