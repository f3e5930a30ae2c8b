"""Run commands as cron does, each in a process of its own, at any instant, without paying for imports.

``python -m tests.year.forkserver`` imports what the crawler needs, once, and then answers JSON lines: for
each order (``Order``) it forks a child whose clock stands at the instant asked for and goes on from there,
which runs the command; a child can be killed (-9) some seconds after its start. One line comes back for each
(``End``).

The clock is time-machine's: ``time.time``, ``datetime.now`` and the like, patched in C, so the crawler's
code does not know. ``time.monotonic``, by which asyncio measures, is left alone. No thread runs and no
reactor is installed before a fork, so a child starts as a fresh process does, but for the modules that are
there already.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import NoReturn

import time_machine
from scrapy.cmdline import execute

PROJECT = Path(__file__).parents[2]
_PACKAGES = (
    "scrapy.commands", "scrapy.downloadermiddlewares", "scrapy.extensions", "scrapy.spidermiddlewares",
)  # fmt: skip
_MODULES = (
    "aiohttp", "pandas", "protego", "pyarrow.dataset", "pyarrow.pandas_compat", "pydantic", "pytz",
    "queuelib", "scrapy.logformatter", "scrapy.pqueues", "scrapy.squeues", "scrapy.statscollectors",
    "twisted.conch.telnet", "twisted.web.client", "kremlin_archive.commands.crawl", "kremlin_archive.addon",
    "kremlin_archive.settings",
)  # fmt: skip
_NEVER = 600.0  # seconds; a run that takes longer hangs
_POLL = 0.002  # seconds
_NO_COMMAND = 70
"""Exit code of a child that broke outside the command's own handling (EX_SOFTWARE)."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command, the instant at which it starts (ISO, with offset), its log, and when to kill it."""

    then: str
    argv: tuple[str, ...]
    log: str
    kill_after: float | None = None


@dataclass(frozen=True, slots=True)
class End:
    """How a command ended: exit code (negative: the signal), wall and CPU seconds, peak memory in KiB."""

    code: int
    seconds: float
    cpu: float
    memory: int


class ForkServer:
    """The server, seen from the process that gives the orders."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(
        self, then: datetime, argv: tuple[str, ...], log: Path, kill_after: float | None = None
    ) -> End:
        """Run a command at an instant and wait for its end."""
        order = Order(then.isoformat(), argv, str(log), kill_after)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the fork server has ended: {self._process.wait()}")
        return End(**json.loads(line))


@contextmanager
def fork_server() -> Iterator[ForkServer]:
    """Start a server for as long as the block runs."""
    # Scrapy has deprecated some of the modules that it still looks through at each start.
    command = [sys.executable, "-W", "ignore", "-m", "tests.year.forkserver"]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield ForkServer(process)
        assert process.stdin is not None
        process.stdin.close()  # ends its loop


def serve() -> None:
    """Answer orders until standard input ends."""
    import_all()
    gc.freeze()  # else each child copies what its collector touches
    for line in sys.stdin:
        values = json.loads(line)
        end = _run(Order(**{**values, "argv": tuple(values["argv"])}))
        sys.stdout.write(json.dumps(asdict(end)) + "\n")
        sys.stdout.flush()


def import_all() -> None:
    """Import what a crawl imports, but the reactor, whose file descriptors belong to one process.

    Scrapy finds its components by walking packages; pyarrow asks for pandas where it is installed.
    """
    for name in _PACKAGES:
        package = import_module(name)
        for _, module, _ in iter_modules(package.__path__, f"{name}."):
            import_module(module)
    for name in _MODULES:
        with suppress(
            ModuleNotFoundError
        ):  # some come with packages that are merely installed here, too
            import_module(name)
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("an import has installed a reactor")


def _run(order: Order) -> End:
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _become(order)
    killed_at = None if order.kill_after is None else began + order.kill_after
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        now = time.monotonic()
        if done:
            break
        if now > began + _NEVER or (killed_at is not None and now >= killed_at):
            os.kill(child, signal.SIGKILL)
            killed_at = None
        time.sleep(_POLL)
    cpu = usage.ru_utime + usage.ru_stime
    code = os.waitstatus_to_exitcode(status)
    return End(code, round(now - began, 4), round(cpu, 4), usage.ru_maxrss)


def _become(order: Order) -> NoReturn:
    """Turn this fork into the command; never returns."""
    code = _NO_COMMAND
    try:
        _redirect(order.log)
        time_machine.travel(datetime.fromisoformat(order.then), tick=True).start()
        execute(list(order.argv))
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, a child never returns into the server's loop
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect(log: str) -> None:
    with Path(log).open("ab") as file, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


if __name__ == "__main__":
    serve()
