"""What the spider yields: pages it got and pages it did not get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kremlin_archive.dataset.intake import Taken

Missed = Literal["failed", "refused", "absent"]


@dataclass(frozen=True, slots=True)
class PageItem:
    """An event page that was answered with 200 and is stored."""

    url: str
    taken: Taken


@dataclass(frozen=True, slots=True)
class MissedItem:
    """A page that was asked for and not had.

    ``refused``: a status of ``answers.REFUSED``, a challenge or robots.txt; ``absent``: no page has a number
    that was guessed, or a page that is archived is not there any more; ``failed``: the rest.
    """

    url: str
    missed: Missed
    problem: str
