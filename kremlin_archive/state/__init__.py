"""What was seen and when: a small SQLite cache beside the archive, made from the parts.

It answers what a document's newest content was and when it was looked at, what the site has named that is not
here, how long its listings were, and which response record holds a payload. Deleting it costs one reading of
the parts; a damaged one is thrown away and made anew.
"""

from kremlin_archive.state.cache import State
from kremlin_archive.state.rows import Known, Missing

__all__ = ["Known", "Missing", "State"]
