"""The bytes: HTTP messages as they crossed the wire, and the WARC files that keep them.

Layout below the archive's root::

    warc/YYYY/kremlin-YYYYMMDDHHMMSSmmm-NNNNN-HOST.warc.gz        closed: complete, never touched again
    warc/YYYY/kremlin-….warc.gz.open                              being written, or left by a crash

A file opens with a ``warcinfo`` record; every exchange is a ``response`` and a ``request`` record (and
``metadata`` where bytes arrived that belong to neither), one gzip member each. What an exchange sent and
received is stored before anything looks inside it.
"""
