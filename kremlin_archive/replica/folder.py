"""A folder of saved pages, served byte for byte: ``HOST/PATH.html``, or ``HOST/PATH`` itself.

Nothing is invented: what was not saved is a 404, a section's first listing page included.
``robots.txt`` and ``…/feed`` are kept without ``.html``.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from urllib.parse import unquote

from kremlin_archive.errors import UsageError
from kremlin_archive.replica.http import ATOM, HTML, PLAIN, Reply, Request, pack
from kremlin_archive.replica.source import missing

_CACHE_BYTES = 64 * 1024 * 1024  # about 5,000 pages; a crawl asks for each once


class Folder:
    """Saved pages by host and path; packed bodies of the pages asked for last stay in memory."""

    def __init__(self, root: Path, cache_bytes: int = _CACHE_BYTES) -> None:
        if not root.is_dir():
            raise UsageError(f"no folder of saved pages: {root}")
        self._root = root
        self._cache: OrderedDict[tuple[str, str], tuple[str, bytes]] = OrderedDict()
        self._held = 0
        self._cache_bytes = cache_bytes

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts that have saved pages."""
        return frozenset(path.name for path in self._root.iterdir() if path.is_dir())

    def answer(self, request: Request) -> Reply:
        """Reply with the saved page of a request, or a 404."""
        key = (request.host.removeprefix("www."), unquote(request.path))
        kept = self._cache.get(key)
        if kept is None:
            path = self._file(*key)
            if path is None:
                return missing(request)
            kept = self._keep(key, path)
        else:
            self._cache.move_to_end(key)
        content_type, packed = kept
        return Reply(200, content_type, packed=packed)

    def _file(self, host: str, path: str) -> Path | None:
        parts = path.split("/")
        if ".." in parts or "\0" in path:
            return None
        stem = path.strip("/") or "index"
        candidates = (self._root / host / f"{stem}.html", self._root / host / stem)
        return next((one for one in candidates if one.is_file()), None)

    def _keep(self, key: tuple[str, str], path: Path) -> tuple[str, bytes]:
        body = path.read_bytes()
        kept = (_content_type(path, body), pack(body))
        self._cache[key] = kept
        self._held += len(kept[1])
        while self._held > self._cache_bytes:
            _, (_, dropped) = self._cache.popitem(last=False)
            self._held -= len(dropped)
        return kept


def _content_type(path: Path, body: bytes) -> str:
    if path.suffix == ".html":
        return HTML
    return ATOM if body.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml") else PLAIN
