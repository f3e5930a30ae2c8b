"""Where sentences begin and end in a paragraph. Pure.

The rules and lists of abbreviations of ``sentencex`` make the first cut; its Russian lists are short, so
cuts that cannot be right are taken back: before a small letter («5 млн. рублей»), inside a row of initials
(«К.-Ж.Токаев») and where a piece has no letter or digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

Span = tuple[int, int]
"""Begin and end (exclusive) in code points."""

_INITIAL = re.compile(r"(?:^|[\s(«„“\"-])[^\W\d_]\.$")
_INITIAL_LENGTH = 3
_SMALL = re.compile(r"[\s«„“\"(\[—–-]*[a-zа-яё]")
_WORD = re.compile(r"\w")


def sentence_spans(text: str, language: str) -> list[Span]:
    """Give the sentences of a paragraph in order, without the blanks between them.

    ``language`` is ``en`` or ``ru``. Text without any letter or digit has none.

    >>> sentence_spans("Mr Smith came. He left.", "en")
    [(0, 14), (15, 23)]
    >>> sentence_spans("К.-Ж.Токаев дал 5 млн. рублей. Да.", "ru")
    [(0, 30), (31, 34)]
    """
    if not _WORD.search(text):
        return []
    spans: list[Span] = []
    has_word = False  # the last sentence, as far as it is known
    for begin, end in _cuts(text, language):
        is_more = _WORD.search(text, begin, end) is None
        if spans and (is_more or not has_word or _is_inside(text, spans[-1], begin, end)):
            spans[-1] = (spans[-1][0], end)
            has_word = has_word or not is_more
        else:
            spans.append((begin, end))
            has_word = not is_more
    return spans


def _cuts(text: str, language: str) -> Iterator[Span]:
    for cut in get_sentence_boundaries(language, text):
        begin, end = cut["start_index"], cut["end_index"]
        piece = text[begin:end]
        begin += len(piece) - len(piece.lstrip())
        end -= len(piece) - len(piece.rstrip())
        if begin < end:
            yield begin, end


def _is_inside(text: str, before: Span, begin: int, end: int) -> bool:
    """Whether the cut before ``begin`` is wrong; looks at the end of the sentence before alone."""
    ends = text[max(before[0], before[1] - _INITIAL_LENGTH) : before[1]]
    return _INITIAL.search(ends) is not None or _SMALL.match(text, begin, end) is not None
