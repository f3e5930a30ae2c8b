"""Rows of ``alignments`` in the forms that translators and machine translation read.

Pure text, piece by piece, the same for the same rows: no dates, no names of programs' versions. Beads with
one side empty are left out of TMX and Moses; XCES keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Row = Mapping[str, Any]
"""A row of ``alignments``."""

# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TMX_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4">
<header creationtool="kremlin-archive" creationtoolversion="1" segtype="paragraph" o-tmf="kremlin-archive"\
 adminlang="en" srclang="*all*" datatype="plaintext"/>
<body>
"""
_XCES_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cesAlign PUBLIC "-//CES//DTD XML cesAlign//EN" "">
<cesAlign version="1.0">
"""


def tmx(rows: Iterable[Row]) -> Iterator[str]:
    """Give a TMX 1.4 document; ``tuid`` is event and seq, the score is a property."""
    yield _TMX_HEAD
    for row in _both(rows):
        yield (
            f'<tu tuid="{row["event_id"]}-{row["seq"]}"><prop type="score">{_score(row)}</prop>'
            f'<tuv xml:lang="en"><seg>{_xml(row["en_text"])}</seg></tuv>'
            f'<tuv xml:lang="ru"><seg>{_xml(row["ru_text"])}</seg></tuv></tu>\n'
        )
    yield "</body>\n</tmx>\n"


def moses(rows: Iterable[Row]) -> Iterator[tuple[str, str, str]]:
    """Give a line of each of three files: English, Russian, and the paragraphs' ids."""
    for row in _both(rows):
        ids = f"{_ids('en', row)}\t{_ids('ru', row)}\t{_score(row)}"
        yield _line(row["en_text"]), _line(row["ru_text"]), ids


def xces(rows: Iterable[Row]) -> Iterator[str]:
    """Give OPUS's standoff XCES: links between ids of paragraphs, a group an event.

    A paragraph's id is its ``seq`` with a p (``p3`` of ``en:66419`` is ``en:66419#p3``).
    """
    yield _XCES_HEAD
    for event_id, beads in groupby(rows, key=lambda row: row["event_id"]):
        documents = (quoteattr(f"{language}/{event_id}.xml") for language in ("en", "ru"))
        yield '<linkGrp targType="p" fromDoc={} toDoc={}>\n'.format(*documents)
        yield from map(_link, beads)
        yield "</linkGrp>\n"
    yield "</cesAlign>\n"


def _link(row: Row) -> str:
    targets = ";".join(" ".join(f"p{n}" for n in row[side]) for side in ("en_paras", "ru_paras"))
    certainty = "" if row["score"] is None else f' certainty="{_score(row)}"'
    return f'<link id="L{row["seq"]}" xtargets="{targets}"{certainty}/>\n'


def _both(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if row["en_text"] and row["ru_text"])


def _ids(language: str, row: Row) -> str:
    return " ".join(f"{language}:{row['event_id']}#p{n}" for n in row[f"{language}_paras"])


def _score(row: Row) -> str:
    return f"{row['score']:.4f}"


def _xml(text: str) -> str:
    return escape(legible(text))


def legible(text: str) -> str:
    """Take out the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _line(text: str) -> str:
    return " ".join(text.split())
