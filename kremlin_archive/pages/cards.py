"""Cards in the body («See also», «Additional»): other events, and files to download."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from kremlin_archive.pages.inline import element_text
from kremlin_archive.pages.links import absolute
from kremlin_archive.pages.selection import attribute, maybe_one, one, some
from kremlin_archive.pages.words import SiteWords
from kremlin_archive.records import Attachment, Related, Warn
from kremlin_archive.urls import MEDIA_HOST

CARD_HEAD = "h3.cut__title"
CARD = "div.cut__description"
CARD_LINK = "a.cut__item"
CARD_DATE = "div.cut__date"
FILE_FORMAT = "span.file_format"


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of one block."""

    related: tuple[Related, ...]
    attachments: tuple[Attachment, ...]
    warnings: tuple[Warn, ...]


def read_cards(block: LexborNode, url: str, words: SiteWords) -> Cards:
    """Read a block of cards: a link to a file is an attachment, any other a related page."""
    head = element_text(one(block, CARD_HEAD, url))
    warnings = () if head.lower() in words.card_heads else (Warn("unknown_card_head", head),)
    cards = [_card(node, url) for node in some(block, CARD, url)]
    return Cards(
        related=tuple(card for card in cards if isinstance(card, Related)),
        attachments=tuple(card for card in cards if isinstance(card, Attachment)),
        warnings=warnings,
    )


def _card(node: LexborNode, url: str) -> Related | Attachment:
    link = one(node, CARD_LINK, url)
    target = absolute(attribute(link, "href", url), url)
    title = element_text(link)
    if "download" in link.attributes or target.startswith(f"http://{MEDIA_HOST}/"):
        return Attachment(target, title, _file_format(node, url))
    date = maybe_one(node, CARD_DATE, url)
    return Related(target, title, element_text(date) or None if date is not None else None)


def _file_format(node: LexborNode, url: str) -> str | None:
    """«doc» of «doc, 38.9 kB»."""
    shown = maybe_one(node, FILE_FORMAT, url)
    return element_text(shown).rstrip(", ") or None if shown is not None else None
