"""WARC files that are taken in behind newer ones, as imported ones are: what is newest stays newest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kremlin_archive.archive.files_below import files_below
from kremlin_archive.replica.site import Site
from kremlin_archive.state import State
from tests.crawl.running import Crawl


def newest_first(root: Path, folder: Path, now: datetime | None = None) -> Iterator[State]:
    """The state of an archive that is given another's WARC files one by one, the newest first."""
    for name in sorted(files_below(root / "warc", ".warc.gz"), reverse=True):
        place = folder / "warc" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / "warc" / name, place)
        with closing(State(folder)) as state:
            state.sync(now)
            yield state


def test_the_address_is_where_a_document_was_named_last(
    crawl: Crawl, site: Site, tmp_path: Path
) -> None:
    old = site.edition("en", 66419)
    both = {"languages": "en", "sections": "news,transcripts"}
    crawl(**both)
    site.remove("en", 66419)
    site.publish(replace(old, sections=("president/transcripts",)))
    root = crawl(mode="backfill", **both).root
    wanted = "http://en.kremlin.ru/events/president/transcripts/66419"
    told = [state.named_at("en:66419") for state in newest_first(root, tmp_path / "late")]
    assert told == [wanted, wanted]


def test_a_page_seen_again_was_looked_at_though_it_was_first_seen_by_an_archive_read_later(
    crawl: Crawl, tmp_path: Path
) -> None:
    one = {"ids": 66419, "languages": "en"}
    crawl(**one)
    run = crawl(**one)
    assert run.pages == {"unchanged": 1}
    with closing(State(run.root, read_only=True)) as state:
        (expected,) = state.watched()
    states = newest_first(run.root, tmp_path / "late")
    assert [*next(states).watched()] == []
    (watched,) = next(states).watched()
    assert watched == expected
    assert watched.missed_since is None
