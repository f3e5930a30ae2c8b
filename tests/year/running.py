"""Live through a scenario: change the site, make the weather, run the crawl, note how each run ended."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from kremlin_archive.pages.clock import MOSCOW
from kremlin_archive.replica import Replica, Rule, Site, serve
from tests.crawl.running import FAST, NEWS
from tests.year.forkserver import End, fork_server
from tests.year.scenario import Change, Scenario, Turn, Weather

_RULES: dict[Weather, tuple[Rule, ...]] = {
    "fair": (),
    "down": (),
    "refusing": (Rule("status", status=403, text="Forbidden\n"),),
    "mute": (Rule("stall", at="start"),),
    "failing": (Rule("status", status=500, every=5),),
    "forbidden": (Rule("disallow-all", path="/robots.txt"),),
    "challenging": (Rule("challenge", path="/events/*"), Rule("challenge", path="/press/*")),
}
_PATIENCE: dict[Weather, str] = {"mute": "2"}
"""Seconds until a silent site is given up, where it is silent; else a busy machine must not look like one."""
_USUAL = 40
"""Runs whose median is the usual run: by it the moment of a kill is chosen."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run as the outside saw it: the scenario's turn, how it ended, what it asked the site."""

    at: str
    clock: str
    weather: Weather
    killed: bool
    code: int
    seconds: float
    cpu: float
    memory: int
    asked: int


def live(scenario: Scenario, root: Path, log: Path, done: int = 0) -> Iterator[Ran]:
    """Run the turns of a scenario, those done before left out, into ``root``; gives each run as it ends."""
    site = Site((), year=scenario.begin.year)
    with (
        serve(site, log=False) as replica,
        fork_server() as server,
        closing(_nobody()) as taken,
    ):
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"
        changes = iter([*scenario.changes, None])
        change = next(changes)
        took = [1.0]
        for turn in scenario.turns[done:]:
            while change is not None and change.at <= turn.at:
                apply(change, site)
                change = next(changes)
            _set_clock(replica, site, turn)
            where = nobody if turn.weather == "down" else replica.connect_to
            asked = replica.served
            kill = None if turn.kill is None else turn.kill * median(took[-_USUAL:])
            end = server.run(turn.clock, _command(root, where, turn.weather), log, kill)
            took.append(end.seconds)
            yield _ran(turn, end, replica.served - asked)


def apply(change: Change, site: Site) -> None:
    """Let a change happen on the site."""
    edition = change.edition
    if change.is_removal:
        site.remove(edition.language, edition.event_id, NEWS if change.what == "moved" else None)
    else:
        site.publish(edition)


def _set_clock(replica: Replica, site: Site, turn: Turn) -> None:
    replica.clock = turn.at.timestamp
    replica.rules = _RULES[turn.weather]
    year = turn.at.astimezone(MOSCOW).year
    if year != site.year:
        site.turn_year(year)


def _nobody() -> socket.socket:
    """Take a port on which nobody listens: what connects to it is refused."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken


def _command(root: Path, connect_to: str, weather: Weather) -> tuple[str, ...]:
    patience = _PATIENCE.get(weather, "60")
    settings = {
        **FAST,
        "DOWNLOAD_TIMEOUT": patience,
        "ARCHIVE_ROOT": str(root),
        "CONNECT_TO": connect_to,
    }
    options = (part for name, value in settings.items() for part in ("-s", f"{name}={value}"))
    return ("scrapy", "crawl", "events", *options)


def _ran(turn: Turn, end: End, asked: int) -> Ran:
    return Ran(
        at=turn.at.isoformat(),
        clock=turn.clock.isoformat(),
        weather=turn.weather,
        killed=end.code == -signal.SIGKILL,
        code=end.code,
        seconds=end.seconds,
        cpu=end.cpu,
        memory=end.memory,
        asked=asked,
    )


def keep(ran: Ran, journal: Path) -> None:
    """Note in a file how a run ended: a JSON line."""
    with journal.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(ran)) + "\n")


def read_journal(path: Path) -> list[Ran]:
    """Read back what ``keep`` noted; nothing where there is no file."""
    if not path.exists():
        return []
    return [Ran(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def instant(text: str) -> datetime:
    """Read an instant as ``Ran`` holds it."""
    return datetime.fromisoformat(text)
