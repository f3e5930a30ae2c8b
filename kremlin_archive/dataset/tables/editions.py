"""``editions``: one row an event, with what its two editions have in common and what one lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kremlin_archive.dataset.columns import (
    BOOL,
    FLOAT32,
    INT32,
    INT64,
    STRING,
    Column,
    Table,
)

EDITIONS = Table(
    name="editions",
    description="One row an event: which editions it has, and how they compare.",
    sort=("event_id",),
    row_group=10_000,
    shard="year of the Russian edition's published_date, else the English: editions-2021.parquet",
    key=("event_id",),
    since="1.1.0",
    columns=(
        Column("event_id", INT64, "key: the site's number of the event", "66419"),
        Column("en_doc_id", STRING, "English edition", "en:66419", nullable=True),
        Column("ru_doc_id", STRING, "Russian edition", "ru:66419", nullable=True),
        Column(
            "pair_status",
            STRING,
            "both, en_only or ru_only",
            "both",
            repeats=True,
            values=("both", "en_only", "ru_only"),
        ),
        Column(
            "publish_lag_s",
            INT64,
            "English published_at less Russian published_at, as the pages show them; null unless "
            "both are known to the minute",
            "0",
            nullable=True,
            unit="second",
        ),
        Column("n_para_en", INT32, "paragraphs of the English text", "18", nullable=True),
        Column("n_para_ru", INT32, "paragraphs of the Russian text", "19", nullable=True),
        Column("n_turns_en", INT32, "turns of the English text", "2", nullable=True),
        Column("n_turns_ru", INT32, "turns of the Russian text", "2", nullable=True),
        Column(
            "speaker_sequence_equal",
            BOOL,
            "both editions' turns change speakers alike (labels numbered by first appearance); null "
            "unless both have turns",
            "true",
            nullable=True,
        ),
        Column("en_is_abridged", BOOL, "documents.is_abridged, English", "false", nullable=True),
        Column("ru_is_abridged", BOOL, "documents.is_abridged, Russian", "false", nullable=True),
        Column(
            "align_method",
            STRING,
            "how the paragraphs were aligned (alignments.method); null unless both editions have a body "
            "and neither was removed",
            "anchors",
            nullable=True,
            repeats=True,
        ),
        Column(
            "align_model",
            STRING,
            "model of the method use_dp; null: none was used",
            "use-dp 1.0",
            nullable=True,
            repeats=True,
        ),
        Column(
            "align_score",
            FLOAT32,
            "mean score of the pair's rows of alignments, passages in one edition only counting 0; null "
            "where align_method is",
            "0.97",
            nullable=True,
            unit="0..1",
        ),
        Column(
            "title_similarity",
            FLOAT32,
            "null: titles in two languages are not compared in this version",
            "0.84",
            nullable=True,
            unit="0..1",
        ),
    ),
)

DOCUMENT_COLUMNS = (
    "doc_id",
    "event_id",
    "lang",
    "published_at",
    "published_date",
    "n_paragraphs",
    "n_turns",
    "is_abridged",
)
"""Columns of ``documents`` that editions are made from."""


def edition_row(
    event_id: int,
    english: Mapping[str, Any] | None,
    russian: Mapping[str, Any] | None,
    labels: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """One row but for ``align_*``, from the documents' rows; ``labels`` are the turns' by document."""
    status = "en_only" if russian is None else "ru_only" if english is None else "both"
    return {
        "event_id": event_id,
        "en_doc_id": _of(english, "doc_id"),
        "ru_doc_id": _of(russian, "doc_id"),
        "pair_status": status,
        "publish_lag_s": _lag(english, russian),
        "n_para_en": _of(english, "n_paragraphs"),
        "n_para_ru": _of(russian, "n_paragraphs"),
        "n_turns_en": _of(english, "n_turns"),
        "n_turns_ru": _of(russian, "n_turns"),
        "speaker_sequence_equal": _same_sequence(
            labels.get(f"en:{event_id}", ()), labels.get(f"ru:{event_id}", ())
        ),
        "en_is_abridged": _of(english, "is_abridged"),
        "ru_is_abridged": _of(russian, "is_abridged"),
        "title_similarity": None,
    }


def speaker_pattern(labels: Sequence[str]) -> list[int]:
    """Number the labels by first appearance.

    >>> speaker_pattern(["V. Putin", "Question", "V. Putin"])
    [0, 1, 0]
    """
    numbers: dict[str, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def _same_sequence(english: Sequence[str], russian: Sequence[str]) -> bool | None:
    if not english or not russian:
        return None
    return speaker_pattern(english) == speaker_pattern(russian)


def _lag(english: Mapping[str, Any] | None, russian: Mapping[str, Any] | None) -> int | None:
    here, there = _of(english, "published_at"), _of(russian, "published_at")
    return None if here is None or there is None else int((here - there).total_seconds())


def _of(row: Mapping[str, Any] | None, name: str) -> Any:  # noqa: ANN401 - whatever the column holds
    return None if row is None else row[name]
