from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

MEASURE = """
import resource, sys
from pathlib import Path
from kremlin_archive.verify.files import verify_files
report = verify_files([Path(sys.argv[1])])
print(report.records, report.findings.count("fault"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def measured(path: Path) -> tuple[str, int]:
    """Records and faults, and the peak memory in MB of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    words, megabytes = done.stdout.splitlines()
    return words, int(megabytes)


def record(path: Path, megabytes: int, *, promised: int | None = None) -> Path:
    """One gzip member with a record of so many megabytes."""
    length = promised or megabytes << 20
    encoder = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    head = (
        "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:1>\r\n"
        "WARC-Date: 2026-11-21T12:00:00Z\r\nWARC-Target-URI: http://kremlin.ru/\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
    )
    with path.open("wb") as file:
        file.write(encoder.compress(head.encode()))
        for _ in range(megabytes):
            file.write(encoder.compress(bytes(1 << 20)))
        file.write(encoder.compress(b"\r\n\r\n") + encoder.flush())
    return path


def test_memory_is_flat_whatever_a_record_holds_or_promises(tmp_path: Path) -> None:
    small = measured(record(tmp_path / "small.warc.gz", 1))
    large = measured(record(tmp_path / "large.warc.gz", 300))
    short = measured(record(tmp_path / "short.warc.gz", 300, promised=10))
    assert (small[0], large[0], short[0]) == ("1 0", "1 0", "1 1")
    assert max(large[1], short[1]) - small[1] < 10
