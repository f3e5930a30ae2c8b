"""Paragraphs of the two editions of an event, side by side: pure functions of event records.

Methods, each adding to the one before:

``position``     n-th with n-th; only to compare with
``gale_church``  how often paragraphs are left out or joined, and how well lengths fit
``anchors``      numbers, names and words that sound alike, words of a glossary, the speakers, where turns
                 begin, separators: the built-in method, needs no model
``use_dp``       likeness of meaning by a multilingual sentence model, an optional extra

F1 of links on the seed pair with a tenth of the paragraphs deleted and a tenth joined on each side,
``python -m benchmarks.alignment``: 0.39, 0.83, 0.95, 0.97.
"""

from kremlin_archive.dataset.alignment.align import align, align_sides
from kremlin_archive.dataset.alignment.beads import Alignment, Bead, Method
from kremlin_archive.dataset.alignment.exports import moses, tmx, xces
from kremlin_archive.dataset.alignment.omissions import OMISSIONS_SQL, omissions
from kremlin_archive.dataset.alignment.rows import ALIGNMENTS, alignment_rows, edition_columns
from kremlin_archive.dataset.alignment.side import Passage, Side, side

__all__ = [
    "ALIGNMENTS",
    "OMISSIONS_SQL",
    "Alignment",
    "Bead",
    "Method",
    "Passage",
    "Side",
    "align",
    "align_sides",
    "alignment_rows",
    "edition_columns",
    "moses",
    "omissions",
    "side",
    "tmx",
    "xces",
]
