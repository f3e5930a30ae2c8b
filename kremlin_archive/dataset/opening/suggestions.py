"""What somebody may have meant by a name that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

_LISTED = 40


def nearest(name: str, known: Sequence[str], has: str) -> str:
    """Suggest the likeliest of the names there are, or list them.

    >>> nearest("document", ["documents", "turns"], "it has")
    'did you mean documents?'
    >>> nearest("x", ["documents", "turns"], "it has")
    'it has documents, turns'
    """
    close = get_close_matches(name, known)
    if close:
        return f"did you mean {' or '.join(close)}?"
    more = f" and {len(known) - _LISTED:,} more" if len(known) > _LISTED else ""
    return f"{has} {', '.join(known[:_LISTED])}{more}" if known else f"{has} none"
