"""A published snapshot in the forms that other people's tools open; only its Parquet files are read.

One format a file (or a room, where it is large), one registry (``formats``)::

    tei       a TEI corpus by ParlaMint's conventions, a file a document       a folder
    jsonl     a document a line, everything about it nested                    a file, .gz by its name
    text      the site's own plain layout, a file a document, and an index     a folder
    duckdb    all tables with views, macros and a full-text index              a file
    tmx, moses, xces   the paragraphs of both editions side by side            a file, or three

Documents pass one by one, so memory does not grow with the archive. What is written stands aside until it
is whole. The same snapshot gives the same bytes; of a DuckDB file, the same content.
"""

NAMES = ("tei", "jsonl", "text", "duckdb", "tmx", "moses", "xces")
"""Names of the formats; ``formats`` has the functions, which take longer to import."""
