"""Photos and videos that stand in the body."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from kremlin_archive.pages.normalise import normalise
from kremlin_archive.pages.selection import attribute, one, some
from kremlin_archive.records import Photo, Video

SLIDES = "img[itemprop=contentUrl]"
SINGLE_PHOTO = "figure img[itemprop=contentUrl]"
SINGLE_CAPTION = ".media__title"
VIDEO_SOURCES = "video source[src]"
VIDEO_CAPTION = ".video__description"
# Best first; a source without a known quality comes last, in the page's order.
QUALITIES = ("high", "medium", "low")

_PHOTO_ID = re.compile(r"photo-(\d{1,9})")


def read_slides(slider: LexborNode, url: str) -> list[Photo]:
    """Photos of a slider, in order; the slide shown first need not be the first."""
    return [
        Photo(_photo_id(image), attribute(image, "src", url), _caption(image))
        for image in some(slider, SLIDES, url)
    ]


def read_photo(block: LexborNode, url: str) -> Photo:
    """Read a photo on its own; the site gives such photos no id."""
    image = one(block, SINGLE_PHOTO, url)
    title = block.css_first(SINGLE_CAPTION)
    caption = normalise(title.text()) if title is not None else ""
    return Photo(_photo_id(image), attribute(image, "src", url), caption or _caption(image))


def read_video(block: LexborNode, url: str) -> Video:
    """Read a video at the best quality offered."""
    sources = some(block, VIDEO_SOURCES, url)
    words = block.css_first(VIDEO_CAPTION)
    caption = normalise(words.text()) if words is not None else ""
    return Video(attribute(min(sources, key=_rank), "src", url), caption or None)


def _rank(source: LexborNode) -> int:
    quality = source.attributes.get("data-quality")
    return QUALITIES.index(quality) if quality in QUALITIES else len(QUALITIES)


def _photo_id(image: LexborNode) -> int | None:
    match = _PHOTO_ID.fullmatch(image.attributes.get("id") or "")
    return int(match[1]) if match else None


def _caption(image: LexborNode) -> str | None:
    text = image.attributes.get("data-text") or image.attributes.get("alt") or ""
    return normalise(text) or None
