from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kremlin_archive.archive.captures import read_captures
from kremlin_archive.archive.compose import NewRecord, compose
from kremlin_archive.archive.digest import labelled
from kremlin_archive.archive.exchange import Exchange
from kremlin_archive.archive.originals import SMALLEST, Original
from kremlin_archive.archive.writer import RunFacts, WarcWriter

URL = "http://en.kremlin.ru/events/president/news/1"
BODY = b"<html>" + b"x" * SMALLEST
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY)
FIRST = Original("<urn:uuid:1>", URL, "2020-08-27T12:20:00Z")
AGAIN = Exchange(
    URL, datetime(2026, 11, 21, tzinfo=UTC), b"GET / HTTP/1.1\r\n\r\n", HEAD + BODY, None
)


class Remembered:
    """One payload and one URL that an archive holds."""

    def __init__(self, digest: str) -> None:
        self.digest = digest

    def find(self, payload_digest: str, url: str) -> Original | None:
        assert url == URL
        return FIRST if payload_digest == self.digest else None

    def latest(self, url: str) -> Original | None:
        return FIRST if url == URL else None


def ids() -> Iterator[str]:
    return (f"<urn:uuid:{number}>" for number in itertools.count(100))


def answer(exchange: Exchange, digest: str = labelled(BODY)) -> NewRecord:
    names = ids()
    return compose(exchange, "<urn:uuid:0>", lambda: next(names), Remembered(digest)).records[0]


def test_a_payload_that_is_stored_becomes_a_revisit_of_its_response() -> None:
    record = answer(AGAIN)
    fields = dict(record.fields)
    assert fields["WARC-Type"] == "revisit"
    assert fields["WARC-Profile"].endswith("/warc/1.1/revisit/identical-payload-digest")
    assert fields["WARC-Refers-To"] == FIRST.record_id
    assert fields["WARC-Refers-To-Target-URI"] == URL
    assert fields["WARC-Refers-To-Date"] == "2020-08-27T12:20:00Z"
    assert fields["WARC-Truncated"] == "length"
    assert fields["WARC-Payload-Digest"] == labelled(BODY)
    assert record.block == HEAD
    assert len(fields) == len(record.fields)


@pytest.mark.parametrize(
    "exchange",
    [
        replace(AGAIN, received=HEAD + BODY[:-1] + b"y"),
        replace(AGAIN, truncated="disconnect"),
        replace(AGAIN, received=HEAD + BODY[:-5]),
    ],
    ids=["another payload", "cut by an error", "cut by its own framing"],
)
def test_anything_else_is_stored_itself(exchange: Exchange) -> None:
    assert dict(answer(exchange).fields)["WARC-Type"] == "response"


def test_a_payload_too_small_to_save_anything_is_stored_again() -> None:
    small = replace(AGAIN, received=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert dict(answer(small, labelled(b"ok")).fields)["WARC-Type"] == "response"


def test_not_modified_refers_to_the_newest_response_of_its_url() -> None:
    head = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    fields = dict(answer(replace(AGAIN, received=head)).fields)
    assert fields["WARC-Type"] == "revisit"
    assert fields["WARC-Profile"].endswith("/revisit/server-not-modified")
    assert fields["WARC-Refers-To"] == FIRST.record_id


def test_a_revisit_in_the_file_has_no_body_and_the_answer_still_has_it(tmp_path: Path) -> None:
    facts = RunFacts("run", "test/1", "", "agent", "obey", "HOST", "test")
    originals = Remembered(labelled(BODY))
    with WarcWriter(tmp_path, facts, max_bytes=10**9, originals=originals) as writer:
        stored = writer.store(AGAIN)
    assert stored is not None
    assert (stored.capture.record_type, stored.capture.content) == ("revisit", b"")
    assert (stored.answer.record_type, stored.answer.content) == ("response", BODY)
    assert stored.answer.pointer == stored.capture.pointer
    name = f"{writer.paths[0].parent.name}/{writer.paths[0].name}"
    assert list(read_captures(writer.paths[0], name=name)) == [stored.capture]
    assert stored.capture.payload_sha256 == labelled(BODY).removeprefix("sha256:")
