"""The body of an event page: its direct children in order, each read by what it is.

Children seen on 7,108 saved pages: ``p``, ``blockquote``, ``hr``; blocks of photos, one photo, a
video, cards; and the block below the text (tags, status), which stands inside the body. Anything
else is kept as narration with a warning, so that no text is lost to a change of the template.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from kremlin_archive.pages.cards import Cards, read_cards
from kremlin_archive.pages.inline import read_inline
from kremlin_archive.pages.labels import Opening, read_opening
from kremlin_archive.pages.media import read_photo, read_slides, read_video
from kremlin_archive.pages.normalise import normalise
from kremlin_archive.pages.selection import classes, shape
from kremlin_archive.pages.turns import Block
from kremlin_archive.pages.words import SiteWords
from kremlin_archive.records import Attachment, PersonMention, Photo, Related, Video, Warn

SLIDER = "slider"
SINGLE_PHOTO = "media"
VIDEO = "media__container_video"
CARDS = "read__cut"
BELOW_TEXT = "read__bottommeta"


@dataclass(slots=True)
class Body:
    """What the body holds, gathered in the order of the page."""

    url: str
    words: SiteWords
    blocks: list[Block] = field(default_factory=list)
    mentions: list[PersonMention] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    videos: list[Video] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)


def read_body(node: LexborNode, url: str, words: SiteWords) -> Body:
    """Read the body element."""
    body = Body(url, words)
    for child in node.iter(include_text=True):
        if child.is_text_node:
            _read_bare_text(child, body)
        elif child.tag == "p":
            _read_paragraph(child, body)
        elif child.tag == "blockquote":
            _read_quote(child, body)
        elif child.is_element_node and child.tag != "hr":  # a rule parts nothing that has text
            _read_block(child, body)
    return body


def _read_bare_text(node: LexborNode, body: Body) -> None:
    text = normalise(node.text_content or "")
    if text:
        body.warnings.append(Warn("bare_text", text))
        body.blocks.append(Block(Opening(text), "unknown"))


def _read_paragraph(node: LexborNode, body: Body) -> None:
    inline = read_inline(node)
    body.mentions += inline.mentions
    body.warnings += inline.warnings
    body.blocks.append(Block(read_opening(inline.runs)))


def _read_quote(node: LexborNode, body: Body) -> None:
    paragraphs = node.css("p") or [node]
    whole = read_inline(node)
    body.mentions += whole.mentions
    body.warnings += whole.warnings
    texts = [read_inline(paragraph).text for paragraph in paragraphs]
    if "".join(texts).replace(" ", "") != whole.text.replace(" ", ""):
        texts = [whole.text]  # text outside its paragraphs
    body.blocks += [Block(Opening(text), "quote") for text in texts]


def _read_block(node: LexborNode, body: Body) -> None:
    names = classes(node)
    if BELOW_TEXT in names:
        return
    if SLIDER in names:
        body.photos += read_slides(node, body.url)
    elif VIDEO in names:
        body.videos.append(read_video(node, body.url))
    elif SINGLE_PHOTO in names:
        body.photos.append(read_photo(node, body.url))
    elif CARDS in names:
        _add_cards(read_cards(node, body.url, body.words), body)
    else:
        _read_unknown(node, body)


def _add_cards(cards: Cards, body: Body) -> None:
    body.related += cards.related
    body.attachments += cards.attachments
    body.warnings += cards.warnings


def _read_unknown(node: LexborNode, body: Body) -> None:
    body.warnings.append(Warn("unknown_block", shape(node)))
    inline = read_inline(node)
    body.mentions += inline.mentions
    body.blocks.append(Block(Opening(inline.text), "unknown"))
