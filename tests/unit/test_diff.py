"""``diff`` on snapshots of pages made by hand: what else changed, where that is kept, and colours."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kremlin_archive.cli import main
from kremlin_archive.dataset.extract import extract
from tests.unit.dataset.conftest import PHOTO, PHOTO_URL, Event, Site

EVENT = Event(body="<p>The talks began at noon.</p><p><b>Guest:</b> Thank you.</p>")
SCIENCE = """<div class="read__tagscol"><h3>Topics</h3><ul class="read__taglist">
<li><a href="/catalog/keywords/39/events" rel="tag"><i></i>Science</a></li></ul></div>"""


def archive(root: Path, *events: Event) -> Path:
    """A root with a WARC file of these pages, and its snapshot."""
    site = Site()
    site.warc(root / "warc/2026/a.warc.gz", [site.event(event) for event in events])
    extract(root)
    return root


def changes(root: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["diff", "en:66419", "--root", str(root), "--json"]) == 0
    told: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["changes"]
    return told


def words(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["diff", "en:66419", "--root", str(root)]) == 0
    return capsys.readouterr().out


def test_a_change_of_tags_alone_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = archive(tmp_path, EVENT, EVENT.but(tags=SCIENCE))
    (change,) = changes(root, capsys)
    assert (change["change_kind"], change["paragraphs"], change["facts"]) == ("tags", [], {})
    assert change["lists"] == {
        "countries": {"removed": [{"code": "KZ", "name": "Kazakhstan"}], "added": []},
        "topics": {"removed": [], "added": [{"id": 39, "name": "Science"}]},
    }
    told = words(root, capsys)
    assert "countries: [-KZ, Kazakhstan-]" in told
    assert "topics: {+39, Science+}" in told


def test_a_change_of_media_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = archive(tmp_path, EVENT, EVENT.but(body=EVENT.body + PHOTO))
    (change,) = changes(root, capsys)
    photo = {"id": 61254, "url": PHOTO_URL, "caption": "With the guest"}
    assert change["lists"] == {"photos": {"removed": [], "added": [photo]}}
    assert f"photos: {{+61254, {PHOTO_URL}, With the guest+}}" in words(root, capsys)


def test_a_change_of_speaker_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = archive(tmp_path, EVENT, EVENT.but(body=EVENT.body.replace("Guest", "Host")))
    (change,) = changes(root, capsys)
    assert change["marks"] == [
        {"mark": "speaker", "first": 2, "last": 2, "before": "Guest", "after": "Host"}
    ]
    assert "speaker of paragraph 2: 'Guest' became 'Host'" in words(root, capsys)


def test_changes_of_head_and_dates_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = EVENT.but(title="Talks", lead="", place="Sochi", clock="13:20")
    root = archive(tmp_path, EVENT, later)
    (change,) = changes(root, capsys)
    assert change["facts"].keys() == {"title", "lead", "place", "time", "published_at"}
    assert change["facts"]["time"] == {"before": "13:10", "after": "13:20"}
    told = words(root, capsys)
    assert "lead: 'They met in the Kremlin.' became none" in told
    assert "place: 'The Kremlin, Moscow' became 'Sochi'" in told


@pytest.mark.parametrize("harm", ["no file", "another file"])
def test_what_cannot_be_shown_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    root = archive(tmp_path, EVENT, EVENT.but(tags=SCIENCE, title="Talks", body="<p>It began.</p>"))
    warc = root / "warc/2026/a.warc.gz"
    if harm == "no file":
        warc.unlink()
    else:
        Site().warc(warc, [Site().event(EVENT.but(frame="2027"))])
    (change,) = changes(root, capsys)
    assert change["facts"].keys() == {"title"}
    assert change["paragraphs"]
    missing = change["not_shown"]
    assert missing["fields"] == ["paragraphs", "turn_starts", "countries", "topics"]
    assert "2026/a.warc.gz" in missing["why"]
    assert "not shown: what changed in paragraphs, turn_starts, countries" in words(root, capsys)


def test_a_change_of_words_alone_needs_no_archived_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = archive(tmp_path, EVENT, EVENT.but(body=EVENT.body.replace("noon", "five")))
    (root / "warc/2026/a.warc.gz").unlink()
    (change,) = changes(root, capsys)
    assert change["not_shown"] is None


def test_a_page_that_came_back_is_compared_with_what_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site()
    captures = [
        site.event(EVENT, hours=0),
        site.capture(EVENT.url, status=404, hours=24),
        site.capture(EVENT.url, status=404, hours=48),
        site.event(EVENT.but(tags=SCIENCE), hours=72),
    ]
    site.warc(tmp_path / "warc/2026/a.warc.gz", captures)
    extract(tmp_path)
    gone, back = changes(tmp_path, capsys)
    assert (gone["change_kind"], gone["lists"], gone["not_shown"]) == ("gone", {}, None)
    assert back["lists"].keys() == {"countries", "topics"}


def test_nothing_is_read_back_of_a_document_that_was_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    removal = (
        'doc_id = "en:66419"\nremoved_at = 2026-11-25\nreason = "A request"\nbasis = "The law"\n'
    )
    (tmp_path / "removals.toml").write_text(f"[[removal]]\n{removal}", "utf-8")
    archive(tmp_path, EVENT, EVENT.but(tags=SCIENCE, clock="13:20"))
    (change,) = changes(tmp_path, capsys)
    assert change["facts"].keys() == {"time", "published_at"}  # as in the tables
    assert (change["lists"], change["marks"], change["paragraphs"]) == ({}, [], [])


def test_a_stretch_too_long_for_words_is_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kremlin_archive.report.worddiff.MOST_PAIRS", 20)
    root = archive(tmp_path, EVENT, EVENT.but(body=EVENT.body.replace("noon", "five")))
    (change,) = changes(root, capsys)
    assert change["replaced_whole"] == [0]
    told = words(root, capsys)
    assert "too long to be compared word by word, so shown as replaced whole: 24 and 24" in told
    assert "[-The talks began at noon.-]{+The talks began at five.+}" in told


# ---- colours -------------------------------------------------------------------------------------------


def on_a_terminal(root: Path, verb: list[str], **environment: str) -> str:
    """What a verb prints on a terminal of its own."""
    ours, its = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    done = subprocess.Popen(
        [sys.executable, "-m", "kremlin_archive", *verb, "--root", str(root)],
        stdout=its,
        env={**clean, "TERM": "xterm", **environment},
    )
    os.close(its)
    told = bytearray()
    try:
        while piece := os.read(ours, 65536):
            told += piece
    except OSError:  # how Linux says that nobody holds the other end any more
        pass
    os.close(ours)
    assert done.wait() == 0
    return told.decode()


@pytest.mark.parametrize("verb", [["diff", "en:66419"], ["status"]], ids=["diff", "status"])
@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["wanted", "an empty wish", "not wanted", "a dumb terminal"],
)
def test_colours_are_for_terminals_of_those_who_want_them(
    tmp_path: Path, verb: list[str], environment: dict[str, str], *, coloured: bool
) -> None:
    root = archive(tmp_path, EVENT, EVENT.but(body=EVENT.body.replace("noon", "five")))
    told = on_a_terminal(root, verb, **environment)
    assert ("\x1b[" in told) == coloured
    assert verb == ["status"] or ("[-noon-]{+five+}" in told) != coloured


@pytest.mark.parametrize("verb", [["diff", "en:66419"], ["status"]], ids=["diff", "status"])
def test_what_goes_elsewhere_is_never_coloured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    root = archive(tmp_path, EVENT, EVENT.but(body=EVENT.body.replace("noon", "five")))
    assert main([*verb, "--root", str(root)]) == 0
    assert "\x1b" not in capsys.readouterr().out
