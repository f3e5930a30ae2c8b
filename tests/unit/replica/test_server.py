"""Serving: hosts, negotiation, connections, and a log that equals the wire."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from dataclasses import replace

import pytest

from kremlin_archive.replica import Replica, Rule, Site, exchange_from_json, serve
from kremlin_archive.replica.misbehaviour import KINDS
from tests.unit.replica.raw_client import HOST, dechunked, exchange, get, request

PAGE = "/events/president/news/66419"
LISTING = "/events/president/news"
ENDLESS = {"stall"}
# Kinds that need something to work on.
FIELDS: dict[str, dict[str, object]] = {
    "head-lines": {"lines": ("X-Own: да",)},
    "edit": {"old": "Kremlin", "new": "Tower"},
    "serve-as": {"location": LISTING},
    "chunked": {"size": 100, "text": "name=value", "lines": ("X-Sum: abc",)},
    "delay": {"seconds": 0.1, "size": 50},
    "segments": {"size": 300},
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_log_equals_the_wire(replica: Replica, kind: str) -> None:
    replica.rules = [Rule(kind, path=PAGE, **FIELDS.get(kind, {}))]  # type: ignore[arg-type]
    sent = request(PAGE, HOST, "GET", "Accept-Encoding: gzip", "Connection: close")
    answer = exchange(replica, sent, patience=0.4)
    (logged,) = replica.exchanges
    assert logged.request == sent
    assert logged.response == answer.raw
    assert logged.rules == (kind,)
    assert logged.url == f"http://{HOST}{PAGE}"


def test_page_negotiates_gzip_and_declares_its_length(replica: Replica) -> None:
    packed = get(replica, PAGE)
    plain = exchange(replica, request(PAGE, HOST, "GET", "Connection: close"))
    refused = exchange(
        replica, request(PAGE, HOST, "GET", "Accept-Encoding: gzip;q=0", "Connection: close")
    )
    assert packed.header("content-encoding") == "gzip"
    assert packed.header("content-length") == str(len(packed.payload))
    assert packed.content == plain.payload == refused.payload
    assert plain.header("content-type") == "text/html; charset=UTF-8"
    assert packed.header("last-modified") is None


def test_listing_goes_out_in_chunks(replica: Replica) -> None:
    answer = get(replica, LISTING)
    assert answer.header("transfer-encoding") == "chunked"
    assert b"lister-page" in answer.content


def test_head_is_the_head_of_get(replica: Replica) -> None:
    answer = get(replica, PAGE, method="HEAD")
    assert (answer.payload, answer.status) == (b"", 200)
    assert answer.header("content-length") == get(replica, PAGE).header("content-length")


def test_one_connection_serves_many_requests(replica: Replica) -> None:
    close = request("/robots.txt", HOST, "GET", "Connection: close")
    answer = exchange(replica, request("/robots.txt") * 2 + close)
    assert answer.raw.count(b"HTTP/1.1 200 OK") == 3
    assert answer.raw.count(b"Connection: keep-alive") == 2
    assert [one.connection for one in replica.exchanges] == [1, 1, 1]
    assert b"".join(one.response for one in replica.exchanges) == answer.raw


@pytest.mark.parametrize("host", ["kremlin.ru", "www.kremlin.ru", "EN.KREMLIN.RU", "kremlin.ru:80"])
def test_serves_by_host(replica: Replica, host: str) -> None:
    assert get(replica, PAGE, host=host).status == 200


def test_unknown_host_is_told_which_are_here(replica: Replica) -> None:
    answer = get(replica, PAGE, host="example.com")
    assert answer.status == 421
    assert b"example.com; there are en.kremlin.ru, kremlin.ru, static.kremlin.ru" in answer.content


def test_only_get_and_head(replica: Replica) -> None:
    answer = get(replica, f"{PAGE}/email", method="POST")
    assert (answer.status, answer.header("allow")) == (405, "GET, HEAD")


@pytest.mark.parametrize("sent", [b"nonsense\r\n\r\n", b"GET /\r\n\r\n", b"X" * 200_000])
def test_what_is_no_request_is_refused(replica: Replica, sent: bytes) -> None:
    answer = exchange(replica, sent)
    assert answer.end in ("closed", "reset")
    assert answer.raw.startswith(b"HTTP/1.1 400 ") or answer.end == "reset"
    assert get(replica, "/robots.txt").status == 200


def test_what_cannot_be_shown_is_an_error_of_the_server() -> None:
    broken = replace(Site().edition("en", 4), body="{{ nobody }}")
    with serve(Site([broken])) as replica:
        answer = get(replica, "/events/president/news/4")
        assert (answer.status, get(replica, "/robots.txt").status) == (500, 200)
    assert b"body of en:4" in answer.content


async def _many(replica: Replica, count: int) -> list[bytes]:
    async def one() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", replica.port)
        writer.write(request(PAGE, HOST, "GET", "Connection: close"))
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    return await asyncio.gather(*(one() for _ in range(count)))


def test_serves_many_at_once_while_others_stall(replica: Replica) -> None:
    replica.rules = [Rule("stall", path=LISTING)]
    with socket.create_connection(("127.0.0.1", replica.port)) as waiting:
        waiting.sendall(request(LISTING))
        answers = asyncio.run(_many(replica, 100))
    assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}
    assert len({len(answer) for answer in answers}) == 1


def test_client_that_leaves_is_noted(replica: Replica) -> None:
    replica.rules = [Rule("stall", path=PAGE, at="head")]
    with socket.create_connection(("127.0.0.1", replica.port)) as client:
        client.sendall(request(PAGE))
        client.recv(10)
    until = time.monotonic() + 3
    while replica.exchanges[0].end == "under way" and time.monotonic() < until:
        time.sleep(0.02)
    (left,) = replica.exchanges
    assert (left.end, left.status) == ("client left", 200)
    assert left.ended is not None


def test_without_a_log_nothing_is_kept() -> None:
    with serve(Site(), log=False) as replica:
        get(replica, PAGE)
        assert (replica.exchanges, replica.served) == ((), 1)


def test_exchange_survives_json(replica: Replica) -> None:
    replica.rules = [Rule("cut", at="start"), Rule("early-hints")]
    get(replica, PAGE)
    (logged,) = replica.exchanges
    assert exchange_from_json(logged.to_json()) == logged
    assert (logged.end, logged.status) == ("hung up", None)


CONTROL = "replica.invalid"


def steer(replica: Replica, method: str, path: str, value: object = None) -> tuple[int, bytes]:
    body = json.dumps(value).encode() if value is not None else b""
    head = request(path, CONTROL, method, f"Content-Length: {len(body)}", "Connection: close")
    answer = exchange(replica, head + body)
    return answer.status, answer.payload


def test_control_changes_rules_and_reads_the_log(replica: Replica) -> None:
    rule = {"kind": "status", "path": PAGE, "status": 503, "times": 1}
    assert steer(replica, "PUT", "/rules", [rule])[0] == 204
    assert json.loads(steer(replica, "GET", "/rules")[1]) == [rule]
    assert [get(replica, PAGE).status, get(replica, PAGE).status] == [503, 200]
    lines = steer(replica, "GET", "/log")[1].splitlines()
    assert [exchange_from_json(line.decode()).status for line in lines] == [503, 200]
    assert steer(replica, "DELETE", "/log")[0] == 204
    assert replica.exchanges == ()
    assert json.loads(steer(replica, "GET", "/status")[1])["served"] == 2


def test_control_changes_the_site(replica: Replica) -> None:
    new = {"event_id": 90001, "language": "en", "title": "A new page", "body": "<p>New.</p>"}
    times = {"published": "2026-12-30 10:00", "updated": "2026-12-30 10:00:00"}
    path = "/events/president/news/90001"
    assert steer(replica, "POST", "/site/publish", new | times)[0] == 204
    assert b"A\xc2\xa0new page" in get(replica, path).content
    changes = {"language": "en", "event_id": 90001, "title": "Changed"}
    assert steer(replica, "POST", "/site/edit", changes)[0] == 204
    assert b">Changed<" in get(replica, LISTING).content
    assert steer(replica, "POST", "/site/remove", {"language": "en", "event_id": 90001})[0] == 204
    assert get(replica, path).status == 404


@pytest.mark.parametrize(
    ("verb", "value", "said"),
    [
        ("PUT /rules", [{"kind": "explode"}], b"explode"),
        ("POST /site/publish", {"title": "x"}, b"event_id"),
        ("POST /site/publish", {"author": "x"}, b"author"),
        ("POST /site/edit", {"language": "en", "event_id": 1, "title": "x"}, b"en:1"),
        ("POST /site/remove", {"language": "en"}, b"event_id"),
        ("POST /site/remove", [1], b"object"),
    ],
)
def test_control_says_what_is_wrong(
    replica: Replica, verb: str, value: object, said: bytes
) -> None:
    status, body = steer(replica, verb.split(maxsplit=1)[0], verb.split()[1], value)
    assert status == 400
    assert said in body


def test_control_names_its_verbs(replica: Replica) -> None:
    status, body = steer(replica, "GET", "/nowhere")
    assert status == 404
    assert b"PUT /rules" in body


def test_chunks_carry_extension_and_trailers(replica: Replica) -> None:
    replica.rules = [Rule("chunked", size=100, text="name=value", lines=("X-Sum: abc",))]
    answer = get(replica, PAGE)
    assert answer.payload.startswith(b"64;name=value\r\n")
    assert answer.payload.endswith(b"\r\n0\r\nX-Sum: abc\r\n\r\n")
    assert answer.header("trailer") == "X-Sum"
    assert len(dechunked(answer.payload)) > 100
