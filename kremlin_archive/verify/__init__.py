"""Is every byte and every pointer of an archive sound? One pass over the bytes answers it.

``verify_archive`` (``archive.py``) and ``verify_files`` (``files.py``) give a ``Report`` of ``Finding``;
``salvageable_records`` (``salvage.py``) gives the records of a broken file that are sound themselves.

The way of a WARC file: ``archive/scan.py`` (events, faults of framing, going on behind them) →
``warc.py`` (one file, one task) → ``record.py`` (header, block digest) → ``message.py`` (HTTP and payload
digest). Beside it walk the claims of index and tables (``claims.py``); behind it ids are joined over all
files (``identities.py``).
"""
