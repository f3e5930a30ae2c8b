"""Every kind of misbehaviour does on the wire what it says."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from time import monotonic

import pytest

from kremlin_archive.replica import Replica, Rule
from tests.unit.replica.raw_client import Answer, dechunked, get

PAGE = "/events/president/news/66419"
NEWS = "/events/president/news"


def misbehaving(replica: Replica, rule: Rule, path: str = PAGE, patience: float = 3.0) -> Answer:
    replica.rules = [rule]
    return get(replica, path, patience=patience)


@pytest.mark.parametrize("code", [403, 404, 429, 500, 503, 451])
def test_status(replica: Replica, code: int) -> None:
    answer = misbehaving(replica, Rule("status", status=code))
    assert (answer.status, answer.content) == (code, f"Status {code}\n".encode())


def test_status_with_words_and_retry_after(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("status", status=429, text="Wait.", retry_after="120"))
    assert (answer.header("retry-after"), answer.content) == ("120", b"Wait.")


def test_status_without_body(replica: Replica) -> None:
    empty = misbehaving(replica, Rule("status", status=500, text=""))
    assert (empty.header("content-length"), empty.payload) == ("0", b"")
    nothing = misbehaving(replica, Rule("status", status=204))
    assert (nothing.header("content-length"), nothing.payload) == (None, b"")


@pytest.mark.parametrize("where", [f"{NEWS}/4", "http://example.com/", None])
def test_redirect(replica: Replica, where: str | None) -> None:
    answer = misbehaving(replica, Rule("redirect", status=301, location=where))
    assert answer.status == 301
    assert answer.header("location") == (where or f"http://en.kremlin.ru{PAGE}")


REPLACED: dict[str, tuple[Rule, Callable[[bytes], bool], str]] = {
    "content": (Rule("content", text="<p>x"), lambda body: body == b"<p>x", "text/html"),
    "challenge": (Rule("challenge"), lambda body: b"JavaScript" in body, "text/html"),
    "png": (Rule("png"), lambda body: body.startswith(b"\x89PNG"), "text/html"),
    "honest png": (
        Rule("png", content_type="image/png"),
        lambda body: body[1:4] == b"PNG",
        "image/png",
    ),
    "json": (Rule("json"), lambda body: body.startswith(b"{"), "application/json"),
    "empty": (Rule("empty"), lambda body: body == b"", "text/html"),
    "edit": (
        Rule("edit", old="Tokayev", new="T."),
        lambda body: b"Tokayev" not in body and b"T." in body,
        "text/html",
    ),
}


@pytest.mark.parametrize("case", REPLACED)
def test_other_bodies(replica: Replica, case: str) -> None:
    rule, is_so, content_type = REPLACED[case]
    answer = misbehaving(replica, rule)
    assert answer.status == 200
    assert is_so(answer.content)
    assert (answer.header("content-type") or "").startswith(content_type)


def test_edit_begins_after_some_requests(replica: Replica) -> None:
    replica.rules = [Rule("edit", after=2, old="Kremlin", new="Tower")]
    changed = [b"Tower" in get(replica, PAGE).content for _ in range(3)]
    assert changed == [False, False, True]


def test_frame_changes_nothing_but_the_frame(replica: Replica) -> None:
    honest = get(replica, NEWS).content.decode()
    framed = misbehaving(replica, Rule("frame"), NEWS).content.decode()
    assert 'class="flag_red">2099' in framed
    assert "screen.css?0ddba11c0de" in framed
    assert "January 1, 2099" in framed
    inner = [
        page[page.index("lister-page") : page.index('class="promoted"')]
        for page in (honest, framed)
    ]
    assert inner[0] == inner[1]


@pytest.mark.parametrize("label", [None, "text/html; charset=windows-1251"])
def test_windows_1251(replica: Replica, label: str | None) -> None:
    replica.rules = [Rule("windows-1251", content_type=label)]
    answer = get(replica, PAGE, host="kremlin.ru")
    assert "Встреча с Президентом".replace("с П", "с\u00a0П").encode("cp1251") in answer.content
    assert answer.header("content-type") == (label or "text/html; charset=UTF-8")


def test_feed_that_is_not_xml(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("not-xml"), f"{NEWS}/feed")
    assert answer.content.startswith(b"<?xml")
    assert answer.content.endswith(b"</body></html>")


def test_robots_that_forbids_everything(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("disallow-all", path="/robots.txt"), "/robots.txt")
    assert answer.content == b"User-agent: *\nDisallow: /\n"


def test_listing_that_repeats_the_first_page(replica: Replica) -> None:
    first = get(replica, NEWS).content
    rule = Rule("serve-as", path=f"{NEWS}/page/*", location=NEWS)
    assert misbehaving(replica, rule, f"{NEWS}/page/3").content == first


def test_listing_without_items(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("empty-listing"), NEWS).content
    assert b"hentry_event" not in answer
    assert b"lister-page" in answer
    assert answer.count(b"<div") == answer.count(b"</div>")


@pytest.mark.parametrize("at", ["start", "head", "body"])
def test_delay(replica: Replica, at: str) -> None:
    started = monotonic()
    answer = misbehaving(replica, Rule("delay", at=at, seconds=0.3))  # type: ignore[arg-type]
    assert monotonic() - started >= 0.3
    assert b"Tokayev" in answer.content


@pytest.mark.parametrize(("at", "got"), [("start", 0), ("head", 50), ("body", 850)])
@pytest.mark.parametrize("kind", ["stall", "cut", "reset"])
def test_answers_that_break_off(replica: Replica, kind: str, at: str, got: int) -> None:
    rule = Rule(kind, at=at, size=700)  # type: ignore[arg-type]
    answer = misbehaving(replica, rule, patience=0.5)
    assert answer.end == {"stall": "silent", "cut": "closed", "reset": "reset"}[kind]
    assert got <= len(answer.raw) <= got + 300
    if at == "body":
        assert len(answer.payload) == 700
        assert int(answer.header("content-length") or 0) > 700


def test_chunks_without_their_end(replica: Replica) -> None:
    replica.rules = [Rule("chunked", size=200), Rule("cut", size=500)]
    answer = get(replica, PAGE)
    assert answer.header("transfer-encoding") == "chunked"
    assert len(answer.payload) == 500
    assert not answer.payload.endswith(b"0\r\n\r\n")


def test_short_body_is_whole_but_promises_more(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("short", size=40))
    assert answer.end == "closed"
    assert int(answer.header("content-length") or 0) == len(answer.payload) + 40
    assert [one.end for one in replica.exchanges] == ["hung up"]


@pytest.mark.parametrize("kind", ["corrupt-gzip", "claimed-gzip"])
def test_gzip_that_does_not_unpack(replica: Replica, kind: str) -> None:
    answer = misbehaving(replica, Rule(kind))
    assert answer.header("content-length") == str(len(answer.payload))
    with pytest.raises(zlib.error):
        zlib.decompress(answer.payload, 31)


def test_truncated_gzip_unpacks_in_part(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("truncated-gzip"))
    unpacking = zlib.decompressobj(31)
    part = unpacking.decompress(answer.payload)
    assert part.startswith(b"<!doctype html>")
    assert not unpacking.eof
    assert answer.header("content-length") == str(len(answer.payload))


def test_no_gzip(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("no-gzip"))
    assert answer.header("content-encoding") is None
    assert b"Tokayev" in answer.payload


def test_chunked_on_demand(replica: Replica) -> None:
    honest = get(replica, PAGE)
    answer = misbehaving(replica, Rule("chunked", size=97))
    assert answer.header("content-length") is None
    assert dechunked(answer.payload) == honest.payload


def test_until_close(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("until-close"))
    assert answer.header("content-length") is answer.header("transfer-encoding") is None
    assert (answer.header("connection"), answer.end) == ("close", "closed")
    assert b"Tokayev" in answer.content


def test_early_hints(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("early-hints", lines=("Link: </a.css>; rel=preload",)))
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n"
    assert answer.raw.startswith(hints)
    assert b"Tokayev" in answer.content


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule("folded-header"), b"\r\nX-Folded: one\r\n  two\r\n\tthree\r\n"),
        (Rule("non-ascii-header"), "\r\nX-Page: Кремль\r\n".encode("cp1251")),
        (Rule("non-ascii-header"), "\r\nX-Place: Москва\r\n".encode()),
        (Rule("no-colon"), b"\r\nthis line has no colon\r\n"),
        (Rule("head-lines", lines=("X-A: 1", "X-A: 2")), b"\r\nX-A: 1\r\nX-A: 2\r\n"),
        (Rule("no-reason"), b"HTTP/1.1 200\r\n"),
        (Rule("reason"), "HTTP/1.1 200 Хорошо\r\n".encode()),
        (Rule("close"), b"\r\nConnection: close"),
    ],
)  # fmt: skip
def test_heads(replica: Replica, rule: Rule, expected: bytes) -> None:
    answer = misbehaving(replica, rule)
    assert expected in answer.raw.partition(b"\r\n\r\n")[0] + b"\r\n"
    assert b"Tokayev" in answer.content


def test_bare_lf(replica: Replica) -> None:
    answer = misbehaving(replica, Rule("bare-lf"))
    assert answer.raw.startswith(b"HTTP/1.1 200 OK\nServer: nginx\n")
    assert b"\r\n\r\n" not in answer.raw[:400]
    assert b"Tokayev" in zlib.decompress(answer.raw.partition(b"\n\n")[2], 31)


def test_segments_change_nothing_but_the_writes(replica: Replica) -> None:
    honest = get(replica, PAGE)
    answer = misbehaving(replica, Rule("segments", size=1))
    assert answer.payload == honest.payload


def test_rules_add_up(replica: Replica) -> None:
    replica.rules = [Rule("edit", old="Tokayev", new="T."), Rule("no-gzip"), Rule("no-reason")]
    answer = get(replica, PAGE)
    assert answer.raw.startswith(b"HTTP/1.1 200\r\n")
    assert b"Tokayev" not in answer.payload
    assert replica.exchanges[0].rules == ("edit", "no-gzip", "no-reason")
