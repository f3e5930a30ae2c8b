"""When to leave an origin alone for the rest of a run: refusals or failures in a row. Pure.

An origin is a scheme, a host and a port: https that is silent says nothing of http on the same host.

What goes wrong is told apart by what it can mean:

``refused``      403, 429 and the like, a challenge in the page's place: the site says no
``closed``       the connection is reset or hung up on: so do sites that throttle
``silent``       a time-out
``unreachable``  no connection at all: the name is unknown, the port closed, no way there
``broken``       500 and above, and what is no answer to the question: another 2xx, a way off the site

The first two are refusals, the others failures, each with a limit of its own. Only another answer ends a
row, and a row counts addresses, not attempts: one page that fails at each repetition says nothing of its
origin.

Who refuses every other page never fills a row. So twice as many refusals as a row may have are too many, too,
among the last addresses, which are four times as many: with 5, 10 of the last 20. Failures have no such rule,
because pages that are broken for good may be many, and are asked for again and again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from math import inf
from typing import Literal

Trouble = Literal["refused", "closed", "silent", "unreachable", "broken"]
Why = Literal["refused", "unreachable", "broken", "budget"]

_REFUSALS: frozenset[Trouble] = frozenset({"refused", "closed"})
_SHARE, _WINDOW = 2, 4
"""Twice a row's refusals are too many among the last addresses, four times as many."""
_DUE = "what was due stays due"


@dataclass(frozen=True, slots=True)
class Shut:
    """Why an origin is left alone for the rest of a run; ``problem`` names it and is for a person."""

    origin: str
    why: Why
    problem: str


class Breaker:
    """Counts what origins answer in a row; ``refusals`` and ``failures`` in a row are too many (0: never)."""

    def __init__(self, *, refusals: int, failures: int) -> None:
        self._most = {True: refusals, False: failures}
        self._rows: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
        self._last: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        self._reached: set[str] = set()

    def answered(self, origin: str, url: str) -> None:
        """An origin answered as it should (also «not found»): its rows are over."""
        self._reached.add(origin)
        self._remember(origin, url, is_refusal=False)
        for is_refusal in (True, False):
            self._rows.pop((origin, is_refusal), None)

    def troubled(self, origin: str, trouble: Trouble, url: str, said: str) -> Shut | None:
        """Count what went wrong with an address, ``said`` in words; how to shut its origin, if it is time."""
        is_refusal = trouble in _REFUSALS
        row = self._rows[origin, is_refusal]
        row.add(url)
        last = self._remember(origin, url, is_refusal=is_refusal)
        most = self._most[is_refusal] or inf
        if len(row) >= most:
            detail = f"{len(row)} in a row, the last: {said}"
        elif is_refusal and sum(last) >= _SHARE * most:
            detail = f"{sum(last)} of the last {len(last)}, the last: {said}"
        else:
            return None
        return shut_for(origin, trouble, detail, has_answered=origin in self._reached)

    def _remember(self, origin: str, url: str, *, is_refusal: bool) -> Collection[bool]:
        """Which of the last addresses were refused, each by its newest answer."""
        last = self._last[origin]
        last.pop(url, None)
        last[url] = is_refusal
        if len(last) > _WINDOW * self._most[True]:
            last.pop(next(iter(last)))
        return last.values()


def shut_for(origin: str, trouble: Trouble, detail: str, *, has_answered: bool) -> Shut:
    """What to say of an origin that is left alone because of a trouble; ``has_answered``: in this run."""
    why: Why = "refused" if trouble in _REFUSALS else "unreachable"
    if trouble == "broken":
        why = "broken"
    words = _words(trouble, has_answered=has_answered)
    return Shut(origin, why, f"{origin} {words} ({detail}); {_DUE}")


def _words(trouble: Trouble, *, has_answered: bool) -> str:
    """Say what is known, and what cannot be known from here."""
    match trouble:
        case "refused":
            return "refuses"
        case "broken":
            return "answers with errors"
        case "closed" if has_answered:
            return "closes the connections after it had answered: it throttles"
        case "closed":
            return (
                "closes every connection since the first: it throttles or is broken, "
                "which of the two cannot be told from here"
            )
        case _ if has_answered:
            return (
                "does not answer any more: it is down, the network is, or it throttles without a word, "
                "which of these cannot be told from here"
            )
        case _:
            return "cannot be reached: is the network up? is the site down?"
