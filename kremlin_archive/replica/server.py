"""The socket server: reads requests, asks the source, lets rules misbehave, logs exact bytes."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import formatdate

from kremlin_archive.errors import UsageError
from kremlin_archive.replica import control
from kremlin_archive.replica.http import (
    PLAIN,
    Answer,
    BadRequestError,
    HangUp,
    Pause,
    Reply,
    Request,
    Send,
    Step,
    read_request,
    script,
)
from kremlin_archive.replica.log import End, Entry, Exchange, ExchangeLog
from kremlin_archive.replica.misbehaviour import check_kinds, misbehave
from kremlin_archive.replica.rules import Rule, RuleSet
from kremlin_archive.replica.source import Source, misdirected

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close() sends RST
_LET_CLIENT_READ = 0.05  # seconds before a reset, which discards what the client has not read yet


class Replica:
    """One local site: its source of pages, rules and log; usable from any thread."""

    def __init__(
        self, source: Source, rules: Iterable[Rule] = (), log: ExchangeLog | None = None
    ) -> None:
        self.source = source
        self.log = log
        self.port = 0
        self.served = 0
        """Requests answered, those of the control host left out."""
        self.clock: Callable[[], float] = time.time
        """The site's own clock, seconds since the epoch: what the Date header says."""
        self._rules = RuleSet()
        self.rules = tuple(rules)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._connected = 0

    @property
    def address(self) -> str:
        """URL of the socket: ``http://127.0.0.1:8066``."""
        return f"http://{self.connect_to}"

    @property
    def connect_to(self) -> str:
        """Host and port of the socket, as the setting CONNECT_TO takes them."""
        return f"127.0.0.1:{self.port}"

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Exchanges logged so far, those under way included; empty without a log."""
        return self.log.exchanges() if self.log else ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Rules in force; setting them begins to count anew. UsageError for an unknown kind."""
        return self._rules.rules

    @rules.setter
    def rules(self, rules: Iterable[Rule]) -> None:
        fresh = RuleSet(rules)
        check_kinds(fresh.rules)
        self._rules = fresh  # one assignment: the loop's thread sees the old set or the new one

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes any free one."""
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop the connections that are open."""
        if self._server is None:
            return
        self._server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - start_server runs this as a task
        self._connections.add(task)
        self._connected += 1
        number = self._connected
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._exchange(number, reader, writer):
                    pass
        except asyncio.CancelledError:
            writer.transport.abort()  # stop() cancels; ending here is what it wants
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(
        self, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        try:
            request = await read_request(reader)
        except BadRequestError as error:
            writer.write(_refusal(error))
            return False
        if request is None:
            return False
        if request.host == control.HOST:
            return await self._play(
                script(Answer(control.answer(self, request)), request, self._now()), writer
            )
        rules = self._rules.hitting(request)
        answer = misbehave(Answer(self._reply(request)), rules, request, self._reply)
        self.served += 1
        steps = script(answer, request, self._now())
        if self.log is None:
            return await self._play(steps, writer)
        entry = self.log.open(connection, request, (rule.kind for rule in rules))
        return await self._play_logged(steps, writer, entry, self.log)

    def _now(self) -> str:
        return formatdate(self.clock(), usegmt=True)

    def _reply(self, request: Request) -> Reply:
        if request.method not in ("GET", "HEAD"):
            return Reply(405, PLAIN, (("Allow", "GET, HEAD"),), b"Only GET and HEAD\n")
        if request.host.removeprefix("www.") not in self.source.hosts:
            return misdirected(request, self.source.hosts)
        try:
            return self.source.answer(request)
        except UsageError as error:  # an edition that cannot be shown
            return Reply(500, PLAIN, body=f"{error}\n".encode())

    async def _play_logged(
        self, steps: list[Step], writer: asyncio.StreamWriter, entry: Entry, log: ExchangeLog
    ) -> bool:
        end: End = "client left"
        try:
            stays = await self._play(steps, writer, entry)
            last = steps[-1] if steps else None
            end = "complete"
            if isinstance(last, HangUp) and last.premature:
                end = "reset" if last.abrupt else "hung up"
            return stays
        finally:
            log.close(entry, end)

    async def _play(
        self, steps: list[Step], writer: asyncio.StreamWriter, entry: Entry | None = None
    ) -> bool:
        for step in steps:
            if isinstance(step, Send):
                if entry is not None:
                    entry.response += step.data
                writer.write(step.data)
            elif isinstance(step, Pause):
                await writer.drain()
                await _pause(step, writer)
            else:
                await _hang_up(step, writer)
                return False
        await writer.drain()
        return True


async def _pause(step: Pause, writer: asyncio.StreamWriter) -> None:
    """Wait; a client that leaves ends the wait with ConnectionResetError."""
    until = time.monotonic() + (float("inf") if step.seconds is None else step.seconds)
    while (left := until - time.monotonic()) > 0:
        await asyncio.sleep(min(left, 0.05))
        if writer.transport.is_closing():
            raise ConnectionResetError("the client left during a pause")


async def _hang_up(step: HangUp, writer: asyncio.StreamWriter) -> None:
    await writer.drain()
    if step.abrupt:
        await asyncio.sleep(_LET_CLIENT_READ)
        connected = writer.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)


def _refusal(error: BadRequestError) -> bytes:
    text = f"{error}\n".encode()
    return b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
        len(text),
        text,
    )
