"""A challenge in a page's place: stored, told from the bytes alone, and nothing about the document."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from kremlin_archive.cli import main
from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.extraction import extract_capture
from tests.unit.dataset.conftest import rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from kremlin_archive.records import Capture
    from tests.unit.dataset.conftest import Event, Site

CHALLENGE = b"<html><script>document.cookie='a=1';location.reload()</script></html>"


def served(site: Site, event: Event, *, hours: float, status: int = 200) -> Capture:
    return site.capture(event.url, CHALLENGE, status=status, hours=hours)


@pytest.mark.parametrize("status", [200, 202, 404, 405, 410, 503])
def test_a_challenge_is_a_refusal_whatever_its_status(
    site: Site, event: Event, status: int
) -> None:
    found = extract_capture(served(site, event, hours=1, status=status))
    assert (found.kind, found.doc_id, found.record) == ("event", "en:66419", None)
    assert found.problem_kind == "challenge"
    assert event.url in str(found.problem)


@pytest.mark.parametrize("path", ["", "/feed", "/page/2", "/66419/photos"])
def test_challenges_are_told_at_every_kind_of_address(site: Site, path: str) -> None:
    url = f"http://en.kremlin.ru/events/president/news{path}"
    found = extract_capture(site.capture(url, CHALLENGE))
    assert (found.problem_kind, found.doc_id) == ("challenge", None)


def test_a_redirect_to_a_protection_service_is_a_challenge(site: Site, event: Event) -> None:
    headers = (("Location", "/.well-known/ddos-guard/js-challenge/"),)
    found = extract_capture(site.capture(event.url, b"", status=302, headers=headers))
    assert found.problem_kind == "challenge"


@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_by_status_needs_no_mark(site: Site, event: Event, status: int) -> None:
    assert extract_capture(served(site, event, hours=1, status=status)).problem is None


def archive(site: Site, root: Path, captures: list[Capture]) -> Path:
    site.warc(root / "warc/2026/a.warc.gz", captures)
    return root


@pytest.mark.parametrize("status", [404, 410])
def test_challenges_do_not_make_a_page_gone(
    site: Site, event: Event, tmp_path: Path, status: int
) -> None:
    challenges = [served(site, event, hours=hours, status=status) for hours in (1, 9, 30)]
    root = archive(site, tmp_path, [site.event(event), *challenges])
    published = extract(root).published.path
    [document] = rows_of(published, "documents")
    assert document["status"] == "live"
    assert len(rows_of(published, "revisions")) == 1
    assert len(rows_of(published, "captures")) == 4


def test_challenges_are_listed_and_are_no_failure_of_extract(
    site: Site, event: Event, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = archive(site, tmp_path, [site.event(event), served(site, event, hours=9)])
    assert main(["extract", "--root", str(root)]) == 0
    words = capsys.readouterr().out
    assert "Challenges instead of pages, which are refusals" in words
    assert "could not be read" not in words


def test_an_archive_of_challenges_alone_holds_no_document(
    site: Site, event: Event, tmp_path: Path
) -> None:
    root = archive(site, tmp_path, [served(site, event, hours=1)])
    published = extract(root).published.path
    assert rows_of(published, "documents") == []
    assert len(rows_of(published, "captures")) == 1


def test_a_compressed_challenge_is_told_too(site: Site, event: Event, tmp_path: Path) -> None:
    body = gzip.compress(CHALLENGE)
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    root = archive(site, tmp_path, [site.capture(event.url, body, headers=headers)])
    assert [problem.kind for problem in extract(root).problems] == ["challenge"]
