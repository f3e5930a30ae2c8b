"""Challenges made by hand after what protection services serve, and what only looks a little like them."""

from __future__ import annotations

import pytest

from kremlin_archive.pages.challenge import FRAME, LARGEST, challenge_mark, service_mark
from kremlin_archive.replica.http import Request
from kremlin_archive.replica.site import Site

CHALLENGES = {
    "ddos-guard": '<html><head><title>DDOS-GUARD</title><script defer src="/.well-known/ddos-guard/'
    'js-challenge/index.js"></script></head><body data-ddg-origin="1"><h1>Checking</h1></body></html>',
    "qrator": '<!doctype html><html><head><script src="/__qrator/qauth_utm_v2_0123.js"></script></head>'
    "<body></body></html>",
    "servicepipe": '<!DOCTYPE html><html><head><noscript><meta http-equiv="refresh" content="0; '
    'url=/exhkqyad"></noscript></head><body><div id="id_spinner"></div>'
    '<div id="id_captcha_frame_div" style="display: none"></div></body></html>',
    "servicepipe, functions": "<html><script>var a = get_cookie_spsn(); set(a);</script></html>",
    "cloudflare": "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><noscript>Enable "
    "JavaScript and cookies to continue</noscript><script>window._cf_chl_opt = {cType: 'x'};</script>"
    "</body></html>",
    "cloudflare, form": '<html><body><form id="challenge-form" action="/?__cf_chl_f_tk=1"></form></body>',
    "incapsula": '<html><head><meta name="robots" content="noindex"></head><body><iframe id="main-iframe" '
    'src="/_Incapsula_Resource?CWUDNSAI=1"></iframe></body></html>',
    "aws-waf": '<html><head><script src="https://1.token.awswaf.com/1/challenge.js"></script></head>'
    "<body></body></html>",
    "testcookie": '<html><body><script src="/aes.js"></script><script>var a=toNumbers("00"),b=a,c=a;'
    'document.cookie="__test="+toHex(slowAES.decrypt(c,2,a,b));location.href="http://x/";</script></body></html>',
    "captcha": '<html><head><title>Security</title></head><body><form method="post"><p>Type the letters.</p>'
    '<img src="/captcha/123.png"><input name="answer"></form></body></html>',
    "smart captcha": '<html><body><div class="smart-captcha" data-sitekey="x"></div></body></html>',
    "cookie and reload": "<html><head><script>document.cookie='bpc=1;Path=/';document.location.href="
    "'http://kremlin.ru/';</script></head></html>",
    "cookie and reload, no html": "<script>document.cookie = 'a=' + (7 * 6); location.reload();</script>",
    "cookie and refresh": '<html><head><meta http-equiv="refresh" content="2"><script>'
    "document.cookie='a=1'</script></head><body>One moment</body></html>",
    "refresh and script": '<html><head><meta http-equiv="Refresh" content="0; url=/?a=1"></head><body>'
    "<script>probe(navigator)</script></body></html>",
    "heading": "<html><head><title>Проверка браузера</title></head><body><p>Подождите</p></body></html>",
    "sentence": "<html><head><title>kremlin.ru</title></head><body><p>Подтвердите, что вы не робот</p>",
    "sentence, English": "<html><body><p>Checking your browser before accessing kremlin.ru.</p></body>",
}


@pytest.mark.parametrize("case", CHALLENGES)
def test_challenges_are_told(case: str) -> None:
    assert challenge_mark(CHALLENGES[case].encode()) is not None


@pytest.mark.parametrize(
    "case", [case for case in CHALLENGES if case in ("qrator", "captcha", "aws-waf")]
)
def test_the_mark_is_the_services_name(case: str) -> None:
    assert challenge_mark(CHALLENGES[case].encode()) == case


def text_version(text: str) -> str:
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Meeting</title></head><body>'
        f"<h1>Meeting</h1><textarea>{text}</textarea></body></html>"
    )


NOT_CHALLENGES = {
    "empty": "",
    "JSON": '{"error": "captcha"}',
    "plain text": "Checking your browser",
    "error page": "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body>",
    "not found": "<html><head><title>404</title></head><body><p>The page is not there.</p></body></html>",
    "moved": '<html><head><meta http-equiv="refresh" content="0; url=/new"></head><body>Moved</body></html>',
    "text that speaks of it": text_version("We spoke of DDoS-Guard, Qrator and captcha."),
    "counter that sets a cookie": "<html><head><script>document.cookie='seen=1'</script></head>"
    "<body><p>Text.</p></body></html>",
    "much text": "<html><head><script>document.cookie='a=1';location.reload()</script></head><body>"
    + "<p>Prose of some new layout of the site.</p>" * 60,
    "the site's frame": CHALLENGES["captcha"].replace(
        "<body>", '<body><link rel="stylesheet" href="/static/css/screen.css?1">'
    ),
    "huge": CHALLENGES["captcha"] + " " * LARGEST,
}


@pytest.mark.parametrize("case", NOT_CHALLENGES)
def test_other_answers_are_not_taken_for_challenges(case: str) -> None:
    assert challenge_mark(NOT_CHALLENGES[case].encode()) is None


def test_bytes_that_are_no_text_are_not_taken_for_challenges() -> None:
    assert challenge_mark(b"<html>\xff\xfe\x00" + bytes(range(256))) is None


@pytest.mark.parametrize(
    ("location", "mark"),
    [
        ("http://kremlin.ru/.well-known/ddos-guard/js-challenge/?a=1", "ddos-guard"),
        ("/exhkqyad?back=1", "servicepipe"),
        ("https://kremlin.ru/cdn-cgi/challenge-platform/h", "cloudflare"),
        ("http://kremlin.ru/events/president/news/1", None),
        ("", None),
    ],
)
def test_a_redirect_to_a_service_is_told_by_its_address(location: str, mark: str | None) -> None:
    assert service_mark(location) == mark


@pytest.mark.parametrize("host", ["kremlin.ru", "en.kremlin.ru"])
@pytest.mark.parametrize("path", ["", "/feed", "/page/2", "/66419"])
def test_the_bundled_site_has_the_frame_of_the_real_one(host: str, path: str) -> None:
    target = f"/events/president/news{path}"
    reply = Site().answer(Request("GET", target, (("Host", host),), b""))
    assert reply.status == 200
    assert any(mark in reply.entity for mark in FRAME)
