"""``paragraphs``: one row a paragraph of a document's body, the finest unit with text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, get_args

from kremlin_archive.dataset.chosen import Chosen
from kremlin_archive.dataset.columns import (
    BOOL,
    INT32,
    LANGUAGES,
    STRING,
    Column,
    Table,
    identity_columns,
    list_of_struct,
)
from kremlin_archive.dataset.counts import turn_numbers
from kremlin_archive.dataset.language import detect
from kremlin_archive.dataset.sentences import sentence_spans
from kremlin_archive.records import ParagraphKind

INSERTION = re.compile(r"\[[^\]]+\]")

PARAGRAPHS = Table(
    name="paragraphs",
    description="One row a paragraph of the body, in the current revision of its document.",
    sort=("event_id", "seq"),
    row_group=10_000,
    shard="language and year of the document's published_date: paragraphs-ru-2021.parquet",
    key=("paragraph_id",),
    columns=(
        Column("paragraph_id", STRING, "key: document and seq", "ru:66419#p12"),
        *identity_columns(),
        Column("revision_id", STRING, "revision", "ru:66419@3f0c1a2b4d5e", repeats=True),
        Column("seq", INT32, "place in the body, from 0", "12"),
        Column(
            "turn_seq",
            INT32,
            "turn the paragraph belongs to, from 0; null outside speech",
            "1",
            nullable=True,
        ),
        Column(
            "kind",
            STRING,
            "speech, narration, heading, separator or quote",
            "speech",
            repeats=True,
            values=get_args(ParagraphKind),
        ),
        Column("text", STRING, "text without the speaker's label", "Благодарю Вас …"),
        Column("char_start", INT32, "begin in documents.text", "1801", unit="code point"),
        Column("char_end", INT32, "end in documents.text, exclusive", "1934", unit="code point"),
        Column("n_words", INT32, "words: runs between spaces with a letter or digit", "17"),
        Column("text_sha256", STRING, "sha256 of text in UTF-8, hex", "9f86d081884c7d65…"),
        Column(
            "lang_detected",
            STRING,
            "language by script; null below 20 letters",
            "ru",
            nullable=True,
            repeats=True,
            values=LANGUAGES,
        ),
        Column(
            "sentences",
            list_of_struct(start=INT32, end=INT32),
            "sentences as ranges in text, without the blanks between; empty where there is no word",
            '[{"start": 0, "end": 41}]',
            unit="code point",
        ),
        Column("has_insertion", BOOL, "holds an editor's [insertion]", "false"),
        Column(
            "speaker_label",
            STRING,
            "who speaks, as printed; repeated on continuing paragraphs, null outside speech",
            "К.-Ж.Токаев",
            nullable=True,
            repeats=True,
        ),
        Column(
            "delivery_note",
            STRING,
            "bracket between name and colon, on the labelled paragraph only",
            "как переведено",
            nullable=True,
            repeats=True,
        ),
    ),
)


def paragraph_rows(chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Give a document's rows; ``text[char_start:char_end]`` of its row is each one's text."""
    record = chosen.record
    start = 0
    turns = turn_numbers(record)
    for seq, paragraph in enumerate(record.paragraphs):
        found = detect(paragraph.text)
        yield {
            "paragraph_id": f"{record.doc_id}#p{seq}",
            **chosen.identity,
            "revision_id": chosen.history.revision_id,
            "seq": seq,
            "turn_seq": turns[seq],
            "kind": paragraph.kind,
            "text": paragraph.text,
            "char_start": start,
            "char_end": start + len(paragraph.text),
            "n_words": chosen.words[seq],
            "text_sha256": sha256(paragraph.text.encode()).hexdigest(),
            "lang_detected": found.language if found else None,
            "sentences": [
                {"start": begin, "end": end}
                for begin, end in sentence_spans(paragraph.text, record.language)
            ],
            "has_insertion": INSERTION.search(paragraph.text) is not None,
            "speaker_label": paragraph.speaker,
            "delivery_note": paragraph.note,
        }
        start += len(paragraph.text) + 1
