"""Whether what is printed may be coloured."""

from __future__ import annotations

import os
import sys


def is_coloured() -> bool:
    """Whether standard output is a terminal that shows colours, and nobody wants none.

    ``NO_COLOR`` is as https://no-color.org has it: set and not empty.
    """
    wants_none = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not wants_none
