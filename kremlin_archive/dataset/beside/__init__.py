"""What stands beside the tables of a snapshot, all of it made from the tables and their definitions.

::

    README.md       the card: front matter for Hugging Face, tables, columns, queries    card.py
    LICENSE         the licence of the texts, and whose the pictures are                 licence.py
    CITATION.cff    how to cite, Citation File Format 1.2                                citation.py
    CHANGES.md      what the newest crawl brought, and the log by month                  changes_text.py
    croissant.json  files and columns for machines, Croissant 1.1                        croissant.py
    stats.json      rows, nulls, ranges, coverage, speakers without a person             stats.py
    sample/         1,000 documents and their turns, to look at                          sample.py
    pandera/        what a data frame of each table must be like        ../expectations.py

The same archive gives the same bytes: no clock, no host, nothing of what was published before. What
is counted of a table file is remembered by the file's checksum (``memory.py``), so that a
publication costs what its new files cost.
"""

from __future__ import annotations

from kremlin_archive.dataset.beside.files import write_drawn_files, write_unnamed_texts
from kremlin_archive.dataset.beside.named import write_named_texts

__all__ = ["write_drawn_files", "write_named_texts", "write_unnamed_texts"]
