"""Run pywb on the loopback address until somebody ends it."""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from kremlin_archive.errors import ReplayError
from kremlin_archive.replay.collection import NAME, Collection

HOST = "127.0.0.1"

_INSTALL = "replay needs pywb, which is not installed: pip install 'kremlin-archive[replay]'"
_START_SECONDS = 60.0
_END_SECONDS = 5.0

MakeCollection = Callable[[Path], Collection]
"""Configures pywb in the folder it is given."""


def serve(make: MakeCollection, *, port: int, say: Callable[[str], None]) -> None:
    """Serve a collection until SIGINT or SIGTERM; ``port`` 0 takes a free one.

    ``say`` gets the address, then that of an example, when pages can be opened. Raises ReplayError when
    pywb is not installed, does not start or ends by itself.
    """
    if importlib.util.find_spec("pywb") is None:
        raise ReplayError(_INSTALL)
    port = _free_port(port)
    with (
        contextlib.suppress(KeyboardInterrupt),
        _ending_on_signals(),
        TemporaryDirectory(prefix="kremlin-replay-") as folder,
    ):
        collection = make(Path(folder))
        with _pywb(Path(folder), port) as process:
            _wait_until_open(process, port)
            base = f"http://{HOST}:{port}/{NAME}/"
            say(base)
            say(
                f"{base}{collection.example}" if collection.example else "no event page is archived"
            )
            raise ReplayError(f"pywb has ended by itself, with exit code {process.wait()}")


@contextmanager
def _pywb(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    options = ["--bind", HOST, "--port", str(port), "--directory", str(folder)]
    command = [sys.executable, "-W", "ignore", "-m", "pywb.apps.cli", *options]
    # What pywb says goes to standard error, so that our first lines are the addresses.
    with subprocess.Popen(command, cwd=folder, stdout=sys.stderr.fileno()) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_open(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ReplayError(f"pywb did not start: exit code {process.returncode}; see above")
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise ReplayError(f"pywb does not answer on {HOST}:{port} after {_START_SECONDS:.0f} s")


def _free_port(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ReplayError(
                f"{HOST}:{port} cannot be used: {error.strerror}; try --port 0"
            ) from error
        return int(probe.getsockname()[1])


@contextmanager
def _ending_on_signals() -> Iterator[None]:
    """SIGTERM ends replay as Ctrl-C does, or pywb would live on alone."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
