"""Goldens: a folder a page, with its expected record or error.

::

    tests/golden/EDITION_TYPE_VARIANT/
        page.html | page.xml | page.txt   the decoded body, written for this project on the site's markup
        meta.json                         {"url": …, "content_type": … (optional)}
        expected.json | error.json        the record as JSON, or {"type": …, "message": …}

Expectations are written from reading the page; `python -m tests.golden.rewrite` shows where the
parser differs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kremlin_archive.errors import ArchiveError
from kremlin_archive.pages import parse_page
from kremlin_archive.records import to_json

GOLDENS = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Golden:
    """One golden folder."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def page(self) -> Path:
        (page,) = self.folder.glob("page.*")
        return page

    @property
    def meta(self) -> dict[str, str]:
        meta: dict[str, str] = json.loads((self.folder / "meta.json").read_text("utf-8"))
        return meta

    @property
    def expectation(self) -> Path:
        """The file that says what must come out: a record, or an error."""
        is_error = "_error_" in self.name
        return self.folder / ("error.json" if is_error else "expected.json")

    def expected(self) -> dict[str, Any]:
        expected: dict[str, Any] = json.loads(self.expectation.read_text("utf-8"))
        return expected

    def actual(self) -> dict[str, Any]:
        """What the parser makes of the page, as the expectation is written."""
        meta = self.meta
        try:
            record = parse_page(
                self.page.read_bytes(), meta["url"], content_type=meta.get("content_type")
            )
        except ArchiveError as error:
            return {"type": type(error).__name__, "message": str(error)}
        if record is None:
            return {"type": "None", "message": "a URL of no page type"}
        plain: dict[str, Any] = json.loads(json.dumps(to_json(record), ensure_ascii=False))
        return plain


def all_goldens() -> list[Golden]:
    """Every golden, by name."""
    return [Golden(meta.parent) for meta in sorted(GOLDENS.glob("*/meta.json"))]


def as_json(values: dict[str, Any]) -> str:
    """JSON as the goldens are written."""
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"
