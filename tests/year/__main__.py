"""``python -m tests.year --days 365 --seed 1``: live through a simulated year, judge it, print the report."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.year.running import keep, live, read_journal
from tests.year.scenario import Scenario, plan
from tests.year.settling import settle

_PROGRESS_EVERY = 24 * 7


def main() -> None:
    """Exit 1 if a promise was broken."""
    options = _options()
    scenario = plan(options.seed, options.days)
    with tempfile.TemporaryDirectory(prefix="year-") as folder:
        sys.exit(_year(scenario, options.root or Path(folder), lives=not options.only_judge))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    kept = "keep archive, log and journal in this folder; what was lived there is gone on with"
    parser.add_argument("--root", type=Path, help=kept)
    parser.add_argument("--only-judge", action="store_true", help="judge what --root holds so far")
    return parser.parse_args()


def _year(scenario: Scenario, folder: Path, *, lives: bool) -> int:
    archive, journal = folder / "archive", folder / "journal.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    if lives:
        done = len(read_journal(journal))
        for number, ran in enumerate(live(scenario, archive, folder / "log", done), start=done):
            keep(ran, journal)
            if number % _PROGRESS_EVERY == 0:
                sys.stderr.write(f"{ran.at[:10]}: {ran.seconds:.2f} s, {ran.asked} requests\n")
    runs = read_journal(journal)
    broken, words = settle(scenario.first(len(runs)), runs, archive)
    print(words)  # noqa: T201 - what a person reads
    return 1 if broken else 0


if __name__ == "__main__":
    main()
