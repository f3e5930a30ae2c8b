"""Other people's archives: captures of the site in WARC files and WACZ packages, taken in as they are.

Each source file becomes one file of the archive, ``warc/YYYY/kremlin-TIMESTAMP-00000-import-HASH.warc.gz``,
whose first record says where it came from. Its members are copies, byte for byte, of the source's members;
only a capture whose payload the archive holds already is kept as a revisit instead. What is not of the site,
or is here already, is left out and counted. Nothing is written until a source has been read to its end, and
the same source always gives the same file.
"""
