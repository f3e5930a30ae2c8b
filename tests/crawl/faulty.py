"""``python -m tests.crawl.faulty NAME crawl events …``: Scrapy, with an error in one step of a run's end."""

from __future__ import annotations

import sys

from scrapy.cmdline import execute

from kremlin_archive import extensions


def fail(*_: object, **__: object) -> None:
    """Take the place of the step."""
    raise RuntimeError("out of order")


def main() -> None:
    """Run Scrapy's command line."""
    assert hasattr(extensions, sys.argv[1])
    setattr(extensions, sys.argv[1], fail)
    execute(["scrapy", *sys.argv[2:]])


if __name__ == "__main__":
    main()
