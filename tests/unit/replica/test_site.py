"""The bundled site has the real one's structure: its selectors find what they find on saved pages."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from kremlin_archive.errors import UsageError
from kremlin_archive.replica import Edition, Site
from kremlin_archive.replica.http import Reply, parse_head
from kremlin_archive.replica.site.catalogue import section, section_keys
from kremlin_archive.urls import HOSTS, Language

SITE = Site()
NEWS = "/events/president/news"
ONCE = (
    "title[itemprop=name]",
    "h1.entry-title.p-name[itemprop=name]",
    "div.read__lead.entry-summary.p-summary",
    "div.entry-content.e-content.read__internal_content[itemprop=articleBody]",
    "div.entry-content .read__bottommeta.hidden-copy",
    "div.read__status",
    "div.read__updated > time[datetime]",
    "div.read[data-href][data-stream-url]",
    "article.read__in.hentry.h-entry",
    "a.read__categ[rel=category]",
    "a.print_link",
    "a.text_version_link[rel=nofollow]",
    "link[rel=canonical]",
    "#material_link",
    "a.tabs_article",
    "a.tabs_photo",
    "a.tabs_video",
)
# One event that shows each variant known of the real site, and how to see it.
VARIANTS = {
    "empty lead": ("en", 4, ".read__lead > div", 0),
    "lead of two paragraphs": ("ru", 63940, ".read__lead > div > p", 2),
    "person tooltip": ("en", 63940, "p a.person_tag > .read__tooltip.tooltip_person", 1),
    "term tooltip": ("ru", 63940, "p a.termin_tag > .tooltip_term", 1),
    "biography": ("en", 13682, 'a.person_tag[href$="/biography"]', 1),
    "tag in a label": ("ru", 66419, "p > b > a.person_tag", 1),
    "anchor around bold": ("en", 51310, "p > a.person_tag > b", 2),
    "bold apart": ("en", 9255, "p > b + b", 6),
    "note in italics": ("ru", 7985, "p > b + i", 1),
    "quote": ("en", 17166, "div[itemprop=articleBody] > blockquote > p", 1),
    "rule": ("en", 54279, "div[itemprop=articleBody] > hr", 1),
    "cards between": ("en", 63940, "p + div.read__cut + p", 1),
    "additional": ("ru", 17166, ".read__cut", 2),
    "attachment": ("en", 51726, "a.cut__meta > span.file_format", 2),
    "supplement": ("en", 39571, 'a.cut__item[href^="/supplement/"]', 1),
    "slides": ("en", 54279, "div.slider__slides > div.slide", 3),
    "single photo": ("ru", 6158, "div.media figure.media__pic img", 1),
    "video": ("en", 56380, "div.media__container_video video source[data-quality]", 2),
    "subtitles": ("en", 56380, "video track[kind=subtitles]", 1),
    "hidden tags": ("en", 17166, ".with_hidden_list li.hidden a[rel=tag]", 1),
    "one more": ("ru", 17166, "li.read__tagsmore", 1),
    "announcement": ("ru", 76870, "article.announce .announce_date > .width_limiter", 1),
    "calendar": ("ru", 76870, ".announce_date .announce_calendar a", 3),
    "no date in head": ("en", 17555, "time.read__published, .read__time, .read__place", 0),
    "no counterpart": ("en", 41680, "link[rel=alternate][hreflang]", 0),
    "counterpart": ("ru", 66419, 'link[hreflang=en][href$="//en.kremlin.ru/events/president/news/66419"]', 1),
    "no place": ("en", 38105, ".read__place", 0),
    "empty body": ("ru", 33528, "div[itemprop=articleBody] > p, .read__cut", 0),
    "regions and countries": ("en", 63940, 'a[href^="/catalog/regions/"], a[href^="/catalog/countries/"]', 3),
    "five sections": ("en", 51310, ".read__status a[href^='/events/']:not(.text_version_link)", 5),
}  # fmt: skip


def ask(path: str, language: Language = "en", site: Site = SITE) -> Reply:
    return site.answer(
        parse_head(f"GET {path} HTTP/1.1\r\nHost: {HOSTS[language]}\r\n\r\n".encode())
    )


def page(path: str, language: Language = "en", site: Site = SITE) -> LexborHTMLParser:
    reply = ask(path, language, site)
    assert reply.status == 200, path
    return LexborHTMLParser(reply.entity.decode())


def only(tree: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    (found,) = tree.css(selector)
    return found


def label(edition: Edition) -> str:
    return f"{edition.language}:{edition.event_id}"


@pytest.mark.parametrize("edition", SITE.editions, ids=label)
def test_event_page_has_each_part_once(edition: Edition) -> None:
    for key in edition.sections:
        tree = page(edition.path_in(key), edition.language)
        found = {selector: len(tree.css(selector)) for selector in ONCE}
        assert found == dict.fromkeys(ONCE, 1)
        assert only(tree, "article").attributes["id"] == f"event-{edition.event_id}"


@pytest.mark.parametrize("edition", SITE.editions, ids=label)
def test_body_has_only_known_blocks(edition: Edition) -> None:
    tree = page(edition.path_in(edition.sections[0]), edition.language)
    body = only(tree, "div[itemprop=articleBody]")
    names = Counter(
        f"{node.tag} {node.attributes.get('class') or ''}".split()[0] for node in body.iter()
    )
    assert set(names) <= {"p", "div", "blockquote", "hr"}
    loose = [node.text_content for node in body.iter(include_text=True) if node.tag == "-text"]
    assert not "".join(text or "" for text in loose).strip()


@pytest.mark.parametrize("variant", VARIANTS)
def test_variant(variant: str) -> None:
    language, event_id, selector, count = VARIANTS[variant]
    edition = SITE.edition(language, event_id)  # type: ignore[arg-type]
    assert len(page(edition.path_in(edition.sections[0]), edition.language).css(selector)) == count


def test_longest_page_is_above_300_kb() -> None:
    assert len(ask(f"{NEWS}/56380").entity) > 300_000


def test_starting_slide_is_not_the_first() -> None:
    slides = page(f"{NEWS}/66419").css(".slide")
    marked = ["starting-slide" in (slide.attributes["class"] or "") for slide in slides]
    assert marked == [False, True, False]


@pytest.mark.parametrize(
    "sign", ["\u00a0", "\u200b", "\u00ad", "\n", "<p></p>", "&lt;…&gt;", "* * *"]
)
def test_signs_of_the_site(sign: str) -> None:
    pages = [ask(f"{NEWS}/{number}").entity.decode() for number in (54279, 7985)]
    assert any(sign in one for one in pages)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_news_listing_goes_through_three_pages(language: Language) -> None:
    seen: list[str] = []
    path: str | None = NEWS
    sizes: list[int] = []
    while path:
        tree = page(path, language)
        lister = only(tree, "div.lister-page[data-page][data-pages='3'][data-url-template]")
        ids = [node.attributes["data-id"] or "" for node in lister.css("div.hentry_event")]
        seen, sizes = seen + ids, [*sizes, len(ids)]
        older = tree.css_first("a.more-next[rel=next]")
        links = [node.attributes["href"] for node in tree.css("link[rel=next]")]
        path = older.attributes["href"] if older else None
        assert links == ([path] if path else [])
    expected = [
        e for e in SITE.editions if e.language == language and "president/news" in e.sections
    ]
    assert seen == [str(one.event_id) for one in expected]
    assert sizes == [20, 20, len(expected) - 40]
    assert ask(f"{NEWS}/page/4", language).status == 404


def test_listing_item() -> None:
    (item,) = page(f"{NEWS}/page/2").css("div.hentry_event[data-id='66419']") or page(
        f"{NEWS}/page/1"
    ).css("div.hentry_event[data-id='66419']")
    assert only(item, "h3.hentry__title_special > a[rel=bookmark] span.entry-title").text() == (
        "Meeting with\u00a0President of\u00a0Kazakhstan Kassym-Jomart Tokayev"
    )
    assert only(item, "time.dt-published").text() == "August 21, 2021, 13:10"
    assert only(item, "span.updated.hidden").text() == "2021-08-21"
    assert only(item, "span.hentry__location").text() == "The\u00a0Kremlin, Moscow"
    assert len(item.css("div.hentry__assets a.tabs_photo")) == 1


def test_day_heads() -> None:
    heads = page(f"{NEWS}/page/3").css("h2.events__title time")
    assert heads[-1].text() == "December 31, 1999, Friday"
    first = page(NEWS).css("h2.events__title")
    assert [node.text(strip=True) for node in first[:2]] == [
        "Last seven days",
        "December 23, Wednesday",
    ]


def test_by_date_is_the_page_on_which_the_day_falls() -> None:
    def ids(path: str) -> list[str | None]:
        return [node.attributes["data-id"] for node in page(path).css(".hentry_event")]

    assert ids(f"{NEWS}/by-date/31.12.1999") == ids(f"{NEWS}/page/3")
    assert ids(f"{NEWS}/by-date/01.01.2099") == ids(NEWS)
    assert ask(f"{NEWS}/by-date/31.02.2020").status == 404


@pytest.mark.parametrize("key", section_keys())
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_section_has_listing_and_feed(key: str, language: Language) -> None:
    listed = section(key, language).listed
    assert page(listed, language).css("div.lister-page")
    assert ask(f"{listed}/feed", language).content_type.startswith("application/atom+xml")


@pytest.mark.parametrize(
    "path",
    [
        "/events/president/trips/66419",  # another section
        "/events/president/news/33528",  # only in Russian
        "/events/president/news/1",
        "/events/president/news/66419/videos",
        "/events/president/news/38105/photos",
        "/events/president/news/copy/1",
        "/events/president/news/page/0",
        "/nowhere",
    ],
)
def test_missing(path: str) -> None:
    reply = ask(path)
    assert (reply.status, reply.content_type) == (404, "text/html; charset=UTF-8")


def test_one_event_under_each_of_its_sections() -> None:
    edition = SITE.edition("en", 51310)
    paths = {edition.path_in(key) for key in edition.sections}
    assert f"/events/councils/by-council/18/{51310}" in paths
    assert {ask(path).status for path in paths} == {200}


def test_feed_has_the_wrong_offset_and_no_tooltips() -> None:
    feed = ask(f"{NEWS}/feed").entity.decode()
    assert feed.count("<entry>") == 20
    assert "2026-12-23T13:00:00+04:00" in feed
    assert (
        '<link href="http://en.kremlin.ru/events/president/news/feed/page/2" rel="next" />' in feed
    )
    assert "tooltip" not in ask(f"{NEWS}/feed/page/2").entity.decode()
    assert ask(f"{NEWS}/feed/page/4").status == 404


def test_tabs_and_print() -> None:
    photos = page(f"{NEWS}/66419/photos")
    assert only(photos, "h1.read__top_title").text()
    assert len(photos.css("ul.photoset__list > li.photoset__item > a.photo img[data-text]")) == 3
    assert only(page(f"{NEWS}/66419/photos", "ru"), ".read__length").text() == "3 фотографии"
    videos = page(f"{NEWS}/60799/videos")
    assert len(videos.css("video source[data-quality]")) == 2
    printed = page(f"{NEWS}/66419/print")
    assert printed.css(
        'link[hreflang=ru][href="http://kremlin.ru/events/president/news/66419/print"]'
    )
    assert not printed.css("script[src]")


@pytest.mark.parametrize(
    ("path", "starts", "content_type"),
    [
        ("/media/events/photos/big/x.jpg", b"\xff\xd8\xff", "image/jpeg"),
        ("/media/events/files/en/x.pdf", b"%PDF", "application/pdf"),
        ("/media/events/video/en/video_low/x.mp4", b"\0\0\0\x18ftyp", "video/mp4"),
    ],
)
def test_media(path: str, starts: bytes, content_type: str) -> None:
    def media(target: str) -> Reply:
        head = f"GET {target} HTTP/1.1\r\nHost: static.kremlin.ru\r\n\r\n"
        return SITE.answer(parse_head(head.encode()))

    assert media(path).body.startswith(starts)
    assert media(path).content_type == content_type
    assert media(path).body != media(path.replace("x.", "y.")).body
    assert media("/other.jpg").status == 404


def test_short_link() -> None:
    reply = ask("/d/66419", "ru")
    assert (reply.status, reply.headers) == (
        301,
        (("Location", "http://kremlin.ru/events/president/news/66419"),),
    )


def test_text_version_equals_the_seed() -> None:
    project = Path(__file__).parents[3]
    name = "004_f1859cd1d3af213f.txt"
    seed = next(
        (p for p in (project / "seeds", project.parent / "shared/seeds") if (p / name).is_file()),
        None,
    )
    if seed is None:
        pytest.skip(f"no {name}")
    html = ask(f"{NEWS}/copy/66419", "ru").entity.decode()
    area = re.search(r"<textarea[^>]*>\n(.*)</textarea>", html, re.DOTALL)
    assert area is not None
    assert unescape(area[1]) == (seed / name).read_text("utf-8")


def test_site_changes() -> None:
    site = Site()
    held = site.remove("en", 74012)
    assert ask(f"{NEWS}/74012", site=site).status == 404
    assert not page(f"{NEWS}/74012", "ru", site).css("link[hreflang]")
    site.publish(held)
    assert page(f"{NEWS}/74012", "ru", site).css("link[hreflang=en]")
    site.edit("en", 74012, title="Corrected", updated="2026-01-02 03:04:05")
    tree = page(f"{NEWS}/74012", site=site)
    assert only(tree, "h1").text() == "Corrected"
    assert only(tree, ".read__updated time").text() == "January 2, 2026, 03:04"
    with pytest.raises(UsageError, match="en:33528"):
        site.remove("en", 33528)
    with pytest.raises(UsageError, match="colour"):
        site.edit("en", 74012, colour="red")
    with pytest.raises(UsageError, match="body of en:74012"):
        site.edit("en", 74012, body="{{ nonsense }")
    with pytest.raises(UsageError, match="topics"):
        site.edit("en", 74012, topics=(1_000_000,))
    with pytest.raises(UsageError, match="no section"):
        site.edit("en", 74012, sections=("nowhere",))


def test_a_removed_page_may_lead_elsewhere() -> None:
    site = Site()
    held = site.remove("en", 74012, moved_to=NEWS)
    for path in (f"{NEWS}/74012", "/d/74012", f"{NEWS}/74012/photos"):
        reply = ask(path, site=site)
        moved = not path.endswith("photos")
        assert (reply.status, reply.headers) == (
            (301, (("Location", NEWS),)) if moved else (404, ())
        )
    assert ask(f"{NEWS}/74012", "ru", site).status == 200
    site.publish(held)
    assert ask(f"{NEWS}/74012", site=site).status == 200
    site.remove("en", 74012)
    assert ask(f"{NEWS}/74012", site=site).status == 404


def test_each_page_shows_the_year() -> None:
    site = Site(year=2030)
    before = ask(f"{NEWS}/66419", site=site).entity
    site.turn_year(2031)
    after = ask(f"{NEWS}/66419", site=site).entity
    assert b">2031" in after
    assert after.replace(b">2031", b">2030") == before
