"""Queries to copy: printed in the card, and run by a test exactly as they are printed.

Each is whole and runs in the folder of a snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["python", "sql", "r"]


@dataclass(frozen=True, slots=True)
class Query:
    """One query: what it asks, in which language, and the text to copy."""

    title: str
    language: Language
    text: str

    def markdown(self) -> str:
        """Give it as a block of Markdown."""
        return f"**{self.title}**\n\n```{self.language}\n{self.text}```\n"


QUERIES = (
    Query(
        "pandas: documents and words by language and year",
        "python",
        """\
import pandas as pd

documents = pd.read_parquet("documents", columns=["doc_id", "lang", "published_date", "n_words"])
year = pd.to_datetime(documents["published_date"]).dt.year
print(documents.groupby(["lang", year])["n_words"].agg(["count", "sum"]))
""",
    ),
    Query(
        "pandas: what one document's speakers say, turn by turn",
        "python",
        """\
import pandas as pd

turns = pd.read_parquet("turns", filters=[("doc_id", "==", "ru:66419")])
for turn in turns.sort_values("seq").itertuples():
    print(f"{turn.speaker_label}: {turn.text}")
""",
    ),
    Query(
        "polars: who speaks most, under the names of persons",
        "python",
        """\
import polars as pl

turns = pl.scan_parquet("turns/*.parquet")
persons = pl.scan_parquet("persons/*.parquet").select("person_id", "name_en", "display_en")
print(
    turns.filter(pl.col("person_id").is_not_null())
    .group_by("person_id", "lang")
    .agg(pl.len().alias("turns"), pl.col("n_words").sum().alias("words"))
    .join(persons, on="person_id")
    .sort("words", "person_id", "lang", descending=[True, False, False])
    .head(20)
    .collect()
)
""",
    ),
    Query(
        "DuckDB: which countries are tagged, by year",
        "sql",
        """\
SELECT year(d.published_date) AS year, t.label_en, t.label_ru, count(*) AS documents
FROM 'document_tags/*.parquet' c
JOIN 'documents/*.parquet' d USING (doc_id)
JOIN 'tags/*.parquet' t USING (tag_id)
WHERE c.is_current AND t.iso2 IS NOT NULL
GROUP BY ALL
ORDER BY documents DESC, year, label_en, label_ru
LIMIT 20;
""",
    ),
    Query(
        "DuckDB: passages of the Russian edition that the English one does not have",
        "sql",
        """\
SELECT event_id, seq, ru_text
FROM 'alignments/*.parquet'
WHERE bead = '0-1' AND length(ru_text) > 200
ORDER BY length(ru_text) DESC, event_id, seq
LIMIT 20;
""",
    ),
    Query(
        "DuckDB: texts that were edited after they had appeared, and by how much",
        "sql",
        """\
SELECT doc_id, revision_no, valid_from, similarity_prev, n_chars_inserted, n_chars_deleted
FROM 'revisions/*.parquet'
WHERE change_kind = 'text'
ORDER BY valid_from DESC, doc_id
LIMIT 20;
""",
    ),
    Query(
        "DuckDB: the archive as it was on a day",
        "sql",
        """\
SELECT doc_id, title, text
FROM 'revisions/*.parquet'
WHERE valid_from <= '2026-12-01T00:00:00Z'
  AND (valid_to IS NULL OR valid_to > '2026-12-01T00:00:00Z')
  AND change_kind <> 'gone'
ORDER BY event_id, lang
LIMIT 20;
""",
    ),
    Query(
        "DuckDB: a word in its context",
        "sql",
        """\
SELECT doc_id, seq, speaker_label, regexp_extract(text, '.{0,40}\\bpeace\\w*.{0,40}') AS context
FROM 'paragraphs/*.parquet'
WHERE lang = 'en' AND regexp_matches(text, '\\bpeace')
ORDER BY event_id, seq
LIMIT 20;
""",
    ),
    Query(
        "DuckDB from Python (with `pytz`, through which DuckDB hands over instants)",
        "python",
        """\
import duckdb  # pip install duckdb pytz

rows = duckdb.sql(
    "SELECT doc_id, published_at, fetched_at FROM 'documents/*.parquet' "
    "ORDER BY fetched_at DESC, doc_id LIMIT 5"
).fetchall()
for row in rows:
    print(*row)
""",
    ),
    Query(
        "Hugging Face datasets: a table, whole or streamed",
        "python",
        """\
from datasets import load_dataset

documents = load_dataset("parquet", data_files="documents/*.parquet", split="train")
print(documents)
turns = load_dataset("parquet", data_files="turns/*.parquet", split="train", streaming=True)
print(next(iter(turns), None))
""",
    ),
    Query(
        "R (arrow, dplyr): documents by language and year",
        "r",
        """\
library(arrow)
library(dplyr)

open_dataset("documents") |>
  mutate(year = year(published_date)) |>
  group_by(lang, year) |>
  summarise(documents = n(), words = sum(n_words)) |>
  arrange(lang, year) |>
  collect() |>
  print()
""",
    ),
)
