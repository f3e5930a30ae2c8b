"""``python -m kremlin_archive``: the same as the ``kremlin-archive`` command."""

from __future__ import annotations

import sys

from kremlin_archive.cli import main

if __name__ == "__main__":
    sys.exit(main())
