"""The pages that the labels are from."""

from __future__ import annotations

from tests.saved_pages.conftest import events, news

__all__ = ["events", "news"]
