"""A bundled site served for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kremlin_archive.replica import Replica, Site, serve


@pytest.fixture
def replica() -> Iterator[Replica]:
    with serve(Site()) as served:
        yield served
