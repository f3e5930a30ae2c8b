"""A DuckDB file: the snapshot's tables with their columns' prose, views, macros and a full-text index.

The index is ordinary tables and a macro, not DuckDB's ``fts`` extension: that is fetched from the network
when a file is opened elsewhere, while this file opens in any DuckDB from 1.4 on, offline. ``tables`` brings
the rows in, ``index`` builds the index, ``sql/`` has what is written once: views, search, macros.

DuckDB does not promise the same bytes for the same content; this export promises the same content.
"""

from kremlin_archive.exporting.database.write import export_database

__all__ = ["export_database"]
