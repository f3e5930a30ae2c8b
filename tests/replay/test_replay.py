from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from kremlin_archive.archive.captures import read_captures
from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.writer import RunFacts, WarcWriter
from kremlin_archive.cli import main
from kremlin_archive.dataset.extract import extract
from kremlin_archive.packing.wacz import pack_wacz
from kremlin_archive.records import Capture
from tests.crawl.running import NEWS, Run
from tests.replay.conftest import EVENT, Served, needs_pywb, replaying, shown_text
from tests.unit.packing.conftest import FIRST, SECOND, Seen

EN = f"http://en.kremlin.ru{NEWS}/{EVENT}"
RU = f"http://kremlin.ru{NEWS}/{EVENT}"

pytestmark = needs_pywb


def captures(run: Run, url: str, kind: str) -> list[Capture]:
    return [
        capture
        for warc in run.warcs
        for capture in read_captures(warc, name=warc.name)
        if (capture.url, capture.record_type) == (url, kind)
    ]


def stamp(capture: Capture) -> str:
    return f"{capture.fetched_at:%Y%m%d%H%M%S}"


def test_the_first_lines_are_the_archive_and_an_example(served: Served) -> None:
    assert served.base.startswith("http://127.0.0.1:")
    assert served.base.endswith("/kremlin/")
    assert served.example.startswith(served.base)
    assert served.example.endswith(RU)
    status, _ = served.get(served.example.removeprefix(served.base))
    assert status == 200


@pytest.mark.parametrize("url", [EN, RU])
def test_an_event_page_opens_with_the_stored_bytes(served: Served, crawled: Run, url: str) -> None:
    (capture,) = captures(crawled, url, "response")
    assert served.get(f"{stamp(capture)}id_/{url}") == (200, capture.content)


@pytest.mark.parametrize("doc_id", [f"en:{EVENT}", f"ru:{EVENT}"])
def test_an_event_page_opens_with_the_text_of_the_tables(
    served: Served, crawled: Run, doc_id: str
) -> None:
    row = crawled.documents[doc_id]
    status, html = served.get(f"mp_/{row['url']}")
    assert status == 200
    text = shown_text(html)
    assert row["title"] in text
    paragraphs = row["text"].split("\n")
    assert paragraphs
    assert [paragraph for paragraph in paragraphs if paragraph not in text] == []


def test_the_counterpart_is_reached_by_the_page_s_own_link(served: Served, crawled: Run) -> None:
    (capture,) = captures(crawled, EN, "response")
    _, html = served.get(f"{stamp(capture)}mp_/{EN}")
    links = LexborHTMLParser(html.decode("utf-8")).css("a[href], link[href]")
    targets = {link.attributes["href"] or "" for link in links}
    (target,) = {one for one in targets if one.endswith(f"/{RU}")}
    status, html = served.get(target.partition("/kremlin/")[2])
    assert status == 200
    assert crawled.documents[f"ru:{EVENT}"]["title"] in shown_text(html)


@pytest.mark.parametrize("url", [EN, RU])
def test_a_revisit_opens_with_the_content_of_its_original(
    served: Served, crawled: Run, url: str
) -> None:
    (original,) = captures(crawled, url, "response")
    (revisit,) = captures(crawled, url, "revisit")
    assert revisit.content == b""
    assert stamp(revisit) > stamp(original)
    assert served.get(f"{stamp(revisit)}id_/{url}") == (200, original.content)


def test_what_is_not_archived_is_not_fetched_from_the_web(served: Served) -> None:
    status, html = served.get(f"id_/http://en.kremlin.ru{NEWS}/1")
    assert status == 404
    assert b"be found in this collection" in html


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_pywb_too(
    crawled: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with replaying("--root", crawled.root, log=tmp_path / "log") as served:
        port = int(served.base.split(":")[2].split("/")[0])
        assert served.end(number) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_a_wacz_is_replayed_where_it_lies(crawled: Run, tmp_path: Path) -> None:
    wacz = tmp_path / "ru.wacz"
    assert main(["pack", str(wacz), "--root", str(crawled.root), "--languages", "ru"]) == 0
    original, revisit = (captures(crawled, RU, kind)[0] for kind in ("response", "revisit"))
    with replaying("--wacz", wacz, log=tmp_path / "log") as served:
        assert served.example.endswith(RU)
        for capture in (original, revisit):
            assert served.get(f"{stamp(capture)}id_/{RU}") == (200, original.content)
        assert served.get(f"id_/{EN}")[0] == 404, "the other edition was not packed"


def test_an_answer_not_modified_shows_the_capture_it_speaks_of(tmp_path: Path) -> None:
    root, seen, page = tmp_path / "archive", Seen(), b"<p>the page itself</p>"
    answers = {
        FIRST: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n" + page,
        SECOND: b"HTTP/1.1 304 Not Modified\r\n\r\n",
    }
    kinds = []
    for began, received in answers.items():
        facts = RunFacts("run", "test/1", "", "agent", "obey", f"HOST{began:%d}", "")
        with WarcWriter(root, facts, max_bytes=10**9, originals=seen) as warc:
            stored = warc.store(Exchange(EN, began, b"GET / HTTP/1.1\r\n\r\n", received, None))
            assert stored is not None
            seen.remember(stored.capture)
            kinds.append(stored.capture.record_type)
    assert kinds == ["response", "revisit"]
    wacz = tmp_path / "a.wacz"
    with replaying("--root", root, log=tmp_path / "log") as served:
        assert served.get(f"20261122120000id_/{EN}") == (200, page)
    extract(root)
    pack_wacz(root, wacz)
    with replaying("--wacz", wacz, log=tmp_path / "log") as served:
        assert served.get(f"20261122120000id_/{EN}") == (200, page)


def test_a_port_that_is_taken_is_named(crawled: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["replay", "--root", str(crawled.root), "--port", str(port)]) == 1
    assert f"127.0.0.1:{port} cannot be used" in capsys.readouterr().err


def test_without_pywb_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pywb", None)
    assert main(["replay", "--root", str(tmp_path)]) == 1
    assert "pip install 'kremlin-archive[replay]'" in capsys.readouterr().err


def test_an_empty_archive_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--root", str(tmp_path), "--port", "0"]) == 1
    assert "there are no WARC files" in capsys.readouterr().err
