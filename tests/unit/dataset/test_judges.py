"""What stands beside the tables, judged by the programs it is made for."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from kremlin_archive.dataset.beside.queries import QUERIES, Query
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.expectations import pandera_schema
from kremlin_archive.errors import UsageError
from tests.unit.dataset.conftest import rows_of
from tests.unit.dataset.varied import EVENTS, archive

NAMES = [table.name for table in TABLES]
FILLED = [name for name in NAMES if name != "removals"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The varied archive's snapshot; nobody changes it."""
    return archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module", autouse=True)
def no_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hugging Face's library asks nobody and keeps what it makes here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hub")))
        yield


class TestHuggingFace:
    def test_the_front_matter_names_a_configuration_a_table(self, snapshot: Path) -> None:
        datasets = pytest.importorskip("datasets")
        path = str(snapshot)
        assert sorted(datasets.get_dataset_config_names(path)) == sorted(FILLED)
        assert datasets.get_dataset_default_config_name(path) == "documents"

    @pytest.mark.parametrize("table", FILLED)
    def test_each_configuration_loads_whole_and_streamed(self, snapshot: Path, table: str) -> None:
        datasets = pytest.importorskip("datasets")
        whole = datasets.load_dataset(str(snapshot), table, split="train")
        streamed = datasets.load_dataset(str(snapshot), table, split="train", streaming=True)
        assert whole.num_rows == sum(1 for _ in streamed) == len(rows_of(snapshot, table))

    def test_the_card_is_one(self, snapshot: Path) -> None:
        hub = pytest.importorskip("huggingface_hub")
        card = hub.DatasetCard.load(snapshot / "README.md")
        assert (card.data.license, card.data.language) == ("cc-by-4.0", ["en", "ru"])
        assert card.data.size_categories == ["n<1K"]
        assert {"license", "language", "configs", "tags"} <= card.data.to_dict().keys()


# mlcroissant and rdflib, below it, use what the next versions of pandas and rdflib will not have.
@pytest.mark.filterwarnings("ignore:The inplace keyword", "ignore::DeprecationWarning:rdflib")
class TestCroissant:
    def test_it_is_valid(self, snapshot: Path) -> None:
        issues = croissant(snapshot).metadata.ctx.issues
        assert (issues.errors, issues.warnings) == (set(), set())

    @pytest.mark.parametrize("table", FILLED)
    def test_its_records_are_the_rows(self, snapshot: Path, table: str) -> None:
        (definition,) = (each for each in TABLES if each.name == table)
        rows = rows_of(snapshot, table)
        records = list(croissant(snapshot).records(table))
        assert len(records) == len(rows)
        for name in definition.key:
            said = [text(record[f"{table}/{name}"]) for record in records]
            assert sorted(said) == sorted(str(row[name]) for row in rows)

    def test_lists_and_structs_are_read(self, snapshot: Path) -> None:
        records = croissant(snapshot).records("documents")
        by_id = {text(each["documents/doc_id"]): each for each in records}
        speakers = by_id["en:100"]["documents/speakers"]
        labels = [text(each["documents/speakers/label"]) for each in speakers]
        assert labels == ["Vladimir Putin", "Question"]
        assert list(map(text, by_id["en:100"]["documents/published_in"])) == ["News"]

    def test_every_file_is_there_with_its_checksum(self, snapshot: Path) -> None:
        said = json.loads((snapshot / "croissant.json").read_text("utf-8"))
        manifest = json.loads((snapshot / "manifest.json").read_text("utf-8"))
        listed = {
            each["contentUrl"]: each.get("sha256") for each in said["distribution"][len(NAMES) :]
        }
        assert listed == {file["path"]: file["sha256"] for file in manifest["files"]}


def croissant(snapshot: Path) -> Any:  # noqa: ANN401 - an optional judge
    """The snapshot as mlcroissant reads it."""
    return pytest.importorskip("mlcroissant").Dataset(jsonld=str(snapshot / "croissant.json"))


