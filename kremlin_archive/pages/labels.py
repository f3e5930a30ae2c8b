"""Speakers' labels at the start of a paragraph, in every form the site's editors have used.

A label is bold up to its colon, with these variants, all of them on real pages: colon inside or
outside the bold; bold split in several pieces or missing its first letter; a person's link around
or inside the bold; a bracketed note between name and colon («translated from Russian»), or between
two colons; a full stop where the colon should be. Where no bold marks it, a name that the same page
marks elsewhere, or one of the site's nameless voices («Question:»), still counts. A paragraph that
is bold throughout is a heading, unless it is only a name and a colon before bare paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kremlin_archive.pages.inline import Run
from kremlin_archive.pages.normalise import normalise
from kremlin_archive.pages.words import SiteWords

_NOTE = r"(?:\((?P<note>[^()]*)\)|\[(?P<square>[^\[\]]*)\])"
_NOTE_AND_COLON = re.compile(rf"\s*(?:{_NOTE}\s*)?:")
_NOTE_AND_BOLD_COLON = re.compile(rf"\s*{_NOTE}\s*(?P<colon>:)")
_TRAILING_NOTE = re.compile(rf"(?P<name>.*?)\s*{_NOTE}\s*", re.DOTALL)
_FULL_STOP = re.compile(r"\s*\.(?=\s)")
_UNMARKED = re.compile(rf"(?P<name>[^:()\[\]]{{1,120}}?)\s*(?:{_NOTE}\s*)?:(?=\s|$)")
_LAST_WORD = re.compile(r"[^\W\d_][\w’'.\-–]*$")
_STRAY_FIRST_LETTERS = 2
_LONGEST_UNMARKED = 240
_LAST_LETTERS = re.compile(r"[^\W\d_]{2}$")
_FIRST_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker as a person reads the name, the note after it, and the words that follow."""

    name: str
    note: str | None
    rest: str


@dataclass(frozen=True, slots=True)
class Opening:
    """How a paragraph opens: its whole text, the label that bold type marks, if it is all bold.

    ``stopped`` is a bold start that ends in a full stop: a label only if its name is known from
    elsewhere.
    """

    text: str
    label: Label | None = None
    stopped: Label | None = None
    is_bold: bool = False


def read_opening(runs: tuple[Run, ...]) -> Opening:
    """Find the label that bold type marks at the start of a paragraph."""
    text = normalise("".join(run.text for run in runs))
    if not _bold_end(runs) or not text:
        return Opening(text)
    runs = tuple(_words_apart(runs))
    raw = "".join(run.text for run in runs)
    bold_end = _bold_end(runs)
    label = _marked_label(raw, bold_end, runs)
    stop = None if label else _FULL_STOP.match(raw, bold_end)
    return Opening(
        text,
        label=label,
        stopped=Label(normalise(raw[:bold_end]), None, normalise(raw[stop.end() :]))
        if stop
        else None,
        is_bold=not raw[bold_end:].strip(),
    )


def read_plain_opening(text: str, words: SiteWords) -> Opening:
    """Find a label that nothing marks (in text versions) by the look of the name."""
    match = _UNMARKED.match(text)
    if match is None:
        return Opening(text)
    name = normalise(match["name"])
    if name.lower() not in words.voices and words.unmarked_label.fullmatch(name) is None:
        return Opening(text)
    return Opening(text, Label(name, _note(match), text[match.end() :].strip()))


def known_label(opening: Opening, names: frozenset[str], words: SiteWords) -> Label | None:
    """Find an unmarked label, or one with a full stop: a name of the page, or a nameless voice."""
    if opening.stopped is not None and opening.stopped.name in names:
        return opening.stopped
    if ":" not in opening.text[:_LONGEST_UNMARKED]:
        return None
    match = _UNMARKED.match(opening.text)
    if match is None or (match["name"] not in names and match["name"].lower() not in words.voices):
        return None
    return Label(match["name"], _note(match), opening.text[match.end() :].strip())


def is_speaker(label: Label, words: SiteWords) -> bool:
    """Tell a speaker's label from «Email:» or «Contact telephone numbers:»."""
    return words.not_speakers.fullmatch(label.name) is None


def is_named(label: Label) -> bool:
    """Whether a label ends as a name does: in a capitalised word."""
    last = _LAST_WORD.search(label.name)
    return last is not None and last[0][0].isupper()


def _bold_end(runs: tuple[Run, ...]) -> int:
    """Where the bold start of a paragraph ends; 0 when it does not start bold."""
    end = position = 0
    for index, run in enumerate(runs):
        position += len(run.text)
        if run.bold:
            end = position
        elif run.text.strip() and not (end == 0 and _is_stray(run, runs[index + 1 :])):
            break
    return end


def _words_apart(runs: tuple[Run, ...]) -> Iterator[Run]:
    """Put back the space lost between bold words: ``<b>Vladimir</b><b>Putin</b>``.

    A piece of one letter is a torn word, not a lost space: ``<b>D</b><b>mitry</b>``.
    """
    for run, following in zip(runs, [*runs, Run("")][1:], strict=True):
        touching = run.bold and following.bold and run.bold != following.bold
        if touching and _LAST_LETTERS.search(run.text) and _FIRST_LETTERS.match(following.text):
            yield replace(run, text=f"{run.text} ")
        else:
            yield run


def _is_stray(run: Run, following: tuple[Run, ...]) -> bool:
    """First letters of a name that slipped out of its bold: ``V<b>ladimir Putin:</b>``."""
    return (
        len(run.text.strip()) <= _STRAY_FIRST_LETTERS
        and run.text[-1:].isalpha()
        and bool(following)
        and bool(following[0].bold)
        and following[0].text[:1].isalpha()
    )


def _marked_label(raw: str, bold_end: int, runs: tuple[Run, ...]) -> Label | None:
    bold = raw[:bold_end]
    colon = _outer_colon(bold)
    if colon is not None:
        return _label_before(raw, colon, runs)
    opened = bold.rfind("(") if bold.count("(") > bold.count(")") else -1
    after = _NOTE_AND_COLON.match(raw, opened if opened >= 0 else len(bold.rstrip()))
    return None if after is None else _label(raw[: after.end() - 1], raw[after.end() :])


def _label_before(raw: str, colon: int, runs: tuple[Run, ...]) -> Label | None:
    """Read the label before a bold colon, or before a second bold colon after a note."""
    second = _NOTE_AND_BOLD_COLON.match(raw, colon + 1)
    if second is not None and _is_bold_at(runs, second.start("colon")):
        return Label(normalise(raw[:colon]), _note(second), normalise(raw[second.end() :]))
    return _label(raw[:colon], raw[colon + 1 :])


def _label(head: str, rest: str) -> Label | None:
    noted = _TRAILING_NOTE.fullmatch(head)
    name = normalise(noted["name"] if noted else head)
    if not name:
        return None
    return Label(name, _note(noted) if noted else None, normalise(rest))


def _note(match: re.Match[str]) -> str | None:
    return normalise(match["note"] or match["square"] or "") or None


def _outer_colon(text: str) -> int | None:
    """Find the first colon outside brackets."""
    depth = 0
    for index, character in enumerate(text):
        if character == ":" and depth <= 0:
            return index
        depth += (character == "(") - (character == ")")
    return None


def _is_bold_at(runs: tuple[Run, ...], position: int) -> bool:
    for run in runs:
        position -= len(run.text)
        if position < 0:
            return bool(run.bold)
    return False
