"""The data dictionary: every table and column in words, from their definitions.

``python -m kremlin_archive.dataset.dictionary > docs/data-dictionary.md`` writes the page of the
documentation; the card of a snapshot has the same sections.
"""

from __future__ import annotations

import sys

from kremlin_archive.dataset.beside.markdown import grid
from kremlin_archive.dataset.build import TABLES
from kremlin_archive.dataset.columns import SCHEMA_VERSION, Column, Table

_HEAD = f"""\
# Data dictionary

Every table and column of a snapshot, schema version {SCHEMA_VERSION}. This page is made from the
definitions in the code (`python -m kremlin_archive.dataset.dictionary`), like `schema.json` and the
card of each snapshot.

Types are Arrow's. A column is null only where the value is unknown or does not apply; lists are
empty, never null. Columns whose names end in `_at` are instants in UTC; `published_local`,
`published_date` and `updated_local` are Moscow's.

"""


def dictionary() -> str:
    """Give the whole page."""
    contents = "".join(f"* [{t.name}](#{t.name}): {t.description}\n" for t in TABLES)
    return _HEAD + contents + "\n" + "\n".join(section(table) for table in TABLES)


def section(table: Table) -> str:
    """Give one table's heading, facts and columns."""
    key = ", ".join(f"`{name}`" for name in table.key) or "none: it is a log"
    facts = (
        f"{table.description}\n\n"
        f"Key: {key} · sorted by {', '.join(f'`{name}`' for name in table.sort)} · "
        f"files: {table.shard} · since {table.since}\n"
    )
    rows = [_row(column, table) for column in table.columns]
    head = ("column", "type", "description", "example", "since")
    return f"## {table.name}\n\n{facts}\n{grid(head, rows)}"


def _row(column: Column, table: Table) -> tuple[str, ...]:
    kind = type_name(column) + (" or null" if column.nullable else "")
    unit = f" Unit: {column.unit}." if column.unit else ""
    values = f" One of: {', '.join(f'`{value}`' for value in column.values)}."
    words = f"{column.description}.{unit}{values if column.values else ''}"
    since = column.since or table.since
    return f"`{column.name}`", kind, words, f"`{column.example}`", since


def type_name(column: Column) -> str:
    """Name a column's type as people write it.

    >>> from kremlin_archive.dataset.columns import INSTANT, STRINGS
    >>> type_name(Column("a", STRINGS, "", "")), type_name(Column("b", INSTANT, "", ""))
    ('list<string>', 'timestamp[us, UTC]')
    """
    return str(column.type).replace("element: ", "").replace("tz=", "")


if __name__ == "__main__":
    sys.stdout.write(dictionary())