def text(value: object) -> str:
    """A value as text: mlcroissant gives text as bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)


class TestPandera:
    @pytest.fixture(autouse=True)
    def pandera(self) -> ModuleType:
        """The library, or no test."""
        found: ModuleType = pytest.importorskip("pandera")
        return found

    @pytest.mark.parametrize("table", NAMES)
    def test_every_table_is_as_expected(self, snapshot: Path, table: str) -> None:
        frame = pd.read_parquet(snapshot / table)
        pandera_schema(table).validate(frame, lazy=True)
        pandera_schema(table).validate(frame.head(0), lazy=True)

    def test_the_file_beside_the_tables_says_the_same(self, snapshot: Path) -> None:
        pandas_io = pytest.importorskip("pandera.io.pandas_io")
        schema = pandas_io.from_json(snapshot / "pandera" / "documents.json")
        assert schema == pandera_schema("documents")
        schema.validate(pd.read_parquet(snapshot / "documents"))

    @pytest.mark.parametrize(
        ("column", "value", "check"),
        [
            ("lang", "de", "isin"),
            ("doc_id", "66419", "str_matches"),
            ("text_sha256", "9f86", "str_matches"),
            ("n_words", -1, "greater_than_or_equal_to"),
            ("lang_score", 1.5, "in_range"),
            ("title", None, "not_nullable"),
        ],
    )
    def test_a_broken_frame_fails(
        self, snapshot: Path, pandera: ModuleType, column: str, value: object, check: str
    ) -> None:
        frame = pd.read_parquet(snapshot / "documents")
        spoilt = [value, *frame[column].iloc[1:]]
        frame[column] = pd.Series(spoilt, dtype=frame[column].dtype)
        with pytest.raises(pandera.errors.SchemaErrors) as raised:
            pandera_schema("documents").validate(frame, lazy=True)
        (failed,) = raised.value.failure_cases[["column", "check"]].to_dict("records")
        assert failed["column"] == column
        assert failed["check"].startswith(check)

    def test_a_key_found_twice_and_a_missing_column_fail(
        self, snapshot: Path, pandera: ModuleType
    ) -> None:
        frame = pd.read_parquet(snapshot / "turns")
        with pytest.raises(pandera.errors.SchemaErrors, match="turn_id"):
            pandera_schema("turns").validate(
                pd.concat([frame, frame.head(1)], ignore_index=True), lazy=True
            )
        with pytest.raises(pandera.errors.SchemaErrors, match="speaker_label"):
            pandera_schema("turns").validate(frame.drop(columns="speaker_label"), lazy=True)

    def test_some_columns_can_be_checked(self, snapshot: Path) -> None:
        columns = ["doc_id", "n_words"]
        frame = pd.read_parquet(snapshot / "documents", columns=columns)
        pandera_schema("documents").select_columns(columns).validate(frame)


def test_a_table_that_is_not_there_has_no_expectations() -> None:
    with pytest.raises(UsageError, match="there is no table 'speeches'"):
        pandera_schema("speeches")


class TestCitation:
    """The fields that the Citation File Format 1.2.0 asks for, and their forms."""

    @pytest.fixture
    def cff(self, snapshot: Path) -> dict[str, Any]:
        yaml = pytest.importorskip("yaml")
        said: dict[str, Any] = yaml.safe_load((snapshot / "CITATION.cff").read_text("utf-8"))
        return said

    def test_what_must_be_there_is(self, cff: dict[str, Any], snapshot: Path) -> None:
        assert cff["cff-version"] == "1.2.0"
        assert (cff["type"], cff["version"]) == ("dataset", snapshot.name)
        assert cff["license"] == "CC-BY-4.0"
        assert cff["message"]
        assert cff["title"]
        assert str(cff["date-released"]) == snapshot.name[:10]
        assert all(set(author) <= {"name", "website"} for author in cff["authors"])

    def test_nothing_else_is(self, cff: dict[str, Any]) -> None:
        known = "cff-version type message title abstract version date-released license"
        assert set(cff) <= {*known.split(), "repository-code", "authors", "keywords", "references"}
        assert len(set(cff["keywords"])) == len(cff["keywords"])
        for reference in cff["references"]:
            assert {"type", "title", "authors"} <= set(reference)
            assert reference["type"] == "website"


class TestQueries:
    """What is printed is what is run: the blocks are read out of the card."""

    def test_the_card_prints_them_all(self, snapshot: Path) -> None:
        card = (snapshot / "README.md").read_text("utf-8")
        blocks = re.findall(r"```(python|sql|r)\n(.*?)```", card, re.DOTALL)
        assert blocks == [(query.language, query.text) for query in QUERIES]

    @pytest.mark.parametrize("query", QUERIES, ids=[query.title for query in QUERIES])
    def test_each_gives_rows(self, snapshot: Path, tmp_path: Path, query: Query) -> None:
        said = {"python": in_python, "sql": in_duckdb, "r": in_r}[query.language](
            query, snapshot, tmp_path
        )
        assert said.strip()

    def test_what_they_find(self, snapshot: Path, tmp_path: Path) -> None:
        found = {
            query.title.partition(": ")[2]: in_duckdb(query, snapshot, tmp_path).splitlines()
            for query in QUERIES
            if query.language == "sql"
        }
        omitted = "passages of the Russian edition that the English one does not have"
        assert len(found[omitted]) == EVENTS // 2
        assert len(found["the archive as it was on a day"]) == 20
        edited = "texts that were edited after they had appeared, and by how much"
        assert len(found[edited]) == 1
        assert "peace in Moscow" in found["a word in its context"][0]


def in_python(query: Query, snapshot: Path, scratch: Path) -> str:
    """What a program prints; a module it imports that is not installed skips the test."""
    for module in re.findall(r"^(?:import|from) (\w+)", query.text, re.MULTILINE):
        pytest.importorskip(module)
    return output([sys.executable, "-W", "error", "-c", query.text], snapshot, scratch)


def in_r(query: Query, snapshot: Path, scratch: Path) -> str:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("Rscript is not installed")
    asked = "quit(status = !all(sapply(c('arrow', 'dplyr'), requireNamespace, quietly = TRUE)))"
    if subprocess.run([rscript, "-e", asked], check=False).returncode:
        pytest.skip("R has no arrow or dplyr")
    return output([rscript, "-e", query.text], snapshot, scratch)


def in_duckdb(query: Query, snapshot: Path, scratch: Path) -> str:
    code = f"import duckdb\nfor row in duckdb.sql({query.text!r}).fetchall():\n    print(*map(repr, row))"
    return output([sys.executable, "-W", "error", "-c", code], snapshot, scratch)


def output(command: list[str], folder: Path, scratch: Path) -> str:
    environment = {**os.environ, "HF_HOME": str(scratch), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
