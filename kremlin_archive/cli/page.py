"""``page``: one saved page as JSON."""

from __future__ import annotations

import json
from typing import Any

import click

from kremlin_archive.cli.options import DONE
from kremlin_archive.errors import UsageError


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--url", required=True, help="Address the page was saved from; it says what kind it is."
)
def page(file: Any, url: str) -> int:  # noqa: ANN401 - click opens it
    """Read one saved page (event, text version, listing or feed) and print its record as JSON.

    FILE may be - for standard input.

    Example: kremlin-archive page 66419.html --url http://en.kremlin.ru/events/president/news/66419
    """
    from kremlin_archive.pages import parse_page  # noqa: PLC0415
    from kremlin_archive.records import to_json  # noqa: PLC0415

    record = parse_page(file.read(), url)
    if record is None:
        raise UsageError(f"{url}: not the address of an event, a text version, a listing or a feed")
    click.echo(json.dumps(to_json(record), ensure_ascii=False, indent=2).encode())
    return DONE
