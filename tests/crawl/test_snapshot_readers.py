"""A snapshot opens in the readers people use, with the same rows and the same types in each."""

from __future__ import annotations

import gzip
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq
import pytest

from kremlin_archive.dataset.alignment import ALIGNMENTS
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.extract import extract
from kremlin_archive.dataset.speakers import PERSONS
from kremlin_archive.dataset.tables.documents import DOCUMENTS
from tests.crawl.readers import READERS, expected_types, is_unread, plain_value
from tests.unit.dataset.conftest import CARDS, PHOTO, PHOTO_URL, Event, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kremlin_archive.dataset.columns import Table

TABLE_NAMES = [table.name for table in TABLES]

_TEXT = """
{title}


{stamp}

{place}

{lead}

В.Путин: Добрый день, это речь номер {number}.
Продолжение речи [без ярлыка].
Вопрос: Что дальше?
&lt;…&gt;



http://{host}/events/president/news/copy/{number}"""
_HOSTS = ("kremlin.ru", "en.kremlin.ru")


def text_version(host: str, number: int) -> bytes:
    """A text version on the site's layout; even numbers have no place, odd years no time."""
    stamp = f"20{number % 20:02}-0{1 + number % 9}-1{number % 10} {'00:00' if number % 3 else '13:10'}:00"
    place = "" if number % 2 == 0 else "Москва, Кремль"
    text = _TEXT.format(
        title=f"Событие {number}",
        stamp=stamp,
        place=place,
        lead="Кратко.",
        number=number,
        host=host,
    )
    return text.encode()


def pages() -> list[bytes]:
    """Three events as full pages in both editions, with all that a page can have; one is edited."""
    site = Site()
    body = f"{PHOTO}<p>They met.</p><p><b>Guest:</b> Thank you.</p>{CARDS}"
    english = [
        Event(event_id=100 + year % 100, day=f"{year}-05-08", body=body)
        for year in (2001, 2012, 2021)
    ]
    tags = Event.tags.replace("Geography", "География")
    events = [*english, *(replace(event, language="ru", tags=tags) for event in english)]
    shown = [(event.url, site.html(event)) for event in events]
    edited = events[-1].but(title="Title, edited")
    shown.append((f"{edited.url}?edited", site.html(edited)))
    shown.append((PHOTO_URL, b"\xff\xd8\xff a picture"))
    return [record(n, url, 200, content) for n, (url, content) in enumerate(shown, start=100)]


def record(number: int, url: str, status: int, body: bytes) -> bytes:
    """One WARC response record, gzipped; a query tells captures of one address apart."""
    record_id = uuid.uuid5(uuid.NAMESPACE_URL, url)
    url = url.partition("?")[0]
    head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\n"
    block = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    date = datetime(2026, 1 + number % 12, 1, 12, number % 60, tzinfo=UTC)
    fields = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: {date:%Y-%m-%dT%H:%M:%SZ}\r\n"
        f"WARC-Record-ID: <urn:uuid:{record_id}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(fields.encode() + block + b"\r\n\r\n", mtime=0)


