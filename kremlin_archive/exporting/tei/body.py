"""The text of a document: divisions of utterances, notes and heads.

Every paragraph is one element: ``seg`` in an utterance ``u``, ``head`` where a heading opens a division,
``gap`` for ``<…>`` alone, ``note`` for all else (``@type`` says what: narrative, heading, quote, separator).
All but ``gap``, to which ParlaMint allows no id, carry the paragraph's id. Their texts, joined by newlines,
are ``documents.text``. What is not a paragraph has no such id: the title, the lead, who speaks and how.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from kremlin_archive.exporting.snapshot import Document, Row
from kremlin_archive.exporting.tei.convention import SPEAKERS, xml_id
from kremlin_archive.exporting.tei.element import element, line
from kremlin_archive.exporting.tei.stage import ELISION, marked

_NOTES = {"narration": "narrative", "speech": "narrative"}
"""Types of notes by ``paragraphs.kind``, where they differ; speech outside a turn is nobody's."""


def body(document: Document) -> Element:
    """Give ``body`` with at least one division."""
    return element("body", *_divisions(document))


def _divisions(document: Document) -> Iterator[Element]:
    """A heading between turns opens a division, unless the one before has no more than headings yet."""
    open_: list[Element] = [*_opening(document.row)]
    for piece in _pieces(document):
        if piece.tag == "head" and any(one.tag != "head" for one in open_):
            yield _division(open_)
            open_ = []
        open_.append(piece)
    yield _division(open_)


def _division(pieces: list[Element]) -> Element:
    if any(piece.tag == "u" for piece in pieces):
        return element("div", *pieces, type="debateSection")
    if all(piece.tag == "head" for piece in pieces):  # nothing below it: ParlaMint wants a comment
        kept, last = pieces[:-1], pieces[-1]
        last.tag, last.attrib["type"] = "note", last.attrib.get("type", "heading")
        pieces = [*kept, last]
    return element("div", *pieces, type="commentSection")


def _opening(row: Row) -> Iterator[Element]:
    yield element("head", line(row["title"]), type="title")
    if row["lead"]:
        yield element("note", row["lead"], type="lead")


def _pieces(document: Document) -> Iterator[Element]:
    """Give utterances, each after its speaker's label, and between them the paragraphs of nobody."""
    paragraphs = document.of["paragraphs"]
    turns = {turn["para_start"]: turn for turn in document.of["turns"]}
    at = 0
    while at < len(paragraphs):
        turn = turns.get(at)
        if turn is None:
            yield _comment(paragraphs[at], between_turns=True)
            at += 1
            continue
        yield element("note", line(turn["speaker_label"]), type="speaker")
        if turn["delivery_note"]:
            yield element("note", f"({turn['delivery_note']})", type="delivery")
        yield _utterance(turn, paragraphs[at : turn["para_end"]])
        at = turn["para_end"]


def _utterance(turn: Row, paragraphs: list[dict[str, Any]]) -> Element:
    return element(
        "u",
        *(
            element("seg", *marked(one["text"]), id=xml_id(one["paragraph_id"]))
            if one["turn_seq"] == turn["seq"]
            else _comment(one)
            for one in paragraphs
        ),
        who=f"#{xml_id(turn['person_id'])}" if turn["person_id"] else None,
        id=xml_id(turn["turn_id"]),
        ana=f"#{SPEAKERS[turn['speaker_kind']]}",
    )


def _comment(paragraph: Row, *, between_turns: bool = False) -> Element:
    text, kind = paragraph["text"], paragraph["kind"]
    if text == ELISION:
        return element("gap", element("desc", text), reason="editorial")
    name = xml_id(paragraph["paragraph_id"])
    if kind == "heading" and between_turns:
        return element("head", text, id=name)
    return element("note", text, id=name, type=_NOTES.get(kind, kind))
