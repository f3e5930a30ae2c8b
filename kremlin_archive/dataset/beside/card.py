"""``README.md``: the snapshot's card, for people and, in its front matter, for Hugging Face."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kremlin_archive.dataset.beside.citation import cited_as
from kremlin_archive.dataset.beside.facts import SUMMARY, TITLE, Facts
from kremlin_archive.dataset.beside.licence import RIGHTS
from kremlin_archive.dataset.beside.markdown import grid
from kremlin_archive.dataset.beside.queries import QUERIES
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.dictionary import section

_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))
_LARGER = "1M<n<10M"
_TASKS = ("text-classification", "translation", "token-classification", "text-retrieval")

_START = """\
## Where to begin

`documents` is what most people open: one row a page and language. `turns` says who spoke,
`paragraphs` is the finest unit with text, `alignments` has both languages side by side,
`revisions` every content a document had and when, `changes` the log of them, `captures` every
exchange with the site. `sample/` has up to 1,000 documents and their turns as Parquet, the first
hundred as JSON Lines and CSV too, to look at first.

Rows are joined by `doc_id` (`ru:66419`: language and number) or, across the languages, by
`event_id`.
"""

_TIMES = """\
## Dates and times

* Columns whose names end in `_at` (and `valid_from`, `valid_to`, `fetch_time`, `last_modified`)
  are instants in UTC.
* The pages show Moscow's wall clock without a zone. `published_local` is what they show;
  `published_at` is that moment in UTC by the history of Moscow's clock (UTC+3 and +4 with summer
  time up to 2011, +4 up to October 2014, +3 since); `published_date` is Moscow's day.
* Pages of the early years show `00:00`, which means that the time is not known: `published_at` is
  null and `published_precision` is `day`.
* Announcements have no date of their own in their head; `announced_for` and `announced_until` are
  the days they speak of, which lie in the future of their publication.
* `first_seen_at`, `valid_from` and the like are times of our captures, not of the site's edits:
  an edit lies somewhere between the capture that showed the old content last and the one that
  showed the new content first.
"""

_KNOWN_ISSUES = """\
## Known issues

* Speakers are linked to persons by program. `turns.link_method` and `link_score` say how surely;
  what is linked to nobody says why in `unlinked_reason`. Ids that begin with `label/` are made of
  the name printed: namesakes share one.
* The English edition often gives less than the Russian: see `is_abridged`, `editions` and the
  beads `0-1` of `alignments`. Documents with no second edition in this snapshot have the quality
  warning `no_pair`.
* Alignment and sentences are made by program and are not proof-read; `alignments.score` tells
  what to trust.
* Columns that this version leaves empty say so in their description.
* Numbers (`n_words`, `n_chars`) count what is on the page; speakers' labels are not in `text`.
* DuckDB hands instants to Python through the package `pytz`: install it too. pandas reads integer
  columns that have nulls as floats; `dtype_backend="pyarrow"` keeps them.
"""


def card(facts: Facts) -> str:
    """Give the file's text."""
    parts = (
        front_matter(facts),
        f"# {TITLE}\n",
        f"{SUMMARY}\n",
        _snapshot(facts),
        _tables(facts),
        _START,
        _coverage(facts),
        _TIMES,
        f"## Provenance and rights\n\n{_PROVENANCE}\n{RIGHTS}\n",
        f"## How to cite\n\n> {cited_as(facts)}\n\n`CITATION.cff` says the same for programs.\n",
        _known_issues(facts),
        _queries(),
        "# Data dictionary\n",
        *map(section, TABLES),
    )
    return "\n".join(parts)


_PROVENANCE = """\
Pages are stored byte for byte in WARC files before anything reads them (this project's crawler
obeys robots.txt, opens one connection and pauses between requests; captures made by others can be
taken in). The tables are made from those files alone, so the same files give the same tables. Each
row names its bytes: `warc_filename` below the manifest's `warc_root`, offset, length, record id.
`manifest.json` lists the WARC files with their SHA-256,
`SHA256SUMS` every file of the snapshot, `croissant.json` files and columns in Croissant's form,
`stats.json` counts, nulls and coverage, `pandera/` what a data frame of each table must be like.
"""


def _snapshot(facts: Facts) -> str:
    return (
        f"Snapshot `{facts.snapshot}`: everything captured up to {facts.newest:%Y-%m-%d %H:%M} UTC. A "
        "published snapshot never changes; see `CHANGES.md` for what is new.\n"
    )


def front_matter(facts: Facts) -> str:
    """Give the YAML that Hugging Face reads: one configuration a table, ``documents`` the default."""
    return "".join(f"{line}\n" for line in ("---", *_front_matter(facts), "---"))


def _front_matter(facts: Facts) -> Iterator[str]:
    yield "license: cc-by-4.0"
    yield from _list("language", facts.languages)
    yield f"pretty_name: {json.dumps(TITLE)}"
    yield from _list("size_categories", (_size(facts.rows["documents"]),))
    yield from _list("task_categories", _TASKS)
    has_both = len(facts.languages) > 1
    many = ("multilingual", "translation") if has_both else ("monolingual",)
    yield from _list("multilinguality", many)
    yield from _list("tags", ("politics", "speeches", "transcripts", "web-archive", "parquet"))
    yield "configs:"
    # Hugging Face refuses to load what has no row.
    for table in (each for each in TABLES if facts.rows[each.name]):
        yield f"  - config_name: {table.name}"
        if table.name == "documents":
            yield "    default: true"
        yield "    data_files:"
        yield "      - split: train"
        yield f"        path: {json.dumps(f'{table.name}/*.parquet')}"


def _list(name: str, values: tuple[str, ...]) -> Iterator[str]:
    yield f"{name}:"
    yield from (f"  - {json.dumps(value)}" for value in values)


def _size(rows: int) -> str:
    return next((name for bound, name in _SIZES if rows < bound), _LARGER)


def _tables(facts: Facts) -> str:
    rows = [(f"`{t.name}`", f"{facts.rows[t.name]:,}", t.description) for t in TABLES]
    return f"## Tables\n\n{grid(('table', 'rows', 'one row is'), rows)}"


def _coverage(facts: Facts) -> str:
    head = (
        "language",
        "year",
        "documents",
        "words",
        "turns",
        "with transcript",
        "in both languages",
    )
    rows = [
        (each["lang"], each["year"], *(f"{number:,}" for number in list(each.values())[2:]))
        for each in facts.stats["coverage"]
    ]
    words = "By the day of publication in Moscow; `stats.json` has more.\n"
    return f"## Coverage\n\n{words}\n{grid(head, rows)}"


def _known_issues(facts: Facts) -> str:
    warnings = facts.stats["quality_warnings"]
    counted = ", ".join(f"`{kind}` {number:,}" for kind, number in warnings.items()) or "none"
    speakers = facts.stats["speakers"]
    lines = [
        f"* Quality warnings in this snapshot (`documents.quality_warnings`): {counted}.",
        f"* Turns linked to nobody in this snapshot: {speakers['unlinked']:,} of {speakers['turns']:,}.",
        *(f"* {warning}." for warning in facts.warnings),
    ]
    return _KNOWN_ISSUES + "".join(f"{line}\n" for line in lines)


def _queries() -> str:
    head = "# Queries to copy\n\nEach runs in the folder of the snapshot as it is.\n"
    return "\n".join((head, *(query.markdown() for query in QUERIES)))
