"""When to leave a host alone for the rest of a run: refusals or failures in a row. Pure, one rule a host.

What goes wrong is told apart by what it can mean:

``refused``      403, 429, a challenge in the page's place: the site says no
``closed``       the connection is reset or hung up on: so do sites that throttle
``silent``       a time-out
``unreachable``  no connection at all: the name is unknown, the port closed, no way there
``broken``       500 and above

The first two are refusals, the others failures, each with a limit of its own. Only another answer ends a
row, and a row counts addresses, not attempts: one page that fails at each repetition says nothing of its
host.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import inf
from typing import Literal

Trouble = Literal["refused", "closed", "silent", "unreachable", "broken"]
Why = Literal["refused", "unreachable", "broken", "budget"]

_REFUSALS: frozenset[Trouble] = frozenset({"refused", "closed"})
_DUE = "what was due stays due"


@dataclass(frozen=True, slots=True)
class Shut:
    """Why a host is left alone for the rest of a run; ``problem`` names the host and is for a person."""

    host: str
    why: Why
    problem: str


class Breaker:
    """Counts what hosts answer in a row; ``refusals`` and ``failures`` in a row are too many (0: never)."""

    def __init__(self, *, refusals: int, failures: int) -> None:
        self._most = {True: refusals, False: failures}
        self._rows: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
        self._reached: set[str] = set()

    def answered(self, host: str) -> None:
        """A host answered as it should (also «not found»): its rows are over."""
        self._reached.add(host)
        for is_refusal in (True, False):
            self._rows.pop((host, is_refusal), None)

    def troubled(self, host: str, trouble: Trouble, url: str, said: str) -> Shut | None:
        """Count what went wrong with an address (``said``: in words); how to shut its host, if it is time."""
        is_refusal = trouble in _REFUSALS
        row = self._rows[host, is_refusal]
        row.add(url)
        if len(row) < (self._most[is_refusal] or inf):
            return None
        detail = f"{len(row)} in a row, the last: {said}"
        return shut_for(host, trouble, detail, has_answered=host in self._reached)


def shut_for(host: str, trouble: Trouble, detail: str, *, has_answered: bool) -> Shut:
    """What to say of a host that is left alone because of a trouble; ``has_answered``: in this run."""
    why: Why = "refused" if trouble in _REFUSALS else "unreachable"
    if trouble == "broken":
        why = "broken"
    words = _words(trouble, has_answered=has_answered)
    return Shut(host, why, f"{host} {words} ({detail}); {_DUE}")


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
