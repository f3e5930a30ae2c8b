"""Which documents a package is asked to hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kremlin_archive.plan import read_plan
from kremlin_archive.urls import Language


@dataclass(frozen=True, slots=True)
class Selection:
    """Editions, days of publication (Moscow's, both inclusive) and event numbers; empty means all."""

    languages: frozenset[Language] = frozenset()
    since: date | None = None
    until: date | None = None
    ids: frozenset[int] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()

    @property
    def names_days(self) -> bool:
        """Whether the day of publication decides: then only documents that were read can be chosen."""
        return self.since is not None or self.until is not None

    def wants(self, doc_id: str) -> bool:
        """Whether edition and number (``ru:66419``) are wanted."""
        language, _, number = doc_id.partition(":")
        return (not self.languages or language in self.languages) and (
            not self.ids or int(number) in self.ids
        )

    def wants_day(self, day: date) -> bool:
        """Whether a day of publication is in range."""
        return (self.since is None or day >= self.since) and (
            self.until is None or day <= self.until
        )


def read_selection(arguments: dict[str, str]) -> Selection:
    """Read ``since``, ``until``, ``languages`` and ``ids`` as a crawl reads its arguments.

    Raises UsageError that names the argument and what it may be.
    """
    plan = read_plan(arguments)
    languages = frozenset(plan.languages) if "languages" in arguments else frozenset[Language]()
    return Selection(languages, plan.since, plan.until, frozenset(plan.ids))
