"""Steering a running replica over its own socket, under a Host that no real site can have.

``Host: replica.invalid`` with ``GET /rules`` · ``PUT /rules`` (JSON list; counting begins anew) ·
``GET /log`` (JSON lines of what is in memory) · ``DELETE /log`` · ``GET /status`` · for the bundled
site ``POST /site/publish`` (an event of one edition), ``POST /site/edit`` (``language``,
``event_id`` and the fields to change), ``POST /site/remove`` (``language``, ``event_id`` and, for a
page that then redirects, ``moved_to``). 400 says in words what is wrong. These exchanges are not
logged and rules do not touch them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kremlin_archive.errors import UsageError
from kremlin_archive.replica.http import PLAIN, Reply, Request
from kremlin_archive.replica.rules import rules_from_json, rules_to_json
from kremlin_archive.replica.site import Site, edition_from
from kremlin_archive.urls import Language

if TYPE_CHECKING:
    from kremlin_archive.replica.server import Replica

HOST = "replica.invalid"
_JSON = "application/json"


def answer(replica: Replica, request: Request) -> Reply:
    """Reply to a request of the control host."""
    verb = _VERBS.get((request.method, request.path))
    if verb is None:
        known = ", ".join(f"{method} {path}" for method, path in _VERBS)
        return Reply(404, PLAIN, body=f"There are {known}\n".encode())
    try:
        return verb(replica, request)
    except UsageError as error:
        return Reply(400, PLAIN, body=f"{error}\n".encode())


def _get_rules(replica: Replica, _: Request) -> Reply:
    return Reply(200, _JSON, body=rules_to_json(replica.rules).encode())


def _put_rules(replica: Replica, request: Request) -> Reply:
    replica.rules = rules_from_json(request.body)
    return Reply(204)


def _get_log(replica: Replica, _: Request) -> Reply:
    lines = "".join(f"{exchange.to_json()}\n" for exchange in replica.exchanges)
    return Reply(200, "application/jsonl", body=lines.encode())


def _delete_log(replica: Replica, _: Request) -> Reply:
    if replica.log is not None:
        replica.log.clear()
    return Reply(204)


def _get_status(replica: Replica, _: Request) -> Reply:
    facts = {"served": replica.served, "hosts": sorted(replica.source.hosts)}
    return Reply(200, _JSON, body=json.dumps(facts).encode())


def _publish(replica: Replica, request: Request) -> Reply:
    _site(replica).publish(edition_from(_fields(request)))
    return Reply(204)


def _edit(replica: Replica, request: Request) -> Reply:
    changes = _fields(request)
    language, event_id = _identity(changes)
    _site(replica).edit(language, event_id, **changes)
    return Reply(204)


def _remove(replica: Replica, request: Request) -> Reply:
    facts = _fields(request)
    language, event_id = _identity(facts)
    _site(replica).remove(language, event_id, facts.get("moved_to"))
    return Reply(204)


def _site(replica: Replica) -> Site:
    if not isinstance(replica.source, Site):
        raise UsageError("saved pages do not change; only the bundled site does")
    return replica.source


def _fields(request: Request) -> dict[str, Any]:
    try:
        values = json.loads(request.body)
    except ValueError as error:
        raise UsageError(f"the body is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise UsageError("the body is a JSON object")
    return values


def _identity(values: dict[str, Any]) -> tuple[Language, int]:
    try:
        return values.pop("language"), values.pop("event_id")
    except KeyError as error:
        raise UsageError(f"{error} is missing") from error


_VERBS: Mapping[tuple[str, str], Callable[[Replica, Request], Reply]] = MappingProxyType(
    {
        ("GET", "/rules"): _get_rules,
        ("PUT", "/rules"): _put_rules,
        ("GET", "/log"): _get_log,
        ("DELETE", "/log"): _delete_log,
        ("GET", "/status"): _get_status,
        ("POST", "/site/publish"): _publish,
        ("POST", "/site/edit"): _edit,
        ("POST", "/site/remove"): _remove,
    }
)
