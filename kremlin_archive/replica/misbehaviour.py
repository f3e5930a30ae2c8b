"""What each kind of rule does to an answer: one small function a kind, found by name in ``KINDS``.

Fields a kind reads beside the matching ones are named in its docstring. A kind that changes pages
works on whatever source there is, the bundled site or saved pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from kremlin_archive.errors import UsageError
from kremlin_archive.replica.http import (
    HTML,
    PLAIN,
    Answer,
    HangUp,
    Interruption,
    Pause,
    Reply,
    Request,
)
from kremlin_archive.replica.rules import Rule

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c636060606000000005000"
    "1a5f645400000000049454e44ae426082"
)
_CHALLENGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>One moment</title>
<script>setTimeout(function () { document.cookie = "checked=1"; location.reload(); }, 500);</script>
</head><body><noscript>This page needs JavaScript.</noscript><p>Checking your browser.</p>
</body></html>
"""
_WHOLE_BODY = 1 << 62  # bytes; more than there are
_DISALLOW_ALL = "User-agent: *\nDisallow: /\n"
_FRAME = (
    (re.compile(rb'(class="flag_red">)[0-9]{4}'), rb"\g<1>2099"),
    (re.compile(rb"(screen\.css\?)[0-9a-f]+"), rb"\g<1>0ddba11c0de"),
    (re.compile(rb'(class="promoted__date">)[^<]*'), rb"\g<1> January 1, 2099"),
    (
        re.compile(rb'<a class="victory_[^>]*>'),
        b'<a class="promoted_80" href="/promoted/80" title="">',
    ),
)
_LIST_ITEM = re.compile(
    rb'<div[^>]*class="hentry h-entry hentry_event.*?(?=</div>\s*</div>)', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a kind is given: the answer so far, its rule, its request, ``ask`` for other pages."""

    answer: Answer
    rule: Rule
    request: Request
    ask: Callable[[Request], Reply]


Kind = Callable[[Occasion], Answer]


def misbehave(
    answer: Answer, rules: list[Rule], request: Request, ask: Callable[[Request], Reply]
) -> Answer:
    """Apply the rules that hit a request to its answer, in order."""
    for rule in rules:
        answer = KINDS[rule.kind](Occasion(answer, rule, request, ask))
    return answer


def check_kinds(rules: tuple[Rule, ...]) -> None:
    """Raise UsageError for a rule of no known kind."""
    for rule in rules:
        if rule.kind not in KINDS:
            raise UsageError(
                f"no such kind of rule: {rule.kind!r}; there are {', '.join(sorted(KINDS))}"
            )


def _replied(occasion: Occasion, reply: Reply) -> Answer:
    return replace(occasion.answer, reply=reply)


def _page(occasion: Occasion, body: bytes, content_type: str | None = None) -> Answer:
    reply = occasion.answer.reply
    kept = content_type or reply.content_type
    return _replied(occasion, replace(reply, body=body, packed=None, content_type=kept))


def _manner(occasion: Occasion, **changes: object) -> Answer:
    return replace(occasion.answer, manner=replace(occasion.answer.manner, **changes))  # type: ignore[arg-type]


def _interrupted(occasion: Occasion, step: Pause | HangUp) -> Answer:
    rule = occasion.rule
    mark = Interruption(rule.at, step, rule.size)
    return _manner(occasion, interruptions=(*occasion.answer.manner.interruptions, mark))


def status(occasion: Occasion) -> Answer:
    """``status`` (503) with ``text`` as body (default: a line; empty: none) and ``retry_after``."""
    rule = occasion.rule
    code = rule.status or 503
    text = f"Status {code}\n" if rule.text is None else rule.text
    headers = (("Retry-After", rule.retry_after),) if rule.retry_after else ()
    return _replied(occasion, Reply(code, rule.content_type or PLAIN, headers, text.encode()))


def redirect(occasion: Occasion) -> Answer:
    """``status`` (302) to ``location``: a path or URL; by default the request's own, a loop."""
    rule, request = occasion.rule, occasion.request
    where = rule.location or f"http://{request.host}{request.target}"
    text = "Moved\n" if rule.text is None else rule.text
    return _replied(
        occasion, Reply(rule.status or 302, PLAIN, (("Location", where),), text.encode())
    )


def serve_as(occasion: Occasion) -> Answer:
    """Serve the page of path ``location`` under this URL: a listing that repeats page 1, say."""
    other = replace(occasion.request, target=occasion.rule.location or "/")
    return _replied(occasion, occasion.ask(other))


def content(occasion: Occasion) -> Answer:
    """``text`` as ``content_type`` (HTML) with ``status`` (200) instead of the page."""
    rule = occasion.rule
    reply = Reply(rule.status or 200, rule.content_type or HTML, body=(rule.text or "").encode())
    return _replied(occasion, reply)


def challenge(occasion: Occasion) -> Answer:
    """Serve a page that wants JavaScript, with 200."""
    return _replied(occasion, Reply(200, HTML, body=_CHALLENGE.encode()))


def empty(occasion: Occasion) -> Answer:
    """200 with an empty body."""
    return _page(occasion, b"")


def png(occasion: Occasion) -> Answer:
    """Serve the bytes of a picture; ``content_type`` as given, else still that of the page."""
    return _page(occasion, PNG, occasion.rule.content_type)


def json_body(occasion: Occasion) -> Answer:
    """Serve a JSON error object; ``content_type`` as given, else application/json."""
    return _page(
        occasion, b'{"error": "unavailable"}', occasion.rule.content_type or "application/json"
    )


def not_xml(occasion: Occasion) -> Answer:
    """XML cut in the middle and closed with HTML, for a feed."""
    entity = occasion.answer.reply.entity
    return _page(occasion, entity[: len(entity) // 2] + b"<p>Internal error</body></html>")


def windows_1251(occasion: Occasion) -> Answer:
    """Serve the text in windows-1251; labelled utf-8 still, or as ``content_type`` says.

    What windows-1251 lacks is written as character references.
    """
    text = occasion.answer.reply.entity.decode("utf-8", "replace")
    return _page(occasion, text.encode("cp1251", "xmlcharrefreplace"), occasion.rule.content_type)


def edit(occasion: Occasion) -> Answer:
    """Every ``old`` replaced by ``new``; ``after=k`` changes the page after its k-th request."""
    old, new = occasion.rule.old or "", occasion.rule.new or ""
    entity = occasion.answer.reply.entity
    return _page(occasion, entity.replace(old.encode(), new.encode()) if old else entity)


def frame(occasion: Occasion) -> Answer:
    """Only the frame changes: the footer's year, the style sheet's build, the promoted link."""
    entity = occasion.answer.reply.entity
    for found, changed in _FRAME:
        entity = found.sub(changed, entity)
    return _page(occasion, entity)


def disallow_all(occasion: Occasion) -> Answer:
    """Serve a robots.txt that forbids everything (missing or failing ones are ``status``)."""
    return _replied(occasion, Reply(200, PLAIN, body=_DISALLOW_ALL.encode()))


def empty_listing(occasion: Occasion) -> Answer:
    """Serve a listing page without its items."""
    return _page(occasion, _LIST_ITEM.sub(b"<div><div>", occasion.answer.reply.entity))


def delay(occasion: Occasion) -> Answer:
    """``seconds`` (1) of silence ``at`` the start, the head, or ``size`` bytes into the body."""
    return _interrupted(
        occasion, Pause(1.0 if occasion.rule.seconds is None else occasion.rule.seconds)
    )


def stall(occasion: Occasion) -> Answer:
    """Silence for ever from ``at`` (and ``size``) on; the connection stays open."""
    return _interrupted(occasion, Pause(None))


def reset(occasion: Occasion) -> Answer:
    """Send a TCP reset ``at`` the start, inside the head, or after ``size`` bytes of the body."""
    return _interrupted(occasion, HangUp(abrupt=True))


def cut(occasion: Occasion) -> Answer:
    """Close the connection ``at`` (and ``size``), before Content-Length or the last chunk."""
    return _interrupted(occasion, HangUp())


def short(occasion: Occasion) -> Answer:
    """Send the whole body, but Content-Length promises ``size`` (100) bytes more; then a close."""
    end = Interruption("body", HangUp(), _WHOLE_BODY)
    return _manner(occasion, declare_more=occasion.rule.size or 100, interruptions=(end,))


def corrupt_gzip(occasion: Occasion) -> Answer:
    """Send a gzip body with 64 bytes spoilt in its middle, whole by Content-Length."""
    return _manner(occasion, gzip="corrupt")


def truncated_gzip(occasion: Occasion) -> Answer:
    """Send the first half of a gzip body, whole by Content-Length."""
    return _manner(occasion, gzip="truncated")


def claimed_gzip(occasion: Occasion) -> Answer:
    """Plain bytes labelled gzip."""
    return _manner(occasion, gzip="claimed")


def no_gzip(occasion: Occasion) -> Answer:
    """No content coding, whatever the client accepts."""
    return _manner(occasion, gzip="never")


def chunked(occasion: Occasion) -> Answer:
    """Chunked: chunks of ``size`` (4096), ``text`` as chunk extension, ``lines`` as trailers."""
    rule = occasion.rule
    extension = f";{rule.text}".encode() if rule.text else b""
    return _manner(
        occasion,
        framing="chunked",
        chunk_size=rule.size or 4096,
        chunk_extension=extension,
        trailers=_headers(rule.lines),
    )


def until_close(occasion: Occasion) -> Answer:
    """No Content-Length and no chunks: the body ends with the connection."""
    return _manner(occasion, framing="until close")


def close(occasion: Occasion) -> Answer:
    """Send Connection: close with this answer."""
    return _manner(occasion, closes=True)


def segments(occasion: Occasion) -> Answer:
    """Written ``size`` (1) bytes at a time."""
    return _manner(occasion, segment=occasion.rule.size or 1)


def early_hints(occasion: Occasion) -> Answer:
    """Send a 103 first, with ``lines`` as its headers."""
    lines = occasion.rule.lines or ("Link: </static/css/screen.css>; rel=preload",)
    return _manner(occasion, hints=_headers(lines))


def head_lines(occasion: Occasion) -> Answer:
    """``lines`` put into the head as they are (UTF-8)."""
    return _with_lines(occasion, *(line.encode() for line in occasion.rule.lines))


def folded_header(occasion: Occasion) -> Answer:
    """Send a header continued on two more lines."""
    return _with_lines(occasion, b"X-Folded: one", b"  two", b"\tthree")


def non_ascii_header(occasion: Occasion) -> Answer:
    """Header values in windows-1251 and in UTF-8."""
    return _with_lines(occasion, "X-Page: Кремль".encode("cp1251"), "X-Place: Москва".encode())


def no_colon(occasion: Occasion) -> Answer:
    """Send a head line without a colon."""
    return _with_lines(occasion, b"this line has no colon")


def no_reason(occasion: Occasion) -> Answer:
    """Send a status line without a reason phrase."""
    return _manner(occasion, reason=b"")


def reason(occasion: Occasion) -> Answer:
    """``text`` (default a Russian phrase) as the reason phrase, UTF-8."""
    return _manner(occasion, reason=(occasion.rule.text or "Хорошо").encode())


def bare_lf(occasion: Occasion) -> Answer:
    """Send a head whose lines end with LF alone."""
    return _manner(occasion, newline=b"\n")


def _with_lines(occasion: Occasion, *lines: bytes) -> Answer:
    return _manner(occasion, lines=occasion.answer.manner.lines + lines)


def _headers(lines: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.strip(), value.strip()) for name, _, value in (one.partition(":") for one in lines)
    )


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "status": status,
        "redirect": redirect,
        "serve-as": serve_as,
        "content": content,
        "challenge": challenge,
        "empty": empty,
        "png": png,
        "json": json_body,
        "not-xml": not_xml,
        "windows-1251": windows_1251,
        "edit": edit,
        "frame": frame,
        "disallow-all": disallow_all,
        "empty-listing": empty_listing,
        "delay": delay,
        "stall": stall,
        "reset": reset,
        "cut": cut,
        "short": short,
        "corrupt-gzip": corrupt_gzip,
        "truncated-gzip": truncated_gzip,
        "claimed-gzip": claimed_gzip,
        "no-gzip": no_gzip,
        "chunked": chunked,
        "until-close": until_close,
        "close": close,
        "segments": segments,
        "early-hints": early_hints,
        "head-lines": head_lines,
        "folded-header": folded_header,
        "non-ascii-header": non_ascii_header,
        "no-colon": no_colon,
        "no-reason": no_reason,
        "reason": reason,
        "bare-lf": bare_lf,
    }
)
