"""What was seen and when: a small SQLite cache beside the archive, made from the parts.

It answers what a document's newest content was and when it was looked at, what the site has named that is not
here, which numbers were asked for in vain, how far down its listings were read, and which response record
holds a payload. Everything in it comes from the WARC files: deleting it costs one reading of the parts; a
damaged one is thrown away and made anew, which is said (`state/file.py`).
"""

from kremlin_archive.state.cache import State
from kremlin_archive.state.rows import Known, Unmet
from kremlin_archive.state.spans import Length, Span, spans

__all__ = ["Known", "Length", "Span", "State", "Unmet", "spans"]
