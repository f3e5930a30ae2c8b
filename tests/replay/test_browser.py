"""The archive in a real browser, as a person sees it: pywb's frame with the page in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.crawl.running import Run
from tests.replay.chromium import chromium, keep_screenshot, needs_chromium
from tests.replay.conftest import EVENT, Served, needs_pywb

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = [needs_pywb, needs_chromium]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def text_in_the_frame(browser: Chrome) -> str:
    """What the archived page shows, whitespace collapsed."""
    from selenium.webdriver.support.expected_conditions import (  # noqa: PLC0415
        frame_to_be_available_and_switch_to_it,
    )
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415

    wait = WebDriverWait(browser, 30)
    wait.until(frame_to_be_available_and_switch_to_it("replay_iframe"))
    wait.until(lambda driver: driver.execute_script("return document.readyState") == "complete")
    text: str = browser.execute_script("return document.body.textContent")
    browser.switch_to.default_content()
    return " ".join(text.split())


def stamps(run: Run, doc_id: str) -> list[str]:
    """When a document was fetched, oldest first: a response, then a revisit."""
    rows = [row for row in run.rows("captures") if row["doc_id"] == doc_id]
    return sorted(f"{row['fetch_time']:%Y%m%d%H%M%S}" for row in rows)


@pytest.mark.parametrize(
    ("language", "nth"),
    [("en", 0), ("ru", 0), ("en", 1)],
    ids=["event", "counterpart", "revisit"],
)
def test_a_page_shows_its_stored_text(
    browser: Chrome, served: Served, crawled: Run, language: str, nth: int
) -> None:
    doc_id = f"{language}:{EVENT}"
    row = crawled.documents[doc_id]
    when = stamps(crawled, doc_id)[nth]
    browser.get(f"{served.base}{when}/{row['url']}")
    text = text_in_the_frame(browser)
    assert row["title"] in text
    assert row["title"] in " ".join(browser.title.split())
    assert [line for line in row["text"].split("\n") if line not in text] == []
    png = keep_screenshot(browser, f"replay-{language}-{nth}")
    assert len(png) > 20_000, "an empty window compresses to a few kilobytes"
