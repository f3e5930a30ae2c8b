"""A local kremlin.ru for the demo and the tests; it can misbehave on demand and logs its sockets.

from kremlin_archive.replica import Folder, Rule, serve
with serve(Folder(saved), rules=[Rule("status", path="*/66419", times=2)]) as replica:
fetch(replica.connect_to)
replica.rules = ()
replica.exchanges[0].response
"""

from kremlin_archive.replica.folder import Folder
from kremlin_archive.replica.log import Exchange, exchange_from_json, read_log
from kremlin_archive.replica.rules import Rule, read_rules
from kremlin_archive.replica.running import serve
from kremlin_archive.replica.server import Replica
from kremlin_archive.replica.site import Edition, Site

__all__ = [
    "Edition",
    "Exchange",
    "Folder",
    "Replica",
    "Rule",
    "Site",
    "exchange_from_json",
    "read_log",
    "read_rules",
    "serve",
]
