"""A snapshot opens in the readers people use, with the same rows and the same types in each."""

from __future__ import annotations

import gzip
import subprocess
import sys
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.extract import extract
from tests.unit.dataset.conftest import CARDS, PHOTO, PHOTO_URL, Event, Site

if TYPE_CHECKING:
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


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_rows_are_the_same_in_every_reader(snapshot: Path, table: str) -> None:
    folder = snapshot / table
    whole = table in ("tags", "persons", "removals")
    assert whole or len(list(folder.iterdir())) > 1, "one file would prove little"
    rows = {
        "pyarrow": ds.dataset(folder).count_rows(),
        "pandas": len(pd.read_parquet(folder)),
        "polars": pl.read_parquet(folder).height,
        "polars glob": pl.scan_parquet(f"{folder}/*.parquet").collect().height,
        "duckdb": in_duckdb(folder).num_rows,
    }
    assert set(rows.values()) == {ROWS[table]}, rows


@pytest.mark.parametrize("table", TABLES, ids=TABLE_NAMES)
def test_every_file_has_the_one_schema(snapshot: Path, table: Table) -> None:
    for path in (snapshot / table.name).iterdir():
        assert pq.read_schema(path).equals(table.schema()), path.name


@pytest.mark.parametrize("table", TABLES, ids=TABLE_NAMES)
def test_types_survive_in_every_reader(snapshot: Path, table: Table) -> None:
    folder = snapshot / table.name
    expected = [plain(field.type) for field in table.schema()]
    seen = {
        "pyarrow": ds.dataset(folder).schema,
        "polars": pl.read_parquet(folder).to_arrow().schema,
        "duckdb": in_duckdb(folder).schema,
        "pandas": pa.Schema.from_pandas(pd.read_parquet(folder, dtype_backend="pyarrow")),
    }
    for reader, schema in seen.items():
        assert [plain(schema.field(c.name).type) for c in table.columns] == expected, reader


def plain(type_: pa.DataType) -> str:
    """A type's name without what readers differ in: large strings and lists, names of elements, zones."""
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return f"list<{plain(type_.value_type)}>"
    if pa.types.is_struct(type_):
        return f"struct<{', '.join(f'{f.name}: {plain(f.type)}' for f in type_)}>"
    if pa.types.is_timestamp(type_):
        return f"timestamp[{type_.unit}, {'with' if type_.tz else 'without'} zone]"
    text = pa.types.is_string(type_) or pa.types.is_large_string(type_)
    return "string" if text or pa.types.is_string_view(type_) else str(type_)


def test_values_are_the_same_in_every_reader(snapshot: Path) -> None:
    folder = snapshot / "documents"
    instants = ds.dataset(folder).to_table().sort_by("doc_id")["published_at"].to_pylist()
    frame = pl.read_parquet(folder).sort("doc_id")
    assert frame["published_at"].to_list() == instants
    table = in_duckdb(folder).sort_by("doc_id")
    assert table["published_at"].to_pylist() == instants
    pandas = pd.read_parquet(folder).sort_values("doc_id")["published_at"]
    assert [None if pd.isna(v) else v.to_pydatetime() for v in pandas] == instants
    assert None in instants
    assert any(instant is not None for instant in instants)


def in_duckdb(folder: Path) -> pa.Table:
    """A table as DuckDB reads it."""
    table: pa.Table = duckdb.read_parquet(f"{folder}/*.parquet").to_arrow_table()
    return table


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


def test_the_readme_says_what_works(snapshot: Path) -> None:
    readme = (snapshot / "README.md").read_text("utf-8")
    lines = [line.strip() for line in readme.splitlines() if line.startswith("    ")]
    assert len(lines) == 3
    for line in lines:
        code = f"import duckdb, pandas, polars\nprint({line.partition('#')[0]})"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=snapshot,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout


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