REMOVAL = """[[removal]]
doc_id = "en:1"
removed_at = 2026-11-25
reason = "Request"
basis = "Law"
"""
ROWS = {
    "documents": 86,
    "turns": 86,
    "persons": 1,
    "paragraphs": 328,
    "revisions": 87,
    "captures": 92,
    "tags": 1,
    "document_tags": 6,
    "media": 12,
    "links": 18,
    "editions": 43,
    "alignments": 162,
    "changes": 88,
    "removals": 1,
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of 86 documents over 20 years in both editions, one removed, and some refusals."""
    root = tmp_path_factory.mktemp("archive")
    records = [
        record(n, f"http://{host}/events/president/news/copy/{n}", 200, text_version(host, n))
        for n in range(1, 41)
        for host in _HOSTS
    ]
    refused = [
        record(n, f"http://{h}/events/president/news/{n}", 403, b"no")
        for n in (1, 2)
        for h in _HOSTS
    ]
    warc = root / "warc" / "a.warc.gz"
    warc.parent.mkdir()
    warc.write_bytes(b"".join([*records, *refused, *pages()]))
    (root / "removals.toml").write_text(REMOVAL, "utf-8")
    report = extract(root)
    assert report.problems == ()
    assert report.published.rows == ROWS
    return root / "latest"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of one refusal: every table but captures is empty."""
    root = tmp_path_factory.mktemp("bare")
    (root / "warc").mkdir()
    refused = record(1, "http://kremlin.ru/events/president/news/1", 403, b"no")
    (root / "warc/a.warc.gz").write_bytes(refused)
    extract(root)
    return root / "latest"


@pytest.fixture(scope="module", autouse=True)
def no_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hugging Face's library asks nobody and keeps what it makes here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hub")))
        yield


@pytest.mark.parametrize("table", TABLES, ids=TABLE_NAMES)
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_gives_the_same_rows_and_types(
    snapshot: Path, reader: str, table: Table
) -> None:
    folder = snapshot / table.name
    whole = table.name in ("tags", "persons", "removals")
    assert whole or len(list(folder.iterdir())) > 1, "one file would prove little"
    read = READERS[reader](folder)
    assert dict(read.types) == expected_types(reader, table.schema())
    assert rows_in_order(read.rows, reader, table) == rows_in_order(written(folder), reader, table)
    assert len(read.rows) == ROWS[table.name]


@pytest.mark.parametrize("table", [DOCUMENTS, ALIGNMENTS, PERSONS], ids=lambda table: table.name)
@pytest.mark.parametrize("reader", READERS)
def test_an_empty_table_is_read_as_one(bare: Path, reader: str, table: Table) -> None:
    folder = bare / table.name
    if reader == "hugging-face":
        with pytest.raises(ValueError, match="corresponds to no data"):
            READERS[reader](folder)
        return
    read = READERS[reader](folder)
    assert read.rows == []
    if reader != "fastparquet":  # it has no types for columns without a value
        assert dict(read.types) == expected_types(reader, table.schema())


@pytest.mark.parametrize("table", TABLES, ids=TABLE_NAMES)
def test_every_file_has_the_one_schema(snapshot: Path, table: Table) -> None:
    for path in (snapshot / table.name).iterdir():
        assert pq.read_schema(path).equals(table.schema()), path.name


def written(folder: Path) -> list[dict[str, Any]]:
    """The rows, file by file, as they were written."""
    return [
        row for path in sorted(folder.iterdir()) for row in pq.ParquetFile(path).read().to_pylist()
    ]


def rows_in_order(rows: list[dict[str, Any]], reader: str, table: Table) -> list[dict[str, Any]]:
    """Rows with plain values, in an order of their own; without what fastparquet does not read."""
    types = {c.name: c.type for c in table.columns if not is_unread(reader, c.type)}
    plain = [{name: plain_value(row[name], types[name]) for name in types} for row in rows]
    return sorted(plain, key=repr)


def test_editions_pair_and_paragraphs_join(snapshot: Path) -> None:
    paths = {table: f"{snapshot}/{table}/*.parquet" for table in ("documents", "paragraphs")}
    with duckdb.connect() as connection:
        pairs = connection.execute(
            "SELECT count(*) FROM read_parquet($documents) a "
            "JOIN read_parquet($documents) b ON a.pair_doc_id = b.doc_id",
            {"documents": paths["documents"]},
        ).fetchall()
        rejoined = connection.execute(
            "SELECT count(*) FROM read_parquet($paragraphs) p "
            "JOIN read_parquet($documents) d USING (doc_id) "
            "WHERE substring(d.text, p.char_start + 1, p.char_end - p.char_start) = p.text",
            paths,
        ).fetchall()
    assert (pairs, rejoined) == ([(86,)], [(328,)])


def test_time_can_be_travelled_and_the_log_followed(snapshot: Path) -> None:
    paths = {table: f"{snapshot}/{table}/*.parquet" for table in ("revisions", "changes")}
    with duckdb.connect() as connection:
        then = connection.execute(
            "SELECT revision_no, title FROM read_parquet($revisions) WHERE doc_id = 'ru:121' "
            "AND valid_from <= $at AND (valid_to IS NULL OR valid_to > $at) ORDER BY valid_from",
            {"revisions": paths["revisions"], "at": datetime(2026, 12, 31, tzinfo=UTC)},
        ).fetchall()
        log = connection.execute(
            "SELECT change, count(*) FROM read_parquet($changes) GROUP BY change ORDER BY change",
            {"changes": paths["changes"]},
        ).fetchall()
    assert then == [(2, "Title, edited")]
    assert log == [("added", 86), ("metadata", 1), ("removed", 1)]


def test_both_texts_stand_side_by_side_and_speakers_have_names(snapshot: Path) -> None:
    paths = {t: f"{snapshot}/{t}/*.parquet" for t in ("alignments", "editions", "turns", "persons")}
    with duckdb.connect() as connection:
        beads = connection.execute(
            "SELECT bead, count(*), count(DISTINCT event_id) FROM read_parquet($alignments) a "
            "JOIN read_parquet($editions) e USING (event_id) WHERE align_method = 'anchors' GROUP BY bead",
            {"alignments": paths["alignments"], "editions": paths["editions"]},
        ).fetchall()
        spoken = connection.execute(
            "SELECT name.label, name.n, count(*) FROM read_parquet($turns) t "
            "JOIN (SELECT person_id, unnest(aliases) AS name FROM read_parquet($persons)) p "
            "USING (person_id) GROUP BY ALL",
            {"turns": paths["turns"], "persons": paths["persons"]},
        ).fetchall()
    assert beads == [("1-1", 162, 42)]
    assert spoken == [("В.Путин", 40, 40)]


def test_media_lead_to_their_bytes(snapshot: Path) -> None:
    rows = pq.read_table(snapshot / "media").to_pylist()
    (place,) = {
        (row["warc_filename"], row["warc_record_offset"], row["warc_record_length"])
        for row in rows
        if row["kind"] == "photo"
    }
    name, offset, length = place
    stored = (snapshot.parent.resolve() / "warc" / name).read_bytes()[offset : offset + length]
    assert gzip.decompress(stored).rstrip().endswith(b"a picture")
