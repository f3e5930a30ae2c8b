"""``turns``: one row a turn of speech, from one speaker's label to the end of what is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, get_args

from kremlin_archive.dataset.attribution import Speaker
from kremlin_archive.dataset.chosen import Chosen
from kremlin_archive.dataset.columns import (
    FLOAT32,
    INT32,
    STRING,
    Column,
    Table,
    identity_columns,
)
from kremlin_archive.dataset.counts import turn_numbers
from kremlin_archive.dataset.speakers.resolution import Method, Reason, SpeakerKind

TURNS = Table(
    name="turns",
    description="One row a turn: a speaker's label and all that is said under it.",
    sort=("event_id", "seq"),
    row_group=5_000,
    shard="language and year of the document's published_date: turns-ru-2021.parquet",
    key=("turn_id",),
    since="1.1.0",
    columns=(
        Column("turn_id", STRING, "key: document and seq", "ru:66419#t1"),
        *identity_columns(),
        Column("revision_id", STRING, "revision", "ru:66419@3f0c1a2b4d5e", repeats=True),
        Column("seq", INT32, "place among the document's turns, from 0", "1"),
        Column("speaker_label", STRING, "label as printed", "К.-Ж.Токаев", repeats=True),
        Column(
            "speaker_role_text",
            STRING,
            "office printed in the label; null where there is none",
            "President of Kazakhstan",
            nullable=True,
            repeats=True,
        ),
        Column(
            "speaker_name",
            STRING,
            "name printed in the label; null where there is none",
            "Kassym-Jomart Tokayev",
            nullable=True,
            repeats=True,
        ),
        Column(
            "person_id",
            STRING,
            "the person (persons); null where the label is not linked to one",
            "persons/336",
            nullable=True,
            repeats=True,
        ),
        Column(
            "link_method",
            STRING,
            "how the label was linked: mention (a link on the page), tag_exact and tag_fuzzy (the event's "
            "tags), office_holder, alias (one person alone bears the name), aligned_edition, "
            "transliteration, label (the id is the name printed), or none",
            "tag_exact",
            nullable=True,
            repeats=True,
            values=get_args(Method),
        ),
        Column(
            "link_score",
            FLOAT32,
            "how sure the link is, comparable within a method; 0 for none",
            "1.0",
            nullable=True,
            unit="0..1",
        ),
        Column(
            "speaker_kind",
            STRING,
            "person, question, crowd (a remark, an answer, a voice), moderator, or unknown",
            "person",
            repeats=True,
            values=get_args(SpeakerKind),
        ),
        Column(
            "delivery_note",
            STRING,
            "bracket between name and colon",
            "как переведено",
            nullable=True,
            repeats=True,
        ),
        Column("para_start", INT32, "seq of the turn's first paragraph", "3"),
        Column(
            "para_end",
            INT32,
            "seq after the turn's last paragraph of speech; separators, quotes and remarks may "
            "stand between",
            "9",
        ),
        Column(
            "text", STRING, "paragraphs of speech, joined by a newline", "Благодарю Вас … \nЯ рад …"
        ),
        Column("n_words", INT32, "words of those paragraphs", "244"),
        Column(
            "unlinked_reason",
            STRING,
            "why the label is linked to nobody: voice (nameless: «Question»), namesakes (two persons bear "
            "the name), initials (with a surname no candidate bears), short_name (one word), role_only "
            "(an office, its holder not known); null where it is linked",
            "voice",
            nullable=True,
            repeats=True,
            values=get_args(Reason),
            since="1.2.0",
        ),
    ),
)


def turn_rows(chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Give a document's turns in order."""
    record = chosen.record
    spoken: dict[int, list[int]] = defaultdict(list)
    for index, turn in enumerate(turn_numbers(record)):
        if turn is not None:
            spoken[turn].append(index)
    for seq, start in enumerate(record.turn_starts):
        speech = spoken[seq]
        yield {
            "turn_id": f"{record.doc_id}#t{seq}",
            **chosen.identity,
            "revision_id": chosen.history.revision_id,
            "seq": seq,
            "speaker_label": record.paragraphs[start].speaker,
            **_speaker(chosen.speakers[seq]),
            "delivery_note": record.paragraphs[start].note,
            "para_start": start,
            "para_end": speech[-1] + 1,
            "text": "\n".join(record.paragraphs[index].text for index in speech),
            "n_words": sum(chosen.words[index] for index in speech),
        }


def _speaker(speaker: Speaker) -> dict[str, Any]:
    return {
        "speaker_role_text": speaker.role_text,
        "speaker_name": speaker.name,
        "person_id": speaker.person_id,
        "link_method": speaker.method,
        "link_score": speaker.score,
        "speaker_kind": speaker.speaker_kind,
        "unlinked_reason": speaker.reason if speaker.person_id is None else None,
    }
