"""Rules of misbehaviour: which requests, how often, and what goes wrong with them.

A rule is plain data, so the same one can be written in a test, in a JSON or TOML file and in a
``PUT`` to a running replica. What each kind does is in ``misbehaviour``; all rules that match a
request apply, in the order given.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from kremlin_archive.errors import UsageError
from kremlin_archive.replica.http import At, Request

Per = Literal["rule", "target"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One misbehaviour: ``kind`` for requests whose host and path match the globs.

    Of the matching requests the first ``after`` are spared, then every ``every``-th is hit, at most
    ``times`` (None: no end); counted over the whole rule, or for each URL apart with
    ``per="target"``. The other fields are the kind's own; ``misbehaviour`` says which it reads.
    """

    kind: str
    path: str = "*"
    host: str = "*"
    method: str = "*"
    after: int = 0
    every: int = 1
    times: int | None = None
    per: Per = "rule"
    status: int | None = None
    location: str | None = None
    retry_after: str | None = None
    text: str | None = None
    content_type: str | None = None
    old: str | None = None
    new: str | None = None
    lines: tuple[str, ...] = ()
    at: At = "body"
    seconds: float | None = None
    size: int | None = None

    def __post_init__(self) -> None:
        if self.every < 1 or self.after < 0 or (self.times is not None and self.times < 0):
            raise UsageError(f"rule {self.kind!r}: every ≥ 1, after ≥ 0 and times ≥ 0 are needed")
        if self.at not in ("start", "head", "body") or self.per not in ("rule", "target"):
            raise UsageError(
                f"rule {self.kind!r}: 'at' is start, head or body; 'per' rule or target"
            )

    def matches(self, request: Request) -> bool:
        """Whether host, path and method of a request are the rule's."""
        return (
            fnmatchcase(request.path, self.path)
            and fnmatchcase(request.host, self.host)
            and fnmatchcase(request.method, self.method)
        )

    def hits(self, count: int) -> bool:
        """Whether the ``count``-th matching request (from 1) is one of those hit."""
        beyond = count - self.after
        if beyond < 1 or beyond % self.every:
            return False
        return self.times is None or beyond // self.every <= self.times


class RuleSet:
    """Rules with their counters; a new set starts counting anew."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._seen: Counter[tuple[int, str]] = Counter()

    def hitting(self, request: Request) -> list[Rule]:
        """Find the rules that hit this request, and count it for all that match."""
        hitting = []
        for number, rule in enumerate(self.rules):
            if rule.matches(request):
                key = (number, f"{request.host}{request.path}" if rule.per == "target" else "")
                self._seen[key] += 1
                if rule.hits(self._seen[key]):
                    hitting.append(rule)
        return hitting


def rule_from(values: Mapping[str, Any]) -> Rule:
    """Rule from plain values; UsageError names an unknown field."""
    known = {one.name for one in fields(Rule)}
    unknown = sorted(set(values) - known)
    if unknown or "kind" not in values:
        raise UsageError(f"not a rule: {dict(values)!r}; unknown {unknown}, known {sorted(known)}")
    return Rule(**{**values, "lines": tuple(values.get("lines", ()))})


def rules_from_json(text: str | bytes) -> tuple[Rule, ...]:
    """Rules from a JSON list of objects."""
    try:
        listed = json.loads(text)
    except ValueError as error:
        raise UsageError(f"rules are not JSON: {error}") from error
    if not isinstance(listed, list):
        raise UsageError("rules are a JSON list of objects")
    return tuple(rule_from(values) for values in listed)


def rules_to_json(rules: Iterable[Rule]) -> str:
    """Rules as a JSON list, fields at their default left out."""
    plain = Rule("")
    return json.dumps(
        [
            {key: value for key, value in asdict(rule).items() if value != getattr(plain, key)}
            for rule in rules
        ],
        ensure_ascii=False,
    )


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Rules of a file: ``.toml`` with ``[[rule]]`` tables, else a JSON list."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read rules {path}: {error}") from error
    if path.suffix != ".toml":
        return rules_from_json(text)
    try:
        return tuple(rule_from(values) for values in tomllib.loads(text).get("rule", []))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"rules {path} are not TOML: {error}") from error
