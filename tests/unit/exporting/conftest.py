"""A published snapshot with everything that exports must carry: the seed pair, and pages made by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kremlin_archive.cli import main
from kremlin_archive.dataset.snapshot import publish
from tests.golden.goldens import GOLDENS, Golden
from tests.unit.dataset.conftest import CARDS, PHOTO, Event, Site

SPEAKER = (
    "<p><b>President of Ruritania Rudolf Elphberg:</b> Thank you. (Laughter.) And now &lt;…&gt;</p>"
)
OMITTED = "<p>" + "No such paragraph stands in the other edition. " * 12 + "</p>"
CONVERSATION = Event(
    event_id=70,
    title="Meeting with &lt;journalists&gt; &amp; friends",
    day="2003-05-08",
    body="<p><b>Opening</b></p><p>They sat down.</p>"
    + SPEAKER
    + "<p>&lt;…&gt;</p><p>(Applause.) More.</p><p>(Applause)</p><p>* * *</p>"
    "<p><b>Question</b> (<i>retranslated</i>): Why is that?</p><p><b>Remark:</b> (Laughter.)</p>"
    + OMITTED
    + "<p><b>The end</b></p>"
    + PHOTO
    + CARDS,
)
EMPTY = Event(event_id=71, day="2003-05-09", body="", lead="", place="", tags="")
REMOVED = Event(event_id=72, day="2003-05-10", title="A secret meeting")
EDITED = Event(event_id=73, day="2004-01-01", body="<p>The first words of a story.</p>")
RUSSIAN = replace(
    CONVERSATION,
    language="ru",
    title="Встреча с журналистами",
    day="2004-01-02",
    lead="Встреча прошла в Кремле.",
    place="Москва, Кремль",
    tags="",
    body="<p>Все сели за стол переговоров.</p><p><b>Р.Эльфберг:</b> Спасибо. (Смех.) А теперь ещё.</p>"
    "<p><b>Вопрос</b> (<i>как переведено</i>): Почему?</p><p><b>Реплика:</b> Да!</p>",
)
REMOVAL = '[[removal]]\ndoc_id = "en:72"\nremoved_at = 2026-11-25\nreason = "r"\nbasis = "b"\n'
SEEDS = ("en_event_seed_66419", "ru_event_seed_66419")


@dataclass(frozen=True)
class Archive:
    """An archive's root and what ``kremlin-archive export`` does with it."""

    root: Path

    def export(self, form: str, out: str, *options: str) -> Path:
        """Export to a path below the root's folder."""
        where = self.root.parent / out
        assert (
            main(["export", "--root", str(self.root), "--format", form, *options, str(where)]) == 0
        )
        return where


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive with two crawls, an edit and a takedown."""
    root = tmp_path_factory.mktemp("exporting") / "archive"
    site = Site()
    goldens = [Golden(GOLDENS / name) for name in SEEDS]
    captures = [site.capture(one.meta["url"], one.page.read_bytes()) for one in goldens]
    captures += [site.event(one) for one in (CONVERSATION, EMPTY, REMOVED, EDITED, RUSSIAN)]
    edited = replace(EDITED, body="<p>The second words of the story.</p>")
    root.mkdir()
    (root / "removals.toml").write_text(REMOVAL, "utf-8")
    publish(
        root,
        [
            site.part(root, captures),
            site.part(root, [site.event(edited, hours=48)], "2026/b.warc.gz"),
        ],
    )
    return Archive(root)
