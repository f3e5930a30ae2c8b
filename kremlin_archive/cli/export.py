"""``export``: the paragraphs of both editions, in the forms that translators' tools read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from kremlin_archive.cli.options import DONE, root_option
from kremlin_archive.errors import SnapshotError, UsageError

_MOSES = (".en", ".ru", ".ids")


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(("tmx", "moses", "xces")),
    required=True,
    help="TMX 1.4, Moses (OUT.en, OUT.ru and OUT.ids, line by line), or OPUS XCES (links of ids).",
)
@root_option
def export(out: Path, *, root: Path, form: str) -> int:
    """Write the aligned paragraphs of the latest snapshot to OUT.

    TMX and Moses hold what stands in both editions; XCES links the numbers of all paragraphs. The same
    snapshot gives the same bytes.
    """
    from kremlin_archive.dataset.alignment import moses, tmx, xces  # noqa: PLC0415

    rows = _rows(_files(root))
    try:
        if form == "moses":
            paths = [out.with_name(out.name + suffix) for suffix in _MOSES]
            _write(paths, moses(rows))
        else:
            paths = [out]
            _write(paths, ((piece,) for piece in (tmx if form == "tmx" else xces)(rows)), end="")
    except OSError as error:
        raise SnapshotError(f"{out}: it cannot be written: {error}") from error
    click.echo("\n".join(map(str, paths)))
    return DONE


def _files(root: Path) -> list[Path]:
    files = sorted((root / "latest" / "alignments").glob("*.parquet"))
    if not files:
        raise UsageError(
            f"{root}: there is no snapshot with alignments; run kremlin-archive extract"
        )
    return files


def _rows(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Give the rows of ``alignments``, year by year."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from batch.to_pylist()


def _write(paths: list[Path], lines: Iterable[tuple[str, ...]], end: str = "\n") -> None:
    """Write files side by side; each has its name only when it is whole."""
    asides = [path.with_name(f"{path.name}.new") for path in paths]
    try:
        with ExitStack() as stack:
            files = [
                stack.enter_context(aside.open("w", encoding="utf-8", newline="\n"))
                for aside in asides
            ]
            for line in lines:
                for file, piece in zip(files, line, strict=True):
                    file.write(piece + end)
        for aside, path in zip(asides, paths, strict=True):
            aside.replace(path)
    finally:
        for aside in asides:
            aside.unlink(missing_ok=True)
