"""Show where the parser and the goldens differ; with ``--write``, take what the parser says.

``python -m tests.golden.rewrite [NAME …] [--write]`` prints a unified diff a golden and exits 1 if
there is any. Read every line of it before writing: an expectation nobody read is no test. Refuses
to write where ``CI`` is set.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys

from tests.golden.goldens import Golden, all_goldens, as_json


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="goldens to look at; all by default")
    parser.add_argument("--write", action="store_true", help="take what the parser says")
    arguments = parser.parse_args()
    if arguments.write and os.environ.get("CI"):
        parser.error("goldens are not written in CI")
    chosen = [one for one in all_goldens() if not arguments.names or one.name in arguments.names]
    differing = [golden for golden in chosen if show_difference(golden)]
    if arguments.write:
        for golden in differing:
            golden.expectation.write_text(as_json(golden.actual()), "utf-8")
    sys.stdout.write(f"{len(differing)} of {len(chosen)} goldens differ\n")
    return 1 if differing else 0


def show_difference(golden: Golden) -> bool:
    """Print the difference of one golden; whether there is one."""
    written = golden.expectation.read_text("utf-8") if golden.expectation.exists() else ""
    actual = as_json(golden.actual())
    sys.stdout.writelines(
        difflib.unified_diff(
            written.splitlines(keepends=True),
            actual.splitlines(keepends=True),
            f"{golden.name} expected",
            f"{golden.name} parsed",
        )
    )
    return written != actual


if __name__ == "__main__":
    sys.exit(main())
