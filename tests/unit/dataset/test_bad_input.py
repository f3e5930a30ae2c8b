"""What can be wrong with an archive or with the snapshot before: the gate's report says it in words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kremlin_archive import dataset
from kremlin_archive.cli import main
from kremlin_archive.dataset import snapshot as publishing
from kremlin_archive.dataset.build import build_tables
from kremlin_archive.dataset.checks import Check
from kremlin_archive.dataset.checksums import sha256_of
from kremlin_archive.dataset.columns import SCHEMA_VERSION
from kremlin_archive.dataset.observations import LONG_CHARS
from kremlin_archive.dataset.snapshot import latest, publish
from kremlin_archive.errors import SnapshotError
from tests.unit.dataset.conftest import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kremlin_archive.dataset.snapshot import Published
    from tests.unit.dataset.conftest import Event, Site

DOCUMENTS = "documents/documents-en-2021.parquet"


def odd(published: Published) -> dict[str, tuple[str, ...]]:
    """Examples of what is odd, by kind."""
    return {each.kind: each.examples for each in published.gate.observations}


def age(snapshot: Path) -> None:
    """Let a snapshot be one of an older schema version."""
    manifest, sums = snapshot / "manifest.json", snapshot / "SHA256SUMS"
    was = sha256_of(manifest)
    said = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**said, "schema_version": "0.9.0"}), "utf-8")
    sums.write_text(sums.read_text("utf-8").replace(was, sha256_of(manifest)), "utf-8")


def built_with(monkeypatch: pytest.MonkeyPatch, then: Callable[[Path], None]) -> None:
    """Let something happen to the files between building and checking them."""

    def build(*args: Any) -> None:  # noqa: ANN401 - those of build_tables
        build_tables(*args)
        then(args[2])

    monkeypatch.setattr(publishing, "build_tables", build)


def test_a_text_of_a_million_characters_is_published_whole_and_named(
    tmp_path: Path, site: Site, event: Event
) -> None:
    paragraph = "Слово за словом. " * 25_000
    body = f"<p><b>Guest:</b> {paragraph}</p>" * 3
    captures = [site.event(event.but(body=body)), site.event(replace(event, language="ru"))]
    published = publish(tmp_path, [site.part(tmp_path, captures)])
    (row,) = [row for row in rows_of(published.path, "documents") if row["lang"] == "en"]
    assert row["n_chars"] == len(row["text"]) > LONG_CHARS
    assert row["text"].count("Слово") == 75_000
    assert odd(published)["long"] == ("en:66419",)
    assert "long: 1 documents have a text of more than 1,000,000 characters (en:66419)" in str(
        published.gate
    )


def test_what_is_odd_about_documents_is_counted_and_named(
    tmp_path: Path, site: Site, event: Event
) -> None:
    tags = event.tags.replace("/catalog/countries/KZ/", "/catalog/planets/7/")
    empty = [replace(event, event_id=number, body="") for number in range(1, 6)]
    other = replace(event, section="president/trips", title="A trip", day="2020-01-01")
    events = [*empty, event.but(tags=tags), other]
    published = publish(tmp_path, [site.part(tmp_path, [site.event(each) for each in events])])
    found = odd(published)
    assert found["no_body"] == found["no_pair"] == ("en:1", "en:2", "en:3")
    assert found["id_clash"] == ("en:66419",)
    assert "no_body: 5 documents have no body (en:1, en:2, en:3, …)" in str(published.gate)
    unknown = event.but(tags=tags)
    again = publish(tmp_path / "tags", [site.part(tmp_path / "tags", [site.event(unknown)])])
    assert odd(again)["unknown_tag"] == ("en:66419",)
    assert rows_of(again.path, "document_tags") == []


def test_a_kind_the_parser_left_is_told_without_words_of_its_own(
    tmp_path: Path, site: Site, event: Event
) -> None:
    part = site.part(tmp_path, [site.event(event.but(body="<p>A</p><blink>b</blink>"))])
    (said,) = [
        str(each)
        for each in publish(tmp_path, [part]).gate.observations
        if each.kind.startswith("unknown_")
    ]
    assert said.endswith(
        "1 documents hold something the parser kept but did not understand (en:66419)"
    )


def test_another_schema_version_is_published_anew_and_told(
    tmp_path: Path, site: Site, event: Event
) -> None:
    part = site.part(tmp_path, [site.event(event)])
    first = publish(tmp_path, [part])
    age(first.path)
    (told,) = publish(tmp_path, [part], fresh=True).gate.warnings
    assert told == (
        f"{first.snapshot} has schema 0.9.0; "
        f"all tables are published anew with schema {SCHEMA_VERSION}"
    )


def test_extract_says_that_a_schema_was_migrated(
    tmp_path: Path, site: Site, event: Event, capsys: pytest.CaptureFixture[str]
) -> None:
    site.warc(tmp_path / "warc/a.warc.gz", [site.event(event)])
    extract = ["extract", "--root", str(tmp_path), "--jobs", "1"]
    assert main(extract) == 0
    age(tmp_path / "latest")
    with pytest.raises(SnapshotError, match="run `kremlin-archive extract` to publish it anew"):
        dataset.open(tmp_path)
    capsys.readouterr()
    assert main(extract) == 0
    assert f"has schema 0.9.0; all tables are published anew with schema {SCHEMA_VERSION}" in (
        capsys.readouterr().out
    )
    assert dataset.open(tmp_path).schema_version == SCHEMA_VERSION


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("missing", "it is missing"),
        ("cut", "its checksum is not that of SHA256SUMS"),
        ("other", "its checksum is not that of SHA256SUMS"),
    ],
)
def test_a_damaged_file_of_the_snapshot_before_is_named_and_made_anew(
    tmp_path: Path, site: Site, event: Event, harm: str, words: str
) -> None:
    part = site.part(tmp_path, [site.event(event)])
    first = publish(tmp_path, [part])
    sound = (first.path / DOCUMENTS).read_bytes()
    if harm == "missing":
        (first.path / DOCUMENTS).unlink()
    else:
        (first.path / DOCUMENTS).write_bytes(sound[:-9] if harm == "cut" else sound + b"x")
    more = site.part(tmp_path, [site.event(replace(event, event_id=5, day="2001-01-01"))], "b.gz")
    published = publish(tmp_path, [part, more])
    assert f"{first.snapshot} is damaged: {DOCUMENTS}: {words}" in published.gate.warnings
    assert (published.path / DOCUMENTS).read_bytes() == sound


def test_a_table_without_a_file_stops_the_snapshot(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_with(monkeypatch, lambda folder: (folder / "media/media-empty.parquet").unlink())
    with pytest.raises(SnapshotError, match="schema: media: the table has no file"):
        publish(tmp_path, [site.part(tmp_path, [site.event()])])


def test_a_missing_shard_stops_the_snapshot(
    tmp_path: Path, site: Site, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = site.event(replace(event, event_id=5, day="2001-01-01"))
    shard = "paragraphs/paragraphs-en-2021.parquet"
    built_with(monkeypatch, lambda folder: (folder / shard).unlink())
    with pytest.raises(SnapshotError, match="text: en:66419: it has 0 paragraphs"):
        publish(tmp_path, [site.part(tmp_path, [site.event(event), old])])


def test_a_file_whose_pages_are_broken_stops_the_snapshot(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scratch(folder: Path) -> None:
        content = bytearray((folder / DOCUMENTS).read_bytes())
        content[40:60] = bytes(20)
        (folder / DOCUMENTS).write_bytes(content)

    built_with(monkeypatch, scratch)
    with pytest.raises(SnapshotError, match=f"reading: {DOCUMENTS}: it cannot be read: "):
        publish(tmp_path, [site.part(tmp_path, [site.event()])])
    assert latest(tmp_path) is None


def test_what_is_stopped_says_the_rule_and_what_stays_published(
    tmp_path: Path, site: Site, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = site.part(tmp_path, [site.event(event)])
    first = publish(tmp_path, [part])
    built_with(monkeypatch, lambda folder: (folder / "media/media-empty.parquet").unlink())
    with pytest.raises(SnapshotError) as stopped:
        publish(tmp_path, [part], fresh=True)
    assert str(stopped.value).splitlines()[2:] == [
        "  (schema: every table has files, and each has exactly its table's schema)",
        f"  {first.snapshot}, as before, is published",
    ]


def test_of_very_many_faults_the_first_are_listed() -> None:
    check = Check.of("keys", "each key is found once", 1, map(str, range(1000)))
    assert check.faults == (*map(str, range(20)), "there are more")
