"""The release gate finds what is wrong with a snapshot that was built, and stops it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kremlin_archive.dataset import build as building
from kremlin_archive.dataset import snapshot as publishing
from kremlin_archive.dataset.build import TABLES, build_tables
from kremlin_archive.dataset.references import REFERENCES
from kremlin_archive.dataset.snapshot import latest, publish
from kremlin_archive.dataset.tables.documents import DOCUMENTS, document_row
from kremlin_archive.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.dataset.conftest import Event, Site

    Damage = Callable[[pa.Table], pa.Table]


def set_to(column: str, value: Any, row: int = 0) -> Damage:  # noqa: ANN401 - whatever the column holds
    def damage(table: pa.Table) -> pa.Table:
        values = table[column].to_pylist()
        values[row] = value
        index = table.column_names.index(column)
        field = table.schema.field(column)
        return table.set_column(index, field, pa.array(values, field.type))

    return damage


def doubled(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table, table])


def without_a_row(table: pa.Table) -> pa.Table:
    return table.slice(1)


def without_a_column(table: pa.Table) -> pa.Table:
    return table.drop_columns([table.column_names[-1]])


@pytest.fixture
def damaged(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Damage], None]:
    """Let the builder make a mistake in one file."""

    def damage_file(path: str, damage: Damage) -> None:
        def build(*args: Any) -> None:  # noqa: ANN401 - those of build_tables
            build_tables(*args)
            file = args[2] / path
            pq.write_table(damage(pq.read_table(file, partitioning=None)), file)

        monkeypatch.setattr(publishing, "build_tables", build)

    return damage_file


@pytest.mark.parametrize(
    ("path", "damage", "fault"),
    [
        ("documents/documents-en-2021.parquet", without_a_column, "schema: documents/documents-en"),
        ("tags/tags-all.parquet", without_a_column, "schema: tags/tags-all"),
        ("documents/documents-en-2021.parquet", doubled, "keys: .*en:66419 more than once"),
        ("captures/captures-2026-11.parquet", doubled, "keys: captures/captures-2026-11"),
        ("turns/turns-en-2021.parquet", doubled, "keys: turns/turns-en-2021.*en:66419#t0, en:664"),
        ("tags/tags-all.parquet", without_a_row, "references: document_tags.tag_id: countries/KZ"),
        ("persons/persons-all.parquet", without_a_row, "references: turns.person_id: label/vlad"),
        ("revisions/revisions-en-2021.parquet", without_a_row, "references: documents.revision_id"),
        (
            "documents/documents-en-2021.parquet",
            set_to("pair_doc_id", "ru:1"),
            "references: documents.pair_doc_id: ru:1 not in documents.doc_id",
        ),
        (
            "documents/documents-en-2021.parquet",
            set_to("text", "Something else"),
            "text: en:66419: its paragraphs and their offsets do not give its text",
        ),
        (
            "documents/documents-en-2021.parquet",
            set_to("n_turns", 9),
            "text: en:66419: it has 4 paragraphs and 2 turns",
        ),
        ("paragraphs/paragraphs-en-2021.parquet", without_a_row, "text: en:66419: it has 3"),
        ("paragraphs/paragraphs-en-2021.parquet", set_to("char_end", 1, 2), "text: en:66419: its"),
        ("turns/turns-en-2021.parquet", set_to("text", "No"), "text: en:66419#t0: its paragraphs"),
        ("turns/turns-en-2021.parquet", set_to("para_end", 2), "text: en:66419#t0: its paragraphs"),
        (
            "documents/documents-en-2021.parquet",
            set_to("warc_record_length", 100_000),
            "pointers: documents/documents-en-2021.parquet: a record of 2026/a.warc.gz lies at 100",
        ),
        (
            "captures/captures-2026-11.parquet",
            set_to("warc_record_offset", -1),
            "pointers: captures/captures-2026-11.parquet: a record of 2026/a.warc.gz lies at -1",
        ),
        (
            "revisions/revisions-en-2021.parquet",
            set_to("warc_filename", "x.warc.gz"),
            "pointers: .*x.warc.gz is not among the WARC files read",
        ),
        (
            "editions/editions-2021.parquet",
            set_to("pair_status", "neither"),
            "values: editions/editions-2021.parquet: pair_status may be .*both.*, not neither",
        ),
    ],
)
def test_a_fault_stops_the_snapshot_and_is_named(  # noqa: PLR0917 - what is damaged is a table
    tmp_path: Path,
    site: Site,
    damaged: Callable[[str, Damage], None],
    path: str,
    damage: Damage,
    fault: str,
) -> None:
    part = site.part(tmp_path, [site.event()])
    damaged(path, damage)
    with pytest.raises(SnapshotError, match=f"(?s)release gate stopped the snapshot:.*{fault}"):
        publish(tmp_path, [part])
    assert not (tmp_path / "snapshots").exists()
    assert not (tmp_path / "staging").exists()
    assert latest(tmp_path) is None


def test_many_faults_of_a_kind_are_counted(
    tmp_path: Path, site: Site, event: Event, damaged: Callable[[str, Damage], None]
) -> None:
    events = [site.event(replace(event, event_id=number)) for number in range(1, 9)]
    part = site.part(tmp_path, events)
    damaged("documents/documents-en-2021.parquet", doubled)
    with pytest.raises(
        SnapshotError, match=r"en:1, en:2, en:3, en:4, en:5 and 3 more more than once"
    ):
        publish(tmp_path, [part])


def test_a_null_where_none_may_be_is_not_even_written(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = site.part(tmp_path, [site.event()])
    nameless = (DOCUMENTS, lambda chosen: [{**document_row(chosen), "title": None}])
    monkeypatch.setattr(building, "_OF_DOCUMENTS", (nameless, *building._OF_DOCUMENTS[1:]))
    with pytest.raises(SnapshotError, match="'title' is declared non-nullable"):
        publish(tmp_path, [part])


def test_a_lost_document_stops_the_snapshot(tmp_path: Path, site: Site, event: Event) -> None:
    part = site.part(tmp_path, [site.event(event), site.event(replace(event, event_id=5))])
    first = publish(tmp_path, [part])
    more = site.part(tmp_path, [site.event(replace(event, event_id=6))], "b.warc.gz")

    def build_less(plan: Any, *args: Any) -> None:  # noqa: ANN401 - those of build_tables
        kept = {key: histories[1:] for key, histories in plan.shards.items()}
        build_tables(replace(plan, shards=kept), *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "build_tables", build_less)
        with pytest.raises(SnapshotError, match=r"losses: against .*: 1 documents are lost: en:5"):
            publish(tmp_path, [part, more])
    assert latest(tmp_path) == first.path
    assert publish(tmp_path, [part, more]).gate.warnings == ()


def test_a_file_that_is_not_read_any_more_explains_a_loss(
    tmp_path: Path, site: Site, event: Event
) -> None:
    one = site.part(tmp_path, [site.event(event)])
    two = site.part(tmp_path, [site.event(replace(event, event_id=5))], "b.warc.gz")
    publish(tmp_path, [one, two])
    lost, fewer = publish(tmp_path, [one]).gate.warnings
    assert "1 documents are lost: en:5; WARC files not read any more, or changed: b.warc.gz" in lost
    assert "1 captures are lost" in fewer


def test_a_page_that_cannot_be_read_any_more_explains_a_loss(
    tmp_path: Path, site: Site, event: Event
) -> None:
    capture = site.event(event)
    publish(tmp_path, [site.part(tmp_path, [capture])])
    unread = site.part(tmp_path, [replace(capture, content=b"<html></html>")])
    published = publish(tmp_path, [unread])
    assert (published.rows["documents"], published.gate.warnings) == (0, ())
    assert [problem.kind for problem in published.problems] == ["layout"]


@pytest.mark.parametrize(
    "left", ["nothing", "no manifest", "a broken manifest", "a list", "a broken table"]
)
def test_a_broken_snapshot_before_does_not_stop_the_next(
    tmp_path: Path, site: Site, event: Event, left: str
) -> None:
    part = site.part(tmp_path, [site.event(event)])
    first = publish(tmp_path, [part]).path
    if left == "nothing":
        for path in sorted(first.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        first.rmdir()
    elif left == "a broken table":
        (first / "documents/documents-en-2021.parquet").write_bytes(b"PAR1")
    elif left == "no manifest":
        (first / "manifest.json").unlink()
    else:
        (first / "manifest.json").write_text("[]" if left == "a list" else "[")
    more = site.part(tmp_path, [site.event(replace(event, event_id=6))], "b.warc.gz")
    published = publish(tmp_path, [part, more])
    assert (published.is_new, published.rows["documents"]) == (True, 2)
    warnings = published.gate.warnings
    if left == "nothing":
        assert warnings == ()
    else:
        damaged, incomparable = warnings
        assert damaged.startswith(f"{first.name} is damaged: ")
        assert incomparable.startswith(f"{first.name} could not be compared with: ")


def test_the_report_says_what_was_looked_at(tmp_path: Path, site: Site) -> None:
    part = site.part(tmp_path, [site.event()])
    gate = publish(tmp_path, [part]).gate
    made = len(TABLES)
    of_rows = ["values", "keys", "references", "text", "pointers"]
    assert [check.name for check in gate.checks] == ["schema", "reading", *of_rows, "losses"]
    assert gate.checks[0].looked_at == made
    odd = "no_pair: 1 documents have no other edition in this snapshot (en:66419)"
    assert str(gate).splitlines()[:2] == [f"passed: files checked {made}", f"          {odd}"]
    assert str(publish(tmp_path, [part]).gate).startswith("passed: files checked 1\n")


def test_references_name_columns_that_are_there() -> None:
    for each in REFERENCES:
        assert each.column in each.table.schema().names
        assert each.target_column in each.target.schema().names


def test_the_manifest_tells_how_tags_agree(tmp_path: Path, site: Site, event: Event) -> None:
    published = publish(
        tmp_path,
        [site.part(tmp_path, [site.event(event), site.event(replace(event, language="ru"))])],
    )
    manifest = json.loads((published.path / "manifest.json").read_text("utf-8"))
    assert manifest["tag_agreement"] == [{"catalogue": "countries", "pairs": 1, "agreeing": 1}]
