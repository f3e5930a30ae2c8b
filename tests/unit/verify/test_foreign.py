from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest

from kremlin_archive.verify.files import verify_files
from tests.unit.verify.planting import NAME, PAGE, Plot, chunked, payload, setting, without, write

PYWB = os.environ.get("PYWB_SAMPLES")
"""Folder ``sample_archive/warcs`` of pywb's source distribution, which its wheel leaves out."""


MADE = """
import sys
from io import BytesIO
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
url = "http://example.com/"
with open(sys.argv[1], "wb") as file:
    writer = WARCWriter(file, gzip=True)
    writer.write_record(writer.create_warcinfo_record("made.warc.gz", {"software": "warcio"}))
    head = StatusAndHeaders("200 OK", [("Content-Length", "4")], protocol="HTTP/1.1")
    made = writer.create_warc_record(url, "response", payload=BytesIO(b"page"), http_headers=head)
    writer.write_record(made)
    said = [made.rec_headers.get_header(name) for name in ("WARC-Payload-Digest", "WARC-Date")]
    writer.write_record(writer.create_revisit_record(url, said[0], url, said[1], http_headers=head))
    for kind in ("resource", "metadata", "conversion"):
        block = BytesIO(b"{}")
        writer.write_record(writer.create_warc_record(url, kind, block, warc_content_type="text/plain"))
"""


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and one answer in chunks."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path != "/chunked":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"4\r\npage\r\n0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    """A small site; its address."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_bytes(PAGE)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def judged(*paths: Path) -> tuple[list[str], Counter[str]]:
    """Faults in words, and notes by code."""
    report = verify_files(paths)
    faults = [
        f"{one.file} {one.offset} {one.code}" for one in report.findings if one.severity == "fault"
    ]
    notes = Counter(one.code for one in report.findings if one.severity == "note")
    assert report.records > 0
    return faults, notes


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_files_of_wget_pass(tmp_path: Path, origin: str) -> None:
    def wget(*options: str) -> None:
        pages = (f"{origin}/", f"{origin}/chunked", f"{origin}/none")
        command = ["wget", "-q", "-O", "-", *options, *pages]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 8, done.stderr  # one page is not there

    wget("--warc-file=one", "--warc-cdx")
    wget("--warc-file=two", "--warc-dedup=one.cdx")
    wget("--warc-file=three", "--no-warc-compression", "--warc-max-size=2000")
    files = sorted(path for path in tmp_path.iterdir() if ".warc" in path.name)
    assert len(files) >= 4
    faults, notes = judged(*files)
    assert faults == []
    assert notes["digest-over-chunks"] == 2  # the third is a revisit
    assert notes["digest-of-nothing"] == 3  # revisits: the missing page too
    assert judged(tmp_path / "two.warc.gz")[1]["dangling-refers-to"] == 3


def test_files_of_warcio_recording_pass(tmp_path: Path, origin: str) -> None:
    # warcio replaces parts of http.client when it is imported: in a process of its own.
    path = tmp_path / "recorded.warc.gz"
    script = (
        "import sys; from warcio.capture_http import capture_http; import http.client\n"
        "with capture_http(sys.argv[1]):\n"
        "    for page in ('/', '/chunked', '/none'):\n"
        "        c = http.client.HTTPConnection(sys.argv[2]); c.request('GET', page)\n"
        "        c.getresponse().read(); c.close()\n"
    )
    with urlopen(origin) as answered:  # noqa: S310 - our own site
        assert answered.status == 200
    command = [sys.executable, "-c", script, str(path), origin.removeprefix("http://")]
    subprocess.run(command, check=True, capture_output=True)
    faults, notes = judged(path)
    assert faults == []
    assert notes["digest-over-chunks"] == 1


def test_records_made_by_warcio_pass(tmp_path: Path) -> None:
    # warcio leaves temporary files to the garbage collector, which is a warning and an error here.
    path = tmp_path / "made.warc.gz"
    subprocess.run([sys.executable, "-c", MADE, str(path)], check=True, capture_output=True)
    faults, notes = judged(path)
    assert faults == []
    assert notes["revisit-unresolvable"] == 1


@pytest.mark.skipif(PYWB is None, reason="PYWB_SAMPLES does not name pywb's sample_archive/warcs")
def test_the_compressed_samples_of_pywb_pass() -> None:
    files = sorted(Path(PYWB or "").glob("*.warc.gz"))
    assert len(files) == 10
    for path in files:
        assert judged(path)[0] == []


def test_what_others_may_do_and_we_may_not(tmp_path: Path) -> None:
    plot = Plot.of(write(tmp_path / "ours", chunked(PAGE)))
    plot = plot.record(1, without(b"WARC-Block-Digest"))
    plot = plot.record(2, setting(b"WARC-Target-URI", b"<http://kremlin.ru/>"))
    (tmp_path / NAME).write_bytes(plot.data)
    faults, notes = judged(tmp_path / NAME)
    assert (len(faults), notes) == (2, Counter())
    theirs = tmp_path / "theirs.warc.gz"
    theirs.write_bytes(b"".join(plot.members[1:]))
    faults, notes = judged(theirs)
    assert faults == []
    assert set(notes) == {
        "no-block-digest",
        "uri-in-brackets",
        "warcinfo-not-first",
        "dangling-warcinfo-id",
    }


@pytest.mark.parametrize(
    "label", ["sha1 base 32", "sha1 hex", "md5 hex", "sha-256 hex", "sha256 base 32"]
)
def test_digests_in_all_notations(tmp_path: Path, label: str) -> None:
    name, _, notation = label.partition(" ")
    plot = Plot.of(write(tmp_path / "ours", chunked(PAGE)))
    for content, code in ((PAGE, None), (PAGE + b"!", "payload-digest-wrong")):
        raw = hashlib.new(name.replace("-", ""), content, usedforsecurity=False).digest()
        value = raw.hex() if notation == "hex" else base64.b32encode(raw).decode()
        (tmp_path / NAME).write_bytes(
            plot.record(1, setting(b"WARC-Payload-Digest", f"{name}:{value}".encode())).data
        )
        codes = [one.code for one in verify_files([tmp_path / NAME]).findings]
        assert codes == ([code] if code else [])


def test_an_unknown_digest_is_a_note(tmp_path: Path) -> None:
    plot = Plot.of(write(tmp_path / "ours", chunked(PAGE)))
    for value in (b"tiger:ABCDEFGH", b"sha1:not-a-digest"):
        (tmp_path / NAME).write_bytes(plot.record(1, setting(b"WARC-Payload-Digest", value)).data)
        assert judged(tmp_path / NAME) == ([], Counter({"unknown-digest": 1}))
    wrong = plot.record(1, payload(b"other"))
    (tmp_path / NAME).write_bytes(wrong.data)
    assert len(judged(tmp_path / NAME)[0]) == 1
