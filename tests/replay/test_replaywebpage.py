"""Our WACZ in ReplayWeb.page, which reads it with range requests and checks its hashes.

Needs the npm package «replaywebpage» (tried with 2.4.6) unpacked in the folder that REPLAYWEBPAGE names.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kremlin_archive.cli import main
from tests.crawl.running import Run
from tests.replay.chromium import chromium, keep_screenshot, needs_chromium
from tests.replay.conftest import EVENT

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PACKAGE = Path(os.environ.get("REPLAYWEBPAGE", ""))

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(
        not (PACKAGE / "ui.js").is_file(), reason="REPLAYWEBPAGE names no folder of the npm package"
    ),
]

_PAGE = """<!DOCTYPE html><body style="margin: 0; height: 100vh"><script src="/ui.js"></script>
<replay-web-page style="height: 100vh" source="/archive.wacz" url="{url}" ts="{ts}" replayBase="/replay/">
</replay-web-page></body>"""

_TEXT = """
function text(root) {
  let found = "";
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) found += text(element.shadowRoot);
    if (element.tagName === "IFRAME" && element.contentDocument && element.contentDocument.body)
      found += element.contentDocument.body.textContent + text(element.contentDocument);
  }
  return found;
}
return text(document);
"""
"""Text of all frames, through shadow roots."""


class Ranges(SimpleHTTPRequestHandler):
    """Serves files and byte ranges of them."""

    def do_GET(self) -> None:
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range") or "")
        path = Path(self.translate_path(self.path))
        if asked is None or not path.is_file():
            super().do_GET()
            return
        data = path.read_bytes()
        start = int(asked[1]) if asked[1] else max(len(data) - int(asked[2]), 0)
        end = int(asked[2]) + 1 if asked[1] and asked[2] else len(data)
        part = data[start:end]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{start + len(part) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def end_headers(self) -> None:
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Ranges, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_page_of_the_wacz_shows_its_text(crawled: Run, tmp_path: Path, language: str) -> None:
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415

    row = crawled.documents[f"{language}:{EVENT}"]
    site = tmp_path / "site"
    (site / "replay").mkdir(parents=True)
    shutil.copy(PACKAGE / "ui.js", site)
    shutil.copy(PACKAGE / "sw.js", site / "replay")
    assert main(["pack", str(site / "archive.wacz"), "--root", str(crawled.root)]) == 0
    stamp = f"{row['fetched_at']:%Y%m%d%H%M%S}"
    (site / "index.html").write_text(_PAGE.format(url=row["url"], ts=stamp), "utf-8")

    def shows_it(driver: Chrome) -> bool:
        text = " ".join(driver.execute_script(_TEXT).split())
        return all(line in text for line in (row["title"], *row["text"].split("\n")))

    with serving(site) as address, chromium(tmp_path / "profile") as browser:
        browser.get(f"{address}/index.html")
        WebDriverWait(browser, 60).until(shows_it)
        keep_screenshot(browser, f"replaywebpage-{language}")
