"""``CITATION.cff``: how to cite a snapshot, in the Citation File Format 1.2.0."""

from __future__ import annotations

import json

from kremlin_archive.dataset.beside.facts import (
    AUTHORS,
    KEYWORDS,
    PROJECT_URL,
    SUMMARY,
    TITLE,
    Facts,
)
from kremlin_archive.dataset.beside.licence import PUBLISHER
from kremlin_archive.dataset.shards import LICENSE, SOURCE


def citation(facts: Facts) -> str:
    """Give the file's text; strings are quoted as JSON does, which YAML reads alike."""
    keywords = "".join(f"  - {_quoted(keyword)}\n" for keyword in KEYWORDS)
    return f"""\
cff-version: 1.2.0
type: dataset
message: "If you use these tables, please cite the snapshot, and name kremlin.ru as the source of the texts."
title: {_quoted(TITLE)}
abstract: {_quoted(SUMMARY)}
version: {_quoted(facts.snapshot)}
date-released: {facts.newest:%Y-%m-%d}
license: {LICENSE}
repository-code: {_quoted(PROJECT_URL)}
authors:
  - name: {_quoted(AUTHORS)}
keywords:
{keywords}references:
  - type: website
    title: "President of Russia: events"
    authors:
      - name: {_quoted(PUBLISHER)}
    url: {_quoted(SOURCE)}
    license: {LICENSE}
"""


def cited_as(facts: Facts) -> str:
    """Give the citation as one line of prose."""
    return (
        f"{AUTHORS} ({facts.newest:%Y}): {TITLE}. Snapshot {facts.snapshot}. "
        f"Texts: {PUBLISHER}, {SOURCE}, {LICENSE}."
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
