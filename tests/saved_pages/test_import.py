"""A capture of 2017 and one of 2020 of the same press conference: two revisions of one document."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kremlin_archive.cli import main

pytestmark = pytest.mark.saved_pages
URL = "http://en.kremlin.ru/events/president/news/56378"


def foreign(path: Path, page: Path, date: str) -> Path:
    """A WARC as warcio's documented way makes one."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        body = BytesIO(page.read_bytes())
        record = writer.create_warc_record(
            URL,
            "response",
            payload=body,
            http_headers=headers,
            warc_headers_dict={"WARC-Date": date},
        )
        writer.write_record(record)
    return path


# warcio leaves its temporary file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_two_captures_become_two_revisions(news: Path, samples: Path, tmp_path: Path) -> None:
    (then,) = samples.glob("en_news_56378_pressconf2017_captured2017.html")
    files = [
        foreign(tmp_path / "2020.warc.gz", news / "56378.html", "2020-08-27T10:00:00Z"),
        foreign(tmp_path / "2017.warc.gz", then, "2017-12-20T10:00:00Z"),
    ]
    root = tmp_path / "archive"
    assert main(["import", "--root", str(root), *map(str, files)]) == 0
    (document,) = pq.read_table(root / "latest/documents").to_pylist()
    assert document["doc_id"] == "en:56378"
    assert document["revision_no"] == 2
    assert document["first_seen_at"].year == 2017
    assert document["fetched_at"].year == 2020
    captures = pq.read_table(root / "latest/captures").to_pylist()
    assert [row["run_id"] for row in captures] == ["import/2017.warc.gz", "import/2020.warc.gz"]
    assert main(["verify", "--root", str(root)]) == 0
    assert main(["import", "--root", str(root), *map(str, files)]) == 0
    assert len(list((root / "warc").rglob("*.gz"))) == 2, "nothing is stored twice"
