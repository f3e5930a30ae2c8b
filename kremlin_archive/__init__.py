"""The archive of the Kremlin's event pages: exact bytes in WARC, typed tables in Parquet."""

__version__ = "0.1.0"
