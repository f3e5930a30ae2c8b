"""One file, or one folder, that carries an archive elsewhere.

A package is a published snapshot and the WARC files it was read from, whose checksums the snapshot's
manifest names: files closed after it are left out, and the report says which. Everything is streamed;
what must be looked up (which capture a document was read from, which records were chosen) lies in a
temporary SQLite file beside the package. The same archive gives the same bytes: no clock, no host name.
"""
