"""Which snapshots are kept. Pure, but for reading ``<root>/keep.toml``.

::

    [[keep]]
    snapshot = "2026-11-21T120000Z"      # an id; its re-issues (-r2 …) are kept with it
    reason = "Cited in doi:10.1234/5678"

Kept are: the latest one; those the file names; all of the last 48 hours; the last one of each of
the newest 14 days, of each of the newest 8 weeks (ISO, Monday to Sunday) and of every month that
has any. Days, weeks and months are those of the id, UTC. A folder whose name is no snapshot id is
nobody's business here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kremlin_archive.dataset.handwritten import read_entries
from kremlin_archive.errors import UsageError

KEEP_FILE = "keep.toml"
ALL_OF = timedelta(hours=48)
DAYS = 14
WEEKS = 8

_ID = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{6}Z)(?:-r([1-9]\d{0,3}))?")
_FIELDS = frozenset({"snapshot", "reason"})


def kept(
    snapshots: Iterable[str], latest: str | None, cited: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """Give the snapshots that stay, oldest first, each with the reason.

    ``cited`` gives reasons by the id named. Everything else in ``snapshots`` that has a snapshot's
    name may go.
    """
    in_order = sorted((name for name in snapshots if is_snapshot_id(name)), key=snapshot_order)
    reasons: dict[str, str] = {}

    def keep(names: Iterable[str], reason: Callable[[str], str]) -> None:
        for name in names:
            reasons.setdefault(name, reason(name))

    keep((name for name in in_order if name == latest), lambda _: "the latest")
    keep(
        (name for name in in_order if not cited.keys().isdisjoint((name, base_of(name)))),
        lambda name: f"{KEEP_FILE}: {cited.get(name) or cited[base_of(name)]}",
    )
    keep(
        (name for name in in_order if now - instant_of(name) <= ALL_OF),
        lambda _: "of the last 48 hours",
    )
    keep(_last_of_each(in_order, _day)[-DAYS:], lambda name: f"last of {_day(name)}")
    keep(_last_of_each(in_order, _week)[-WEEKS:], lambda name: f"last of week {_week(name)}")
    keep(_last_of_each(in_order, _month), lambda name: f"last of {_month(name)}")
    return {name: reasons[name] for name in in_order if name in reasons}


def is_snapshot_id(name: str) -> bool:
    """Whether a folder's name is a snapshot's.

    >>> [is_snapshot_id(name) for name in ("2026-11-21T120000Z", "2026-11-21T120000Z-r2", "mine")]
    [True, True, False]
    """
    found = _ID.fullmatch(name)
    if found is None:
        return False
    try:
        instant_of(name)
    except ValueError:
        return False
    return True


def base_of(snapshot: str) -> str:
    """Give an id without its ``-r2``.

    >>> base_of("2026-11-21T120000Z-r2")
    '2026-11-21T120000Z'
    """
    return snapshot.partition("-r")[0]


def instant_of(snapshot: str) -> datetime:
    """Give the instant an id names, UTC."""
    return datetime.strptime(base_of(snapshot), "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)


def snapshot_order(snapshot: str) -> tuple[datetime, int]:
    """Key of the order in which snapshots were published."""
    found = _ID.fullmatch(snapshot)
    return instant_of(snapshot), int(found[2]) if found is not None and found[2] else 1


def read_keep(root: Path) -> dict[str, str]:
    """Read the reasons of ``keep.toml`` by snapshot; none where there is no file.

    Raises UsageError when it cannot be understood: then nothing may be pruned.
    """
    path = root / KEEP_FILE
    entries = read_entries(path, "keep", UsageError)
    return dict(_kept(entry, f"{path}: keep {n}") for n, entry in enumerate(entries, start=1))


def _kept(entry: Mapping[str, object], place: str) -> tuple[str, str]:
    if set(entry) != _FIELDS:
        raise UsageError(f"{place}: it must have exactly {', '.join(sorted(_FIELDS))}")
    snapshot, reason = entry["snapshot"], entry["reason"]
    if not isinstance(snapshot, str) or not is_snapshot_id(snapshot):
        raise UsageError(f'{place}: snapshot must be like "2026-11-21T120000Z", not {snapshot!r}')
    if not isinstance(reason, str) or not reason.strip():
        raise UsageError(f"{place}: reason must say something")
    return snapshot, reason


def _last_of_each(in_order: Sequence[str], period: Callable[[str], Hashable]) -> list[str]:
    return list({period(name): name for name in in_order}.values())


def _day(snapshot: str) -> str:
    return snapshot[:10]


def _week(snapshot: str) -> str:
    return f"{instant_of(snapshot):%G-W%V}"


def _month(snapshot: str) -> str:
    return snapshot[:7]
