"""Pages in, frozen records out: pure functions of bytes and URL, no disk, no network, no Scrapy.

One module a page type (`event`, `text_version`, `listing`, `feed`); `dispatch` chooses by URL. An
event page is read in parts: `head`, `body` (with `inline`, `labels`, `turns`, `media`, `cards`),
`tags`, `status`, `announcement`. The site's own words are data in `words`.

A page that is not what its address promises raises `NotThisPage` or `LayoutError` and names URL,
selector and count. What is kept but not understood becomes a `Warn` on the record:

``charset``               declared encoding and bytes disagree
``unknown_block``         an element in the body that no reader knows; its text is kept as narration
``bare_text``             text in the body outside any element; kept as narration
``unknown_inline``        an element inside a paragraph that is not running text
``unknown_card_head``     a block of cards under a heading that is not the site's
``unknown_tag_head``      a column of tags under a heading that is not the site's
``unknown_tag``           a tag whose address names no known catalogue
``unknown_status``        words in the status block that are not the site's
``unknown_announcement``  an announcement line that is not the site's, or goes on after its date
``no_last_updated``       the page does not say when it was last changed
``date_disagrees``, ``time_disagrees``   head and status block name different moments
``undated_item``          a listing's item without a date
``unreadable_date``       the date in an event's head is none, or not of 1900 to 2099
"""

from kremlin_archive.pages.dispatch import PageKind, page_kind, parse_page
from kremlin_archive.pages.event import parse_event
from kremlin_archive.pages.feed import parse_feed
from kremlin_archive.pages.listing import parse_listing
from kremlin_archive.pages.normalise import NORM_VERSION, normalise
from kremlin_archive.pages.text_version import parse_text_version, render_text_version
from kremlin_archive.pages.version import PARSER_VERSION

__all__ = [
    "NORM_VERSION",
    "PARSER_VERSION",
    "PageKind",
    "normalise",
    "page_kind",
    "parse_event",
    "parse_feed",
    "parse_listing",
    "parse_page",
    "parse_text_version",
    "render_text_version",
]
