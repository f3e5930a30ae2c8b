from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kremlin_archive.refusals import retry_after

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 0 ", 0.0),
        (b"Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        (b"Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        (b"Sat, 21 Nov 2026 12:01:30 -0000", None),
        (b"soon", None),
        (b"-5", None),
        (b"", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: bytes | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds
