"""JSON lines: everything nested, read by others' readers."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kremlin_archive.cli import main
from kremlin_archive.exporting.jsonl import _plain
from tests.unit.dataset.conftest import rows_of
from tests.unit.exporting.conftest import Archive


@pytest.fixture(scope="module")
def file(archive: Archive) -> Path:
    return archive.export("jsonl", "events.jsonl")


@pytest.fixture(scope="module")
def documents(file: Path) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return {line["doc_id"]: line for line in lines}


def test_every_document_is_a_line_with_the_same_keys(
    archive: Archive, documents: dict[str, dict[str, Any]]
) -> None:
    rows = rows_of(archive.root / "latest", "documents")
    assert list(documents) == [row["doc_id"] for row in rows]
    assert len({tuple(one) for one in documents.values()}) == 1
    assert {one["doc_id"]: one["text"] for one in rows} == {
        doc_id: one["text"] for doc_id, one in documents.items()
    }
    assert documents["en:72"]["status"] == "removed_by_us"


def test_what_is_nested_fits_together(documents: dict[str, dict[str, Any]]) -> None:
    for one in documents.values():
        paragraphs = one["paragraphs"]
        assert "\n".join(each["text"] for each in paragraphs) == one["text"]
        assert len(one["turns"]) == one["n_turns"]
        for turn in one["turns"]:
            assert turn["text"] == "\n".join(paragraphs[seq]["text"] for seq in turn["paragraphs"])
            known = {person["person_id"] for person in one["persons"]}
            assert turn["person_id"] in known | {None}
    talk = documents["en:70"]
    assert talk["persons"] == [
        {
            "person_id": "label/rudolf-elphberg",
            "name_en": "Rudolf Elphberg",
            "name_ru": None,
            "speaks": True,
            "is_tagged": False,
        }
    ]
    assert [tag["tag_id"] for tag in talk["tags"]] == ["countries/KZ"]
    assert [each["kind"] for each in talk["media"]] == ["photo", "attachment"]
    assert talk["links"][0]["role"] == "card"
    assert talk["published_at"] == "2003-05-08T09:10:00Z"
    assert talk["published_date"] == "2003-05-08"
    assert talk["provenance"]["warc_filename"] == "2026/a.warc.gz"
    assert talk["provenance"]["snapshot"] == "2026-11-23T120000Z"
    tagged = [one for one in documents["en:66419"]["persons"] if one["is_tagged"]]
    assert [one["person_id"] for one in tagged] == ["persons/336"]


def test_gzip_by_its_name_and_a_file_an_edition(archive: Archive, file: Path) -> None:
    archive.export("jsonl", "{lang}.jsonl.gz")
    both = [(archive.root.parent / f"{language}.jsonl.gz") for language in ("en", "ru")]
    packed = [path.read_bytes() for path in both]
    assert b"".join(map(gzip.decompress, packed)) == file.read_bytes()
    archive.export("jsonl", "{lang}.jsonl.gz")
    assert [path.read_bytes() for path in both] == packed
    assert all(each[4:8] == bytes(4) for each in packed)


def test_choice(archive: Archive) -> None:
    def ids(*options: str) -> list[str]:
        read = archive.export("jsonl", "some.jsonl", *options).read_text("utf-8")
        return [json.loads(line)["doc_id"] for line in read.splitlines()]

    assert ids("--languages", "ru") == ["ru:70", "ru:66419"]
    assert ids("--ids", "70-71") == ["en:70", "en:71", "ru:70"]
    assert ids("--since", "2003-05-09", "--until", "2004-01-01") == ["en:71", "en:72", "en:73"]


def test_the_language_stands_in_the_name_only(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "{lang}" / "a.jsonl")
    assert main(["export", "--root", str(archive.root), "--format", "jsonl", out]) == 1
    assert "in the file's name only" in capsys.readouterr().err


def test_pandas_reads_it(file: Path, documents: dict[str, dict[str, Any]]) -> None:
    frame = pd.read_json(file, lines=True)
    assert list(frame["doc_id"]) == list(documents)
    turns = frame.explode("turns").dropna(subset="turns")
    assert len(turns) == sum(len(one["turns"]) for one in documents.values())


def as_written(value: Any, without: set[str]) -> Any:  # noqa: ANN401 - any JSON value
    """A value that a reader has given types, as it stands in JSON."""
    if isinstance(value, dict):
        return {name: as_written(of, without) for name, of in value.items() if name not in without}
    if isinstance(value, list):
        return [as_written(one, without) for one in value]
    return _plain(value) if isinstance(value, date) else value


def test_hugging_face_reads_it_with_the_types_beside_it(
    file: Path,
    documents: dict[str, dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    types = json.loads(Path(f"{file}.features.json").read_text("utf-8"))
    loaded = datasets.load_dataset(
        "json",
        data_files=str(file),
        features=datasets.Features.from_dict(types),
        chunksize=1_000,  # so small that whole columns are null in a piece
        split="train",
        cache_dir=str(tmp_path),
    )
    clocks = {"published_local", "updated_local"}  # texts that the reader takes for instants
    assert [as_written(one, clocks) for one in loaded] == [
        as_written(one, clocks) for one in documents.values()
    ]
