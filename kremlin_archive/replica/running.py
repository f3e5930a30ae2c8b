"""A replica in a thread of its own, for tests and the demo."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kremlin_archive.replica.folder import Folder
from kremlin_archive.replica.log import ExchangeLog
from kremlin_archive.replica.rules import Rule
from kremlin_archive.replica.server import Replica
from kremlin_archive.replica.source import Source


@contextmanager
def serve(
    source: Source | Path, rules: Iterable[Rule] = (), port: int = 0, *, log: bool = True
) -> Iterator[Replica]:
    """Serve a site, or a folder of saved pages (a Path), on loopback while the block runs.

    ``log`` keeps every exchange's bytes in memory: leave it off for large crawls.
    """
    pages = Folder(source) if isinstance(source, Path) else source
    replica = Replica(pages, rules, ExchangeLog() if log else None)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="replica", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(replica.start(port), loop).result()
        yield replica
    finally:
        asyncio.run_coroutine_threadsafe(replica.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
