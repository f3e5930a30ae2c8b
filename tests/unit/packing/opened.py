"""Open a WACZ as a reader would, and check what its validator does not."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from kremlin_archive.archive.cdxj import IndexEntry, parse_line, sort_key
from kremlin_archive.archive.reader import RawRecord, read_records


@dataclass(frozen=True)
class Wacz:
    """A WACZ, unpacked below ``folder``."""

    path: Path
    folder: Path

    @cached_property
    def names(self) -> list[str]:
        with ZipFile(self.path) as file:
            file.extractall(self.folder)  # our own file
            return file.namelist()

    def read(self, name: str) -> bytes:
        assert name in self.names
        return (self.folder / name).read_bytes()

    @property
    def package(self) -> dict[str, Any]:
        package: dict[str, Any] = json.loads(self.read("datapackage.json"))
        return package

    @property
    def pages(self) -> list[dict[str, Any]]:
        _, *lines = self.read("pages/pages.jsonl").decode().splitlines()
        return [json.loads(line) for line in lines]

    @property
    def index(self) -> list[IndexEntry]:
        lines = gzip.decompress(self.read("indexes/index.cdx.gz")).splitlines(keepends=True)
        return [parse_line(line) for line in lines]

    @property
    def warcs(self) -> list[Path]:
        return [self.folder / name for name in self.names if name.startswith("archive/")]

    @property
    def records(self) -> list[RawRecord]:
        return [record for warc in self.warcs for record in read_records(warc)]

    def check(self) -> None:
        """Everything that must hold of any WACZ of ours."""
        self._check_files()
        self._check_index()
        self._check_pages()

    def _check_files(self) -> None:
        listed = {one["path"]: one for one in self.package["resources"]}
        digests = ["datapackage.json", "datapackage-digest.json"]
        assert sorted([*listed, *digests]) == sorted(self.names)
        for name, one in listed.items():
            content = self.read(name)
            assert one["bytes"] == len(content)
            assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert len({one["name"] for one in listed.values()}) == len(listed)
        digest = json.loads(self.read("datapackage-digest.json"))
        whole = hashlib.sha256(self.read("datapackage.json")).hexdigest()
        assert digest == {"path": "datapackage.json", "hash": f"sha256:{whole}"}
        with ZipFile(self.path) as file:
            packed = [info for info in file.infolist() if info.filename.endswith(".gz")]
        assert {info.compress_type for info in packed} == {ZIP_STORED}

    def _check_index(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "cdxj_indexer.main", "--sort"]
        done = subprocess.run([*command, *self.warcs], capture_output=True, check=True)
        assert gzip.decompress(self.read("indexes/index.cdx.gz")) == done.stdout
        data = self.read("indexes/index.cdx.gz")
        meta, *blocks = self.read("indexes/index.idx").splitlines()
        assert json.loads(meta.removeprefix(b"!meta 0 "))["filename"] == "index.cdx.gz"
        whole = b""
        for line in blocks:
            block = parse_line(line)
            start, length = int(block.fields["offset"]), int(block.fields["length"])
            stored = data[start : start + length]
            assert block.fields["digest"] == f"sha256:{hashlib.sha256(stored).hexdigest()}"
            lines = gzip.decompress(stored)
            assert lines.startswith(f"{block.key} {block.timestamp} ".encode())
            whole += lines
        assert whole == done.stdout

    def _check_pages(self) -> None:
        header = json.loads(self.read("pages/pages.jsonl").splitlines()[0])
        assert header["format"] == "json-pages-1.0"
        captured = {(entry.key, entry.timestamp) for entry in self.index}
        for page in self.pages:
            digits = "".join(c for c in page["ts"] if c.isdigit())
            assert (sort_key(page["url"]), digits) in captured
            assert page["title"]
            assert page["text"]
            assert page["id"]
