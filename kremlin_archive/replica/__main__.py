"""``python -m kremlin_archive.replica``: the local site; its first line is its address."""

from __future__ import annotations

import asyncio
import inspect
import signal
from pathlib import Path

import click

from kremlin_archive.errors import UsageError
from kremlin_archive.replica.folder import Folder
from kremlin_archive.replica.log import ExchangeLog
from kremlin_archive.replica.misbehaviour import KINDS
from kremlin_archive.replica.rules import Rule, read_rules
from kremlin_archive.replica.server import Replica
from kremlin_archive.replica.site import Site
from kremlin_archive.replica.source import Source


def _print_kinds(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's
    """Print what each kind of rule does, one a line."""
    if asked:
        for name, kind in sorted(KINDS.items()):
            click.echo(f"{name:18}{inspect.getdoc(kind)}".partition("\n")[0])
        context.exit()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--port", default=8066, show_default=True, help="Port on 127.0.0.1; 0 takes any.")
@click.option("--pages", type=click.Path(path_type=Path), help="Saved pages: HOST/PATH.html.")
@click.option(
    "--rules",
    "rules_file",
    type=click.Path(path_type=Path),
    help="Misbehaviour, a JSON or TOML file.",
)
@click.option(
    "--log",
    "log_file",
    type=click.Path(path_type=Path),
    help="File for every exchange's bytes, JSON lines.",
)
@click.option(
    "--kinds",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_kinds,
    help="List kinds.",
)
def main(port: int, pages: Path | None, rules_file: Path | None, log_file: Path | None) -> None:
    """Serve a local kremlin.ru by Host header: the bundled site, or saved pages.

    The first line printed is the address. Ctrl-C or SIGTERM ends it.
    """
    try:
        rules = read_rules(rules_file) if rules_file else ()
        asyncio.run(_run(_source(pages), rules, log_file, port))
    except (UsageError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _source(pages: Path | None) -> Source:
    return Site() if pages is None else Folder(pages)


async def _run(source: Source, rules: tuple[Rule, ...], log_file: Path | None, port: int) -> None:
    log = ExchangeLog(log_file) if log_file else None
    replica = Replica(source, rules, log)
    await replica.start(port)
    click.echo(replica.address)  # click flushes
    click.echo(f"Hosts: {', '.join(sorted(source.hosts))}. Ctrl-C ends it.")
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, done.set)
    await done.wait()
    await replica.stop()
    if log:
        log.shut()


if __name__ == "__main__":
    main()
