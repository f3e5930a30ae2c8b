"""Show archived pages in a browser: pywb, on this machine only, over the archive's own files.

pywb is an extra (``pip install 'kremlin-archive[replay]'``) and runs as a process of its own. Nothing is
copied: its configuration, in a temporary folder, names the WARC files and the index where they lie; of a
WACZ, the records are read inside the ZIP file, and only its index is written out.
"""
