"""What each judge sees of the 26 faults, as the table in ``docs/verify.md``.

``python -m tests.unit.verify.judges`` writes the table anew; a test compares it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from kremlin_archive.verify.files import verify_files
from tests.unit.verify.faults import FAULTS, Fault

DOCUMENT = Path(__file__).parents[3] / "docs" / "verify.md"
BEGIN, END = "<!-- table: judges -->\n", "<!-- end of table -->\n"
_BIN = Path(sys.executable).parent
JUDGES = {
    "gzip -t": ("gzip", "-t"),
    "warcio check": (str(_BIN / "warcio"), "check"),
    "fastwarc check": (str(_BIN / "fastwarc"), "check", "-q"),
}


def accepts(judge: str, path: Path) -> bool:
    """Whether a judge has nothing to say of a file."""
    command = [*JUDGES[judge], str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0


def row(fault: Fault) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        path, _ = fault.write(Path(folder))
        seen = ["–" if accepts(judge, path) else "yes" for judge in JUDGES]
        codes = sorted(
            {one.code for one in verify_files([path]).findings if one.severity == "fault"}
        )
    named = ", ".join(f"`{code}`" for code in codes)
    return f"| {fault.words} | {' | '.join(seen)} | {named} |\n"


def table() -> str:
    """The whole table."""
    rows = [row(fault) for fault in FAULTS]
    sums = [
        str(sum(line.split(" | ")[column] == "yes" for line in rows))
        for column in range(1, len(JUDGES) + 1)
    ]
    head = f"| fault | {' | '.join(JUDGES)} | kremlin-archive verify |\n"
    line = "|---" * (len(JUDGES) + 2) + "|\n"
    return (
        head + line + "".join(rows) + f"| **of {len(rows)}** | {' | '.join(sums)} | {len(rows)} |\n"
    )


def documented() -> str:
    """The table as the document has it."""
    return DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]


if __name__ == "__main__":
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    DOCUMENT.write_text(before + BEGIN + table() + END + rest.partition(END)[2], "utf-8")
