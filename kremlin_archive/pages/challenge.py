"""Tell a challenge from a page: what a protection service serves in the page's place, often with 200. Pure.

A challenge («checking your browser», a captcha, a script that sets a cookie and loads the page again) says
nothing of the page asked for: it is a refusal. It is told by three things together, so that a page of the
site, even in a layout that nobody has seen, is not taken for one:

* nothing of the site's own frame is in it (``FRAME``: found in each of 7,108 saved event pages, 415 listings
  and the feed);
* it shows a person hardly any text (of the saved pages the least is 1,768 characters);
* and it has a mark of a challenge: a protection service named in its markup or scripts (never in its
  text, which may speak of such things), a heading or sentence that challenges show, or machinery that
  does nothing but load the page again.

No challenge of this site has been seen. Where the marks come from:

``ddos-guard``    scripts under ``/.well-known/ddos-guard/``, ``check.ddos-guard.net``, ``data-ddg-origin``
``qrator``        ``/__qrator/qauth….js`` and the cookies ``qrator_jsr``, ``qrator_jsid``
``servicepipe``   pictures and scripts of servicepipe.ru, a refresh to ``/exhkqyad`` or ``/xpvnsulc``,
                  functions ``get_cookie_spsn`` and ``get_cookie_spid``, ``id_captcha_frame_div``
``cloudflare``    ``/cdn-cgi/challenge-platform/``, ``_cf_chl_opt``, ``__cf_chl_…``, ids ``cf-challenge…``
``incapsula``     ``/_Incapsula_Resource``
``aws-waf``       ``awsWafCookieDomainList``, ``token.awswaf.com``
``testcookie``    the nginx module: ``slowAES.decrypt`` before a cookie is set
``captcha``       any element, address or script named so: reCAPTCHA, hCaptcha, SmartCaptcha

They are those that the services' own pages carry and that open crawlers' code tests for.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

FRAME = (b"/static/css/", b'class="topline', b"hentry", b"lister-page", b"<feed", b"<entry")
"""Of the site's frame: style sheets and head line; a listing's and an event's classes; Atom."""
LARGEST = 256 * 1024
"""Bytes; challenges with their scripts inline have some tens of KB."""
_MOST_SHOWN = 1500
"""Characters a challenge shows at most."""
_HARDLY_SHOWN = 300
"""Characters shown at most by a page that has nothing but machinery: a line or two."""
_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|title|meta|body|script|noscript|iframe)\b", re.IGNORECASE
)
_HEAD_BYTES = 4096
_SERVICES = {
    "ddos-guard": r"ddos-guard|data-ddg-origin|__ddg\d",
    "qrator": r"__qrator|qrator_js|qauth",
    "servicepipe": r"servicepipe|/exhkqyad|/xpvnsulc|get_cookie_sp(?:sn|id)|id_captcha_frame_div",
    "cloudflare": r"/cdn-cgi/challenge|_cf_chl_|cf-chl|cf-challenge|challenge-form",
    "incapsula": r"_incapsula_resource",
    "aws-waf": r"awswaf",
    "testcookie": r"slowaes\.decrypt",
    "captcha": r"captcha",
}
_SERVICE = re.compile(
    "|".join(f"(?P<m{n}>{found})" for n, found in enumerate(_SERVICES.values())), re.IGNORECASE
)
_HEADING = re.compile(
    r"(?:just a moment|one moment|один момент|attention required|ddos-guard|security check"
    r"|checking (?:for )?(?:your|user) browser|проверка (?:браузера|безопасности))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"checking (?:if )?(?:your browser|the site connection)|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|enable javascript and cookies|(?:requires|needs) javascript to work|ddos protection by"
    r"|провер(?:ка|яем) (?:ваш(?:его)? )?браузера?|(?:что )?вы не робот|включите javascript",
    re.IGNORECASE,
)
_SETS_COOKIE = re.compile(r"\.cookie\s*=")
_LOADS_AGAIN = re.compile(r"location(?:\.href)?\s*=[^=]|location\.(?:reload|replace|assign)\s*\(")


def challenge_mark(content: bytes) -> str | None:
    """Name the mark by which a body, its codings undone, is a challenge; None where it is not one.

    >>> challenge_mark(b"<script>document.cookie='c=1';location.reload()</script>")
    'a script that sets a cookie and loads again'
    """
    if len(content) > LARGEST or any(mark in content for mark in FRAME):
        return None
    if _MARKUP.search(content, 0, _HEAD_BYTES) is None:
        return None
    page = LexborHTMLParser(content.decode("utf-8", "replace"))
    scripts = " ".join(node.text() for node in page.css("script"))
    machinery = " ".join([scripts, *_attributes(page)])
    refreshes = page.css_first('meta[http-equiv="refresh" i]') is not None or (
        'http-equiv="refresh"' in "".join(node.html or "" for node in page.css("noscript"))
    )
    shown, headings = _shown(page)
    if len(shown) > _MOST_SHOWN:
        return None
    return service_mark(machinery) or _words(shown, headings) or _loop(shown, scripts, refreshes)


def service_mark(machinery: str) -> str | None:
    """Name the protection service of markup, scripts or the address a redirect leads to.

    >>> service_mark("http://kremlin.ru/.well-known/ddos-guard/js-challenge/")
    'ddos-guard'
    """
    found = _SERVICE.search(machinery)
    if found is None or found.lastgroup is None:
        return None
    return list(_SERVICES)[int(found.lastgroup.removeprefix("m"))]


def _attributes(page: LexborHTMLParser) -> list[str]:
    """Names and values of all attributes, the page's own address aside."""
    return [
        f"{name}={value or ''}" for node in page.css("*") for name, value in node.attributes.items()
    ]


def _shown(page: LexborHTMLParser) -> tuple[str, list[str]]:
    """Give the text a person without scripts sees, and the title with the headings."""
    headings = [node.text(strip=True) for node in page.css("title, h1, h2, h3")]
    page.strip_tags(["script", "style", "template", "svg", "title"])
    text = page.body.text(separator=" ") if page.body is not None else ""
    return " ".join(text.split()), headings


def _words(shown: str, headings: list[str]) -> str | None:
    for heading in headings:
        if _HEADING.match(heading):
            return f"the heading {heading[:40]!r}"
    found = _SENTENCE.search(shown)
    return f"the words {found[0]!r}" if found else None


def _loop(shown: str, scripts: str, refreshes: bool) -> str | None:  # noqa: FBT001 - private
    if len(shown) > _HARDLY_SHOWN:
        return None
    if _SETS_COOKIE.search(scripts) and (_LOADS_AGAIN.search(scripts) or refreshes):
        return "a script that sets a cookie and loads again"
    if refreshes and scripts.strip():
        return "a refresh beside a script"
    return None
