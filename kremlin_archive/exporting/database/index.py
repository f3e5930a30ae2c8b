"""The full-text index: word forms, their stems, and in which documents a stem stands how often.

A form is looked up in ``fts_forms``, which knows the stem of every form in the corpus; so searching needs no
stemmer. What is indexed is title, lead and text.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa

from kremlin_archive.exporting.snapshot import OnProgress

if TYPE_CHECKING:
    import duckdb

STEMMERS = {"en": "english", "ru": "russian"}
_AT_ONCE = 2_000
"""Documents counted at once: their words fit in memory."""
_NUMBER = """
CREATE TABLE fts_documents AS
SELECT (row_number() OVER (ORDER BY event_id, lang) - 1)::INTEGER AS number,
       doc_id, event_id, lang, 0 AS n_words
FROM documents
"""
_STARTS = "SELECT event_id FROM fts_documents WHERE number % ? = 0 ORDER BY event_id"
_AFTER_ALL = 1 << 62
_COUNT = """
INSERT INTO counted
SELECT number, lang, form, count(*)::INTEGER AS n
FROM (
    SELECT f.number, f.lang, unnest(words(concat_ws(' ', d.title, d.lead, d.text))) AS form
    FROM fts_documents f JOIN documents d USING (doc_id)
    WHERE d.event_id >= $first AND d.event_id < $after -- the table is sorted by it: only this part is read
)
GROUP BY ALL
"""
_FINISH = """
CREATE TABLE fts_forms AS
SELECT lang, form, stem_id FROM stemmed ORDER BY lang, form;
CREATE TABLE fts_postings AS
SELECT s.stem_id, c.number, sum(c.n)::INTEGER AS n
FROM counted c JOIN stemmed s USING (lang, form)
GROUP BY ALL ORDER BY stem_id, number;
CREATE TABLE fts_stems AS
SELECT s.stem_id, s.lang, s.stem, p.n_documents
FROM (SELECT DISTINCT stem_id, lang, stem FROM stemmed) s
JOIN (SELECT stem_id, count(*) AS n_documents FROM fts_postings GROUP BY stem_id) p USING (stem_id)
ORDER BY stem_id;
UPDATE fts_documents SET n_words = c.n
FROM (SELECT number, sum(n)::INTEGER AS n FROM counted GROUP BY number) c
WHERE c.number = fts_documents.number;
DROP TABLE counted;
DROP TABLE stemmed;
ALTER TABLE fts_documents DROP event_id;
COMMENT ON TABLE fts_documents IS 'Full-text index: documents and their length in words.';
COMMENT ON TABLE fts_forms IS 'Full-text index: every word form of the texts, with its stem.';
COMMENT ON TABLE fts_stems IS 'Full-text index: stems, and how many documents have them.';
COMMENT ON TABLE fts_postings IS 'Full-text index: how often a stem stands in a document.';
"""


def build_index(db: duckdb.DuckDBPyConnection, total: int, on_progress: OnProgress) -> None:
    """Build the tables of the index from ``documents``; needs the macro ``words``."""
    db.execute(_NUMBER)
    db.execute("CREATE TEMP TABLE counted (number INTEGER, lang VARCHAR, form VARCHAR, n INTEGER)")
    starts = [number for (number,) in db.execute(_STARTS, [_AT_ONCE]).fetchall()]
    for done, (first, after) in enumerate(pairwise((*starts, _AFTER_ALL)), 1):
        db.execute(_COUNT, {"first": first, "after": after})
        on_progress(min(done * _AT_ONCE, total), total)
    forms = db.execute("SELECT DISTINCT lang, form FROM counted ORDER BY lang, form").fetchall()
    db.register("given", _stemmed(forms))
    db.execute("CREATE TEMP TABLE stemmed AS FROM given")
    db.unregister("given")
    db.execute(_FINISH)


def _stemmed(forms: list[tuple[str, str]]) -> pa.Table:
    """Give each form's stem, numbered in the order of first appearance."""
    import snowballstemmer  # type: ignore[import-untyped]  # noqa: PLC0415

    stemmers = {language: snowballstemmer.stemmer(name) for language, name in STEMMERS.items()}
    stems = [stemmers[language].stemWord(form) for language, form in forms]
    numbers: dict[tuple[str, str], int] = {}
    ids = [
        numbers.setdefault((language, stem), len(numbers))
        for (language, _), stem in zip(forms, stems, strict=True)
    ]
    return pa.table(
        {
            "lang": pa.array([language for language, _ in forms], pa.string()),
            "form": pa.array([form for _, form in forms], pa.string()),
            "stem": pa.array(stems, pa.string()),
            "stem_id": pa.array(ids, pa.int32()),
        }
    )
