"""From blocks of text to paragraphs: who speaks, and where a turn begins and ends.

- A labelled paragraph begins a turn. Bare paragraphs after it continue the speech and repeat its
  speaker.
- A turn ends at the next label, at a heading, at a row of asterisks, at «To be continued». It goes
  on across «<…>» (a cut within a transcript: of 40 bare paragraphs that follow one on real pages
  nearly all are the same speech resumed), across pull-quotes, and across a bracketed remark of the
  editors («(Applause.)»), which is narration.
- Narration that follows a speech with nothing between cannot be told from it; the editors put a row
  of asterisks there.
- A label alone in its paragraph opens the bare paragraph that follows. Without one, or where it
  does not end as a name does («Meeting points:»), or on a page that labels nothing else, it is a
  heading if bold, else an ordinary paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from kremlin_archive.pages.labels import Label, Opening, is_named, is_speaker, known_label
from kremlin_archive.pages.words import SiteWords
from kremlin_archive.records import Paragraph

_ASTERISKS = re.compile(r"(?:\*\s*)+")
_CUT = re.compile(r"[<«(\[]\s*(?:…|\.\.\.)\s*[>»)\]]\s*\.?|…")
_CUT_ANYWHERE = re.compile(r"<\s*(?:…|\.\.\.)\s*>")
_LONGEST_SIGN = 60
"""No line that says «To be continued» is longer."""
_BRACKETED = re.compile(r"\([^()]*\)\.?|\[[^\[\]]*\]\.?")

Role = Literal[
    "labelled", "bare", "heading", "asterisks", "cut", "quote", "aside", "continued", "prose"
]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the body, before it is known who speaks in it."""

    opening: Opening
    tag: Literal["p", "quote", "unknown"] = "p"


@dataclass(frozen=True, slots=True)
class Turns:
    """Paragraphs in order, and the indices of those that carry a label of their own."""

    paragraphs: tuple[Paragraph, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A block and the part it plays."""

    role: Role
    opening: Opening
    label: Label | None = None


def assign_turns(blocks: Iterable[Block], words: SiteWords) -> Turns:
    """Give each block its kind and speaker, by the rules of this module."""
    blocks = [block for block in blocks if block.opening.text]
    names = _names(blocks)
    parts = [_part(block, names, words) for block in blocks]
    return _spoken(_settle_lone_labels(parts, names))


def is_partial(paragraphs: Iterable[Paragraph], words: SiteWords) -> bool:
    """Whether a text says it is not whole: «<…>», or a paragraph that is «To be continued»."""
    return any(
        _CUT_ANYWHERE.search(paragraph.text) or words.to_be_continued.fullmatch(paragraph.text)
        for paragraph in paragraphs
    )


def _names(blocks: list[Block]) -> frozenset[str]:
    """Collect the speakers whose label is sure: marked, with words after it that are not bold."""
    return frozenset(
        block.opening.label.name
        for block in blocks
        if block.opening.label is not None
        and block.opening.label.rest
        and not block.opening.is_bold
    )


def _part(block: Block, names: frozenset[str], words: SiteWords) -> _Part:
    opening = block.opening
    if block.tag != "p":
        return _Part("quote" if block.tag == "quote" else "prose", opening)
    role = _role_by_text(opening.text, words)
    if role is not None:
        return _Part(role, opening)
    label = opening.label or known_label(opening, names, words)
    is_heading = opening.is_bold and label is not None and label.rest and label.name not in names
    if label is not None and not is_heading and is_speaker(label, words):
        return _Part("labelled", opening, label)
    return _Part("heading" if opening.is_bold else "bare", opening)


def _role_by_text(text: str, words: SiteWords) -> Role | None:
    if text[0].isalnum() and len(text) > _LONGEST_SIGN:
        return None
    if _ASTERISKS.fullmatch(text):
        return "asterisks"
    if _CUT.fullmatch(text):
        return "cut"
    if words.to_be_continued.fullmatch(text):
        return "continued"
    return "aside" if _BRACKETED.fullmatch(text) else None


def _settle_lone_labels(parts: list[_Part], names: frozenset[str]) -> list[_Part]:
    """Keep a label that stands alone only where it can open the next paragraph."""
    settled: list[_Part] = []
    for part, following in zip(parts, [*parts, None][1:], strict=True):
        if part.label is None or part.label.rest:
            settled.append(part)
            continue
        opens_next = following is not None and following.role == "bare"
        if opens_next and names and is_named(part.label):
            settled.append(part)
        else:
            role: Role = "heading" if part.opening.is_bold else "bare"
            settled.append(replace(part, role=role, label=None))
    return settled


def _spoken(parts: list[_Part]) -> Turns:
    paragraphs: list[Paragraph] = []
    starts: list[int] = []
    speaker: Label | None = None
    lone: Label | None = None
    for part in parts:
        speaker = _speaker_after(part, speaker)
        if part.label is not None and not part.label.rest:
            lone = part.label
            continue
        label = part.label or lone
        lone = None
        if label is not None:
            starts.append(len(paragraphs))
        paragraphs.append(_paragraph(part, speaker, label))
    return Turns(tuple(paragraphs), tuple(starts))


def _speaker_after(part: _Part, speaker: Label | None) -> Label | None:
    if part.label is not None:
        return part.label
    return None if part.role in {"heading", "asterisks", "continued"} else speaker


def _paragraph(part: _Part, speaker: Label | None, label: Label | None) -> Paragraph:
    text = part.label.rest if part.label is not None else part.opening.text
    match part.role:
        case "labelled" | "bare" if speaker is not None:
            return Paragraph(
                "speech", text, speaker.name, label.note if label is not None else None
            )
        case "heading":
            return Paragraph("heading", text)
        case "asterisks" | "cut":
            return Paragraph("separator", text)
        case "quote":
            return Paragraph("quote", text)
        case _:
            return Paragraph("narration", text)
