"""Which requests a rule hits, and rules as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from kremlin_archive.errors import UsageError
from kremlin_archive.replica import Rule, Site, read_rules, serve
from kremlin_archive.replica.http import Request, parse_head
from kremlin_archive.replica.rules import RuleSet, rules_from_json, rules_to_json


def asked(path: str = "/a", host: str = "kremlin.ru", method: str = "GET") -> Request:
    return parse_head(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(Rule("empty"), "123456", id="always"),
        pytest.param(Rule("empty", times=2), "12", id="first two"),
        pytest.param(Rule("empty", after=4), "56", id="from the fifth on"),
        pytest.param(Rule("empty", every=3), "36", id="each third"),
        pytest.param(Rule("empty", after=1, every=2, times=2), "35", id="all three together"),
        pytest.param(Rule("empty", times=0), "", id="never"),
    ],
)
def test_counts(rule: Rule, expected: str) -> None:
    rules = RuleSet([rule])
    assert "".join(str(n) for n in range(1, 7) if rules.hitting(asked())) == expected


@pytest.mark.parametrize(
    ("rule", "request_", "hit"),
    [
        (Rule("empty", path="/events/*/66419"), asked("/events/president/news/66419"), True),
        (Rule("empty", path="*/66419"), asked("/events/president/news/66419/photos"), False),
        (Rule("empty", path="/a"), asked("/a?page=2"), True),
        (Rule("empty", host="en.*"), asked(host="kremlin.ru"), False),
        (Rule("empty", host="en.*"), asked(host="EN.kremlin.ru:8066"), True),
        (Rule("empty", method="HEAD"), asked(method="GET"), False),
    ],
)
def test_globs(rule: Rule, request_: Request, *, hit: bool) -> None:
    assert rule.matches(request_) is hit


def test_counts_each_target_apart() -> None:
    rules = RuleSet([Rule("empty", times=1, per="target")])
    paths = ["/a", "/b", "/a", "/b"]
    assert [bool(rules.hitting(asked(path))) for path in paths] == [True, True, False, False]


def test_json_round_trip() -> None:
    rules = (
        Rule("status", path="*/1", status=429, retry_after="5", times=2),
        Rule("early-hints", lines=("Link: </a>; rel=preload", "X-Имя: да")),
    )
    assert rules_from_json(rules_to_json(rules)) == rules


def test_toml_file(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('[[rule]]\nkind = "cut"\npath = "*/4"\nsize = 900\n', "utf-8")
    assert read_rules(file) == (Rule("cut", path="*/4", size=900),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"kind": "empty", "pth": "/a"}]', "pth"),
        ('[{"path": "/a"}]', "not a rule"),
        ('{"kind": "empty"}', "list"),
        ("[", "not JSON"),
        ('[{"kind": "empty", "every": 0}]', "every"),
        ('[{"kind": "cut", "at": "tail"}]', "at"),
    ],
)
def test_wrong_rules_are_named(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rules_from_json(text)


def test_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="early-hints"), serve(Site(), [Rule("explode")]):
        pass
