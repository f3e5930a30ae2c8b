"""Tags below the text: geography, topics, persons, hidden ones too."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from kremlin_archive.pages.inline import element_text
from kremlin_archive.pages.selection import one
from kremlin_archive.pages.words import SiteWords
from kremlin_archive.records import Place, Tag, Warn

# Some columns carry a second class (`with_hidden_list`); `li.read__tagsmore` holds «1 more», which
# is no tag.
TAG_COLUMN = "div.read__tagscol"
TAG_COLUMN_HEAD = "h3"
TAG_LINK = "a[rel=tag]"
MORE_TAGS = "read__tagsmore"
TAG_ITEM = "ul.read__taglist > li"

_TAG_HREF = re.compile(
    r"/catalog/(?P<facet>countries|regions|keywords|persons)/(?P<code>[\w-]+)/(?:events|biography)"
)


@dataclass(slots=True)
class Tags:
    """Tags by facet, in the order of the page."""

    countries: list[Place] = field(default_factory=list)
    regions: list[Place] = field(default_factory=list)
    topics: list[Tag] = field(default_factory=list)
    persons: list[Tag] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)


def read_tags(article: LexborNode, url: str, words: SiteWords) -> Tags:
    """Read all columns; a tag's facet is what its address says, not what its column is called."""
    tags = Tags()
    for column in article.css(TAG_COLUMN):
        head = element_text(one(column, TAG_COLUMN_HEAD, url))
        if head.lower() not in words.tag_heads:
            tags.warnings.append(Warn("unknown_tag_head", head))
        for item in column.css(TAG_ITEM):
            _read_item(item, tags)
    return tags


def _read_item(item: LexborNode, tags: Tags) -> None:
    if MORE_TAGS in (item.attributes.get("class") or ""):
        return
    link = item.css_first(TAG_LINK)
    match = _TAG_HREF.search((link.attributes.get("href") or "") if link is not None else "")
    name = element_text(item)
    if match is None:
        tags.warnings.append(Warn("unknown_tag", name))
        return
    _add(tags, match["facet"], match["code"], name)


def _add(tags: Tags, facet: str, code: str, name: str) -> None:
    if facet == "countries":
        tags.countries.append(Place(code, name))
    elif facet == "regions":
        tags.regions.append(Place(code, name))
    elif not code.isdecimal():
        tags.warnings.append(Warn("unknown_tag", f"{facet}/{code} {name}"))
    elif facet == "keywords":
        tags.topics.append(Tag(int(code), name))
    else:
        tags.persons.append(Tag(int(code), name))
