"""Passages that one edition has and the other lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

LEAST_CHARS = 200
"""Shorter paragraphs are left out or joined by editors without a second thought."""

OMISSIONS_SQL = """\
SELECT event_id, seq,
       CASE bead WHEN '1-0' THEN 'ru' ELSE 'en' END AS missing_in,
       en_text || ru_text AS text, length(en_text || ru_text) AS n_chars
FROM alignments
JOIN editions USING (event_id)
WHERE bead IN ('1-0', '0-1') AND length(en_text || ru_text) >= 200
  AND NOT (bead = '0-1' AND en_is_abridged)
ORDER BY n_chars DESC, event_id, seq
"""
"""The same as a query of a snapshot (DuckDB), but for English texts that say they are abridged."""


def omissions(
    rows: Iterable[Mapping[str, Any]], least_chars: int = LEAST_CHARS
) -> Iterator[Mapping[str, Any]]:
    """Choose the rows of ``alignments`` whose text stands in one edition only and is long enough."""
    for row in rows:
        if row["bead"] in {"1-0", "0-1"} and len(row["en_text"] + row["ru_text"]) >= least_chars:
            yield row
